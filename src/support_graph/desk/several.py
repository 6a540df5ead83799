"""Resolutions changed several at a time: in one transaction, and taken back in one."""

from collections.abc import Collection, Mapping

from support_graph.desk.parts import Desk
from support_graph.desk.resolutions import Edit, edited
from support_graph.domain.ids import PhrasingId, ResolutionId, WorkspaceId
from support_graph.domain.resolutions import Change, ResolutionStatus
from support_graph.learning import moving, revise
from support_graph.learning.revise import Author
from support_graph.store.outbox import RESOLUTIONS

Changed = Mapping[ResolutionId, int]
"""What was changed, and the revision that it got by that."""


async def change_all(
    desk: Desk,
    workspace_id: WorkspaceId,
    ids: Collection[ResolutionId],
    edit: Edit,
    *,
    author: Author,
) -> Changed:
    """All or none; what is so already, or deleted, is left out. Raises NotFound or Invalid."""
    changed = {}
    async with desk.stores.within(workspace_id).begin() as tx:
        for resolution_id in sorted(ids):
            current = await revise.at_revision(tx, resolution_id, None)
            if current.content.status is ResolutionStatus.DELETED:
                continue
            content = await edited(tx, current.content, edit)
            if content != current.content:
                now = await revise.revise(
                    tx, desk.embedder, current, content, author=author, change=Change.EDITED
                )
                changed[resolution_id] = now.revision
        await desk.queue.sync_index(tx, RESOLUTIONS)
    return changed


async def delete_all(
    desk: Desk, workspace_id: WorkspaceId, ids: Collection[ResolutionId], *, author: Author
) -> Changed:
    """All or none; what is deleted already is left out. Raises NotFound."""
    deleted = {}
    async with desk.stores.within(workspace_id).begin() as tx:
        for resolution_id in sorted(ids):
            gone = await revise.delete(tx, desk.embedder, resolution_id, author=author)
            if gone is not None:
                deleted[resolution_id] = gone.revision
        await desk.queue.sync_index(tx, RESOLUTIONS)
    return deleted


async def move(
    desk: Desk,
    workspace_id: WorkspaceId,
    resolution_id: ResolutionId,
    into: ResolutionId,
    ids: Collection[PhrasingId],
    *,
    expected: int | None,
    author: Author,
) -> Changed:
    """Gives phrasings to another one. Raises NotFound, Invalid or StaleRevision."""
    async with desk.stores.within(workspace_id).begin() as tx:
        changed = await moving.move(
            tx, desk.embedder, resolution_id, into, ids, author=author, expected=expected
        )
        await desk.queue.sync_index(tx, RESOLUTIONS)
    return {one.id: one.revision for one in changed}


async def take_back(
    desk: Desk, workspace_id: WorkspaceId, changed: Changed, *, author: Author
) -> int:
    """How many are again as they were before; what somebody changed since stays. Raises
    NotFound."""
    back = 0
    async with desk.stores.within(workspace_id).begin() as tx:
        for resolution_id, revision in sorted(changed.items()):
            current = await revise.at_revision(tx, resolution_id, None)
            if current.revision == revision > 1:
                await revise.restore(tx, desk.embedder, resolution_id, revision - 1, author=author)
                back += 1
        await desk.queue.sync_index(tx, RESOLUTIONS)
    return back
