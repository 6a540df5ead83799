"""Phrasings that belong to another answer are given to it; both logs say so."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from support_graph.domain.errors import Invalid
from support_graph.domain.ids import PhrasingId, ResolutionId
from support_graph.domain.resolutions import Change, Content, Resolution, ResolutionStatus
from support_graph.learning import revise
from support_graph.learning.revise import Author
from support_graph.models.base import Embedder
from support_graph.store.database import Transaction


def handing_over(
    source: Content, target: Content, ids: Collection[PhrasingId]
) -> tuple[Content, Content]:
    """What both become when these phrasings move from `source` to `target`. Raises Invalid."""
    moved = [p.text for p in source.phrasings if p.id in ids]
    kept = [p.text for p in source.phrasings if p.id not in ids]
    if not moved:
        raise Invalid(field="phrasings", problem="Choose at least one phrasing to move.")
    if not kept:
        problem = "A resolution needs at least one phrasing; merge it to move them all."
        raise Invalid(field="phrasings", problem=problem)
    taken = revise.with_phrasings(target, [*(p.text for p in target.phrasings), *moved])
    return revise.with_phrasings(source, kept), taken


async def move(
    tx: Transaction,
    embedder: Embedder,
    resolution_id: ResolutionId,
    into: ResolutionId,
    ids: Collection[PhrasingId],
    *,
    author: Author,
    expected: int | None,
) -> Sequence[Resolution]:
    """Gives phrasings to another resolution: those that were changed by it, as they are now.

    Raises NotFound, Invalid, or StaleRevision when `expected` is not its newest revision.
    """
    if resolution_id == into:
        raise Invalid(field="into", problem="They are there already.")
    source = await revise.at_revision(tx, resolution_id, expected)
    target = await revise.at_revision(tx, into, None)
    if target.content.status is ResolutionStatus.DELETED:
        raise Invalid(field="into", problem="That resolution is deleted; restore it first.")
    left, taken = handing_over(source.content, target.content, ids)
    gave, took = (
        replace(author, note=f"moved phrasings to {into}"),
        replace(author, note=f"took phrasings from {resolution_id}"),
    )
    changed = await revise.revise(tx, embedder, source, left, author=gave, change=Change.EDITED)
    if taken == target.content:
        return [changed]
    richer = await revise.revise(tx, embedder, target, taken, author=took, change=Change.EDITED)
    return [changed, richer]
