"""search_resolutions: what teammates answered to the question before."""

from dataclasses import asdict
from typing import Any

from support_graph.domain.scope import facts_of
from support_graph.graph.state import State
from support_graph.graph.tools import Tools, scope


async def search_resolutions(state: State, *, tools: Tools) -> dict[str, Any]:
    async with scope(tools, state).begin() as tx:
        found = await tools.recall.search(
            tx, state["understood"]["standalone"], facts=facts_of(state.get("context", {}))
        )
    return {
        "resolutions": [asdict(hit) for hit in found.hits],
        "resolution": asdict(found.judgement) if found.judgement else None,
        "intent_id": str(found.intent_id) if found.intent_id else None,
        "missing": list(found.missing),
        "store_version": found.store_version,
    }
