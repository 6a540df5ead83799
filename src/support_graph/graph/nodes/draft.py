"""draft: the reply that the best evidence gives, with its sources."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from support_graph.domain.documents import Passage, Visibility
from support_graph.domain.ids import PassageId, ResolutionId
from support_graph.domain.messages import Citation, Draft, MessageKind, ReplySource
from support_graph.domain.resolutions import Resolution
from support_graph.graph.state import Judged, State
from support_graph.graph.tools import Tools, scope
from support_graph.store.database import Transaction

_READ = 3
_PINNED_MAY_APPLY = 0.5
_QUOTED = 400
_WORTH_SHOWING = 0.05
"""Evidence that is less likely than this to answer would only waste a teammate's time."""


async def draft(state: State, *, tools: Tools) -> dict[str, Any]:
    kind = MessageKind(state["understood"]["kind"])
    async with scope(tools, state).begin() as tx:
        if kind in {MessageKind.GREETING, MessageKind.THANKS}:
            return {"draft": await _courtesy(tx, kind)}
        candidate = await _candidate(tx, state)
        passages = await _passages(tx, state)
    trust = _confidence(state.get("resolution"))
    pinned_rival = candidate is not None and candidate.content.pinned and trust >= _PINNED_MAY_APPLY
    documented = _confidence(state.get("brain"))
    if max(trust, documented) < _WORTH_SHOWING:
        return {"draft": None}
    if candidate is not None and (not passages or trust >= documented):
        return {"draft": _from_resolution(candidate, state)}
    if not passages:
        return {"draft": None}
    written = await tools.language.answer_from_passages(
        state["understood"]["standalone"], passages=passages
    )
    return {"draft": _from_passages(written, passages, pinned_rival=pinned_rival)}


def _confidence(judged: Judged | None) -> float:
    return judged["confidence"] if judged else 0.0


async def _candidate(tx: Transaction, state: State) -> Resolution | None:
    """The best resolution as it stands now, unless it has been changed since it was judged."""
    hits = state.get("resolutions") or []
    if not hits:
        return None
    wanted = ResolutionId(UUID(hits[0]["id"]))
    found = (await tx.resolutions.among([wanted])).get(wanted)
    if found is None or not found.usable or found.revision != hits[0]["revision"]:
        return None
    return found


async def _passages(tx: Transaction, state: State) -> Sequence[Passage]:
    ids = [PassageId(UUID(hit["id"])) for hit in (state.get("passages") or [])[:_READ]]
    found = await tx.passages.among(ids)
    return [found[passage_id] for passage_id in ids if passage_id in found]


async def _courtesy(tx: Transaction, kind: MessageKind) -> dict[str, Any]:
    settings = (await tx.workspace.read()).settings
    text = settings.greeting_reply if kind is MessageKind.GREETING else settings.thanks_reply
    return _drafted(Draft(text=text, source=ReplySource.COURTESY), rests_on="courtesy")


def _from_resolution(resolution: Resolution, state: State) -> dict[str, Any]:
    hit = (state.get("resolutions") or [])[0]
    asked = {str(p.id): p.text for p in resolution.content.phrasings}
    title = asked.get(hit["phrasing_id"], resolution.content.phrasings[0].text)
    citation = Citation(
        kind="resolution",
        id=str(resolution.id),
        title=title,
        url=None,
        quote=resolution.content.answer[:_QUOTED],
    )
    text = Draft(
        text=resolution.content.answer, source=ReplySource.RESOLUTION, citations=(citation,)
    )
    return _drafted(text, rests_on="resolution", resolution_id=str(resolution.id))


def _from_passages(
    written: Draft, passages: Sequence[Passage], *, pinned_rival: bool
) -> dict[str, Any]:
    quoted = {citation.id for citation in written.citations}
    internal = any(str(p.id) in quoted and p.visibility is Visibility.INTERNAL for p in passages)
    return _drafted(written, rests_on="brain", quotes_internal=internal, pinned_rival=pinned_rival)


def _drafted(
    written: Draft,
    *,
    rests_on: str,
    resolution_id: str | None = None,
    quotes_internal: bool = False,
    pinned_rival: bool = False,
) -> dict[str, Any]:
    return {
        "text": written.text,
        "source": written.source.value,
        "rests_on": rests_on,
        "resolution_id": resolution_id,
        "citations": [asdict(citation) for citation in written.citations],
        "quotes_internal": quotes_internal,
        "pinned_rival": pinned_rival,
    }
