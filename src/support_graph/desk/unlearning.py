"""Takes back what an answer taught; the customers keep it."""

from collections.abc import Sequence

from support_graph.desk import decisions, resolutions
from support_graph.desk.parts import Desk
from support_graph.desk.resolutions import Edit
from support_graph.domain.errors import NotReady
from support_graph.domain.ids import EscalationId, ResolutionId, WorkspaceId
from support_graph.domain.resolutions import Change
from support_graph.learning.revise import Author

_PATIENCE_SECONDS = 10.0


async def unlearn(
    desk: Desk, workspace_id: WorkspaceId, escalations: Sequence[EscalationId], *, author: Author
) -> bool:
    """Takes back what all of these answers taught, several if they were given together; whether
    there was anything to take back. What others have added since then stays.

    Raises NotFound, or NotReady while it is still being learned.
    """
    written: dict[ResolutionId, set[int]] = {}
    for escalation_id in escalations:
        found = await _written(desk, workspace_id, escalation_id)
        if found is not None:
            written.setdefault(found[0], set()).add(found[1])
    undone = [
        await _take_back(desk, workspace_id, resolution_id, revisions, author)
        for resolution_id, revisions in written.items()
    ]
    return any(undone)


async def _written(
    desk: Desk, workspace_id: WorkspaceId, escalation_id: EscalationId
) -> tuple[ResolutionId, int] | None:
    """The revision that the answer to this escalation wrote; None where it said nothing new."""
    async with desk.stores.within(workspace_id).begin() as tx:
        turn_id = (await tx.escalations.get(escalation_id)).turn_id
    learned = await decisions.learned(desk, workspace_id, turn_id, wait=_PATIENCE_SECONDS)
    if learned is None:
        raise NotReady(escalation_id=escalation_id)
    if learned.resolution_id is None or learned.revision is None:
        return None
    async with desk.stores.within(workspace_id).begin() as tx:
        written = await tx.resolutions.revision(learned.resolution_id, learned.revision)
    if str(turn_id) not in (written.note or ""):
        return None  # that revision is somebody else's
    return learned.resolution_id, learned.revision


async def _take_back(
    desk: Desk,
    workspace_id: WorkspaceId,
    resolution_id: ResolutionId,
    revisions: set[int],
    author: Author,
) -> bool:
    """As a whole while nobody has changed it since, else the phrasings that came with it."""
    first, last = min(revisions), max(revisions)
    async with desk.stores.within(workspace_id).begin() as tx:
        head = await tx.resolutions.get(resolution_id)
        begun = (await tx.resolutions.revision(resolution_id, first)).change is Change.LEARNED
    ours_alone = last - first + 1 == len(revisions) and head.revision == last
    if ours_alone and begun:
        await resolutions.delete(desk, workspace_id, resolution_id, author=author)
    elif ours_alone:
        await resolutions.restore(desk, workspace_id, resolution_id, first - 1, author=author)
    else:
        dropped = [
            await _drop_phrasings(desk, workspace_id, resolution_id, revision, author)
            for revision in sorted(revisions)
        ]
        return any(dropped)
    return True


async def _drop_phrasings(
    desk: Desk,
    workspace_id: WorkspaceId,
    resolution_id: ResolutionId,
    revision: int,
    author: Author,
) -> bool:
    """Removes the phrasings that came with this revision; a resolution keeps at least one."""
    async with desk.stores.within(workspace_id).begin() as tx:
        head = await tx.resolutions.get(resolution_id)
        after = (await tx.resolutions.revision(resolution_id, revision)).content.phrasings
        before = (
            (await tx.resolutions.revision(resolution_id, revision - 1)).content.phrasings
            if revision > 1
            else ()
        )
    came = {p.id for p in after} - {p.id for p in before}
    kept = [p.text for p in head.content.phrasings if p.id not in came]
    if not kept or len(kept) == len(head.content.phrasings):
        return False
    edit = Edit(phrasings=kept)
    await resolutions.change(
        desk, workspace_id, resolution_id, edit, expected=head.revision, author=author
    )
    return True
