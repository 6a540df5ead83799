"""Two resolutions become one, and two again where that was a mistake."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from support_graph.domain.errors import AlreadyUndone, Invalid, MergedOn, NotFound, StaleRevision
from support_graph.domain.ids import ProposalId, ResolutionId
from support_graph.domain.merges import Left, Merged, Unmerged
from support_graph.domain.resolutions import Change, Content, Resolution, ResolutionStatus
from support_graph.domain.scope import joined
from support_graph.learning import revise
from support_graph.learning.revise import Author
from support_graph.models.base import Embedder
from support_graph.store.database import Transaction


async def merge(
    tx: Transaction,
    embedder: Embedder,
    resolution_id: ResolutionId,
    into: ResolutionId,
    *,
    author: Author,
    proposal_id: ProposalId | None = None,
) -> Resolution:
    """Gives a resolution's phrasings to another one and deletes it. Raises NotFound or Invalid.

    The target keeps its answer, and holds where the source did too (see scope.joined). Phrasings
    get new ids there, so that both logs stay whole. What was moved is kept, for `unmerge`.
    """
    if resolution_id == into:
        raise Invalid(field="into", problem="A resolution can't be merged into itself.")
    source, target = await _both(tx, resolution_id, into)
    if target.content.status is ResolutionStatus.DELETED:
        raise Invalid(field="into", problem="That resolution is deleted; restore it first.")
    gone = replace(source.content, status=ResolutionStatus.DELETED)
    left = replace(author, note=f"merged into {into}")
    given = await revise.revise(tx, embedder, source, gone, author=left, change=Change.MERGED)
    await tx.resolutions.settle_duplicate(resolution_id)
    version = await tx.workspace.next_store_version()
    filed = await tx.filed.move(resolution_id, into, store_version=version)
    await tx.answered.move(resolution_id, into, store_version=version)
    precedents = await tx.precedents.move(resolution_id, into)
    content = taking_in(target.content, source.content)
    took = replace(author, note=f"took in {resolution_id}")
    taken = await revise.revise(tx, embedder, target, content, author=took, change=Change.MERGED)
    await tx.merges.add(
        source=resolution_id,
        target=into,
        source_revision=given.revision,
        target_revision=taken.revision,
        filed=filed,
        precedents=precedents,
        duplicate_of=source.duplicate_of,
        proposal_id=proposal_id,
    )
    return taken


def taking_in(target: Content, source: Content) -> Content:
    """What `target` becomes when `source` is merged into it."""
    texts = [phrasing.text for phrasing in (*target.phrasings, *source.phrasings)]
    scope = joined(target.scope, source.scope)
    return replace(revise.with_phrasings(target, texts), scope=scope)


async def unmerge(
    tx: Transaction,
    embedder: Embedder,
    resolution_id: ResolutionId,
    *,
    author: Author,
    now: datetime,
    expected: int | None = None,
) -> Unmerged:
    """Undoes the last merge of `resolution_id` into another one.

    What nobody changed since is again as it was; what somebody changed stays, and is named. Raises
    NotFound, AlreadyUndone, MergedOn, or StaleRevision when the merge is not the one that wrote the
    revision `expected`.
    """
    merged = await _undoable(tx, resolution_id, expected)
    source, target = await _both(tx, merged.source, merged.target)
    await _undoable(tx, resolution_id, merged.source_revision)  # now that nobody else can
    if target.content.status is ResolutionStatus.DELETED:
        await _refuse_merged_on(tx, target)
    back, left_of_source = await _give_back(tx, embedder, merged, source, author)
    kept, left_of_target = await _take_out(tx, embedder, merged, target, author)
    version = await tx.workspace.next_store_version()
    filed = await tx.filed.move(
        merged.target, merged.source, store_version=version, only=merged.filed
    )
    await tx.answered.give_back(merged.target, merged.source, store_version=version)
    precedents = await tx.precedents.move(merged.target, merged.source, only=merged.precedents)
    moved_on = len(filed) < len(merged.filed) or len(precedents) < len(merged.precedents)
    if not left_of_source:
        await tx.resolutions.doubt(merged.source, merged.duplicate_of)
    if merged.proposal_id is not None:
        await tx.proposals.reopen(merged.proposal_id, now=now)
        await tx.events.tell("proposals")
    await tx.merges.undone(merged.id, by=author.name, now=now)
    left = [*left_of_source, *left_of_target, *([Left.MESSAGES] if moved_on else [])]
    return Unmerged(
        source=await tx.resolutions.get(back.id),
        target=await tx.resolutions.get(kept.id),
        left=left,
    )


async def _both(
    tx: Transaction, one: ResolutionId, other: ResolutionId
) -> tuple[Resolution, Resolution]:
    """Both, which nobody else changes any more."""
    return await revise.at_revision(tx, one, None), await revise.at_revision(tx, other, None)


async def _undoable(tx: Transaction, resolution_id: ResolutionId, expected: int | None) -> Merged:
    await tx.resolutions.get(resolution_id)
    merged = await tx.merges.newest_of(resolution_id)
    if merged is None:
        raise NotFound(noun="merge of resolution", id=resolution_id)
    if expected is not None and merged.source_revision != expected:
        actual = merged.source_revision
        raise StaleRevision(resolution_id=resolution_id, expected=expected, actual=actual)
    if merged.undone_at is not None:
        assert merged.undone_by is not None
        raise AlreadyUndone(
            resolution_id=resolution_id, undone_by=merged.undone_by, undone_at=merged.undone_at
        )
    return merged


async def _refuse_merged_on(tx: Transaction, target: Resolution) -> None:
    """Its phrasings went on to another one: where they are now, this merge knows nothing of."""
    further = await tx.merges.newest_of(target.id)
    if further and further.undone_at is None and further.source_revision == target.revision:
        raise MergedOn(resolution_id=target.id, into=further.target)


async def _give_back(
    tx: Transaction, embedder: Embedder, merged: Merged, source: Resolution, author: Author
) -> tuple[Resolution, Sequence[Left]]:
    if source.revision != merged.source_revision:
        return source, [Left.SOURCE]
    before = await tx.resolutions.revision(source.id, merged.source_revision - 1)
    noted = replace(author, note=author.note or f"undid the merge into {merged.target}")
    back = await revise.revise(
        tx, embedder, source, before.content, author=noted, change=Change.RESTORED
    )
    return back, []


async def _take_out(
    tx: Transaction, embedder: Embedder, merged: Merged, target: Resolution, author: Author
) -> tuple[Resolution, Sequence[Left]]:
    at = merged.target_revision
    before = (await tx.resolutions.revision(target.id, at - 1)).content
    after = (await tx.resolutions.revision(target.id, at)).content
    given = giving_back(before, after, target.content)
    left = [Left.TARGET, *given.left] if target.revision != at else given.left
    if given.content == target.content:
        return target, left
    noted = replace(author, note=author.note or f"gave {merged.source} back")
    kept = await revise.revise(
        tx, embedder, target, given.content, author=noted, change=Change.RESTORED
    )
    return kept, left


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What stays of a resolution that gives another one back."""

    content: Content
    left: Sequence[Left]


def giving_back(before: Content, after: Content, now: Content) -> Given:
    """`now` without what a merge made of `before`, which was then `after`.

    Everything else that was changed since the merge stays: if nothing was, this is `before`.
    """
    left: list[Left] = []
    came = {p.id for p in after.phrasings} - {p.id for p in before.phrasings}
    there = {p.id for p in now.phrasings}
    if came - there:
        left.append(Left.PHRASINGS_GONE)
    phrasings = tuple(p for p in now.phrasings if p.id not in came)
    if not phrasings:
        phrasings = now.phrasings
        left.append(Left.LAST_PHRASINGS)
    scope = before.scope if now.scope == after.scope else now.scope
    if after.scope not in (before.scope, now.scope):
        left.append(Left.SCOPE)
    return Given(content=replace(now, phrasings=phrasings, scope=scope), left=left)
