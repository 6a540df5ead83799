"""search_brain: what the company's documents say about the question."""

from dataclasses import asdict
from typing import Any

from support_graph.graph.state import State
from support_graph.graph.tools import Tools, scope


async def search_brain(state: State, *, tools: Tools) -> dict[str, Any]:
    async with scope(tools, state).begin() as tx:
        context = state.get("context", {})
        found = await tools.brain.search(
            tx,
            state["understood"]["standalone"],
            page_title=context.get("page_title"),
            page_url=context.get("page_url"),
        )
    return {
        "passages": [asdict(hit) for hit in found.hits],
        "brain": asdict(found.judgement) if found.judgement else None,
    }
