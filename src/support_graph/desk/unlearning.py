"""Takes back what one answer taught; the customer keeps the answer."""

from support_graph.desk import decisions, resolutions
from support_graph.desk.parts import Desk
from support_graph.desk.resolutions import Edit
from support_graph.domain.errors import NotReady
from support_graph.domain.ids import EscalationId, ResolutionId, WorkspaceId
from support_graph.domain.resolutions import Change
from support_graph.learning.revise import Author

_PATIENCE_SECONDS = 10.0


async def unlearn(
    desk: Desk, workspace_id: WorkspaceId, escalation_id: EscalationId, *, author: Author
) -> bool:
    """Whether there was anything to take back. What others have added since then stays.

    Raises NotFound, or NotReady while it is still being learned.
    """
    async with desk.stores.within(workspace_id).begin() as tx:
        turn_id = (await tx.escalations.get(escalation_id)).turn_id
    learned = await decisions.learned(desk, workspace_id, turn_id, wait=_PATIENCE_SECONDS)
    if learned is None:
        raise NotReady(escalation_id=escalation_id)
    if learned.resolution_id is None or learned.revision is None:
        return False
    async with desk.stores.within(workspace_id).begin() as tx:
        head = await tx.resolutions.get(learned.resolution_id)
        written = await tx.resolutions.revision(head.id, learned.revision)
    if str(turn_id) not in (written.note or ""):
        return False  # it said nothing new, so that revision is somebody else's
    if written.change is Change.LEARNED and head.revision == learned.revision:
        await resolutions.delete(desk, workspace_id, head.id, author=author)
    elif head.revision == learned.revision:
        await resolutions.restore(desk, workspace_id, head.id, head.revision - 1, author=author)
    else:
        return await _drop_phrasings(desk, workspace_id, head.id, learned.revision, author)
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
