"""The log of a resolution, each entry with what it changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from support_graph.domain.ids import IntentId, MergeId, ResolutionId
from support_graph.domain.merges import Merged
from support_graph.domain.resolutions import Content, Revision
from support_graph.learning.differing import Piece, differences
from support_graph.store.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A revision, and what it made of the one before; `answer` is None where it is the same.

    `facts` are other things that changed: by name, from what, and to what; `merged` is the merge
    that wrote it, and `undoable` whether that can still be undone.
    """

    revision: Revision
    first: bool
    answer: Sequence[Piece] | None
    came: Sequence[str]
    gone: Sequence[str]
    facts: Sequence[tuple[str, Any, Any]]
    merged: Merged | None
    undoable: bool


async def history(tx: Transaction, log: Sequence[Revision]) -> Sequence[Chapter]:
    """`log` is newest first, and so are the chapters."""
    names = await tx.intents.names([entry.content.intent_id for entry in log])
    befores: list[Revision | None] = [*log[1:], None]
    merges = {
        _written(log[0].resolution_id, m): m for m in await tx.merges.about(log[0].resolution_id)
    }
    last = {m.source: m.id for m in sorted(merges.values(), key=lambda m: m.id)}
    return [
        _chapter(now, before, names, merges.get(now.revision), last)
        for now, before in zip(log, befores, strict=False)
    ]


def _written(resolution_id: ResolutionId, merged: Merged) -> int:
    """The revision of this resolution that the merge wrote."""
    taken_in = resolution_id == merged.target
    return merged.target_revision if taken_in else merged.source_revision


def _chapter(
    now: Revision,
    before: Revision | None,
    names: Mapping[IntentId | None, str],
    merged: Merged | None,
    last: Mapping[ResolutionId, MergeId],
) -> Chapter:
    old = before.content if before else Content(answer="", phrasings=())
    new = now.content
    texts = [p.text for p in old.phrasings], [p.text for p in new.phrasings]
    return Chapter(
        revision=now,
        first=before is None,
        answer=differences(old.answer, new.answer) if old.answer != new.answer else None,
        came=[text for text in texts[1] if text not in texts[0]],
        gone=[text for text in texts[0] if text not in texts[1]],
        facts=_facts(old, new, names),
        merged=merged,
        undoable=merged is not None
        and merged.undone_at is None
        and last[merged.source] == merged.id,
    )


def _facts(
    old: Content, new: Content, names: Mapping[IntentId | None, str]
) -> Sequence[tuple[str, Any, Any]]:
    pairs = {
        "intent": (names.get(old.intent_id), names.get(new.intent_id)),
        "scope": (old.scope, new.scope),
        "status": (old.status, new.status),
        "pinned": (old.pinned, new.pinned),
    }
    return [(name, was, now) for name, (was, now) in pairs.items() if was != now]
