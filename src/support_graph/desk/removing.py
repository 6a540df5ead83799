"""Documents leave the Brain at once, and come back as they were for as long as they are kept."""

from datetime import timedelta
from typing import Final

from support_graph.desk.auditing import note
from support_graph.desk.decisions import Teammate
from support_graph.desk.documents import ANY
from support_graph.desk.parts import Desk
from support_graph.domain.audit import AuditNoun
from support_graph.domain.documents import Document
from support_graph.domain.errors import NameTaken
from support_graph.domain.ids import DocumentId, WorkspaceId
from support_graph.store.database import Transaction
from support_graph.store.outbox import BRAIN

KEPT: Final = timedelta(days=30)
"""For so long a removal can be undone; then the document is gone for good."""


async def remove(
    desk: Desk, workspace_id: WorkspaceId, document_id: DocumentId, *, by: Teammate
) -> None:
    """From this commit on nothing of it is found. Raises NotFound."""
    async with desk.stores.within(workspace_id).begin() as tx:
        document = await tx.documents.get(document_id, lock=True)
        version = await tx.workspace.next_brain_version()
        await tx.removals.keep(document_id, by=by.name, now=desk.clock())
        gone = await tx.passages.remove_of(document_id, brain_version=version)
        await tx.documents.delete(document_id)
        await _note(tx, by, "removed", document_id, title=document.title, source=document.source)
        await tx.outbox.touch(BRAIN, gone)
        await desk.queue.sync_index(tx, BRAIN)
        await tx.events.tell(ANY)


async def bring_back(
    desk: Desk, workspace_id: WorkspaceId, document_id: DocumentId, *, by: Teammate
) -> Document:
    """Undoes a removal: its passages are found again, and what quoted them is in force again.

    Raises NotFound when it was never removed or is gone for good, or NameTaken when there is
    another document from the same source by now.
    """
    async with desk.stores.within(workspace_id).begin() as tx:
        removed = await tx.removals.get(document_id, lock=True)
        version = await tx.workspace.next_brain_version()
        back = await tx.removals.bring_back(document_id, brain_version=version)
        if back is None:
            raise NameTaken(noun="document", name=removed.source)
        for upload_id in back.uploads:
            await desk.queue.ingest(tx, document_id, upload_id)
        await _note(tx, by, "restored", document_id, title=removed.title, source=removed.source)
        await tx.outbox.touch(BRAIN, back.passages)
        await desk.queue.sync_index(tx, BRAIN)
        await tx.events.tell(f"document:{document_id}")
        await tx.events.tell(ANY)
        return await tx.documents.get(document_id)


async def forget(
    desk: Desk, workspace_id: WorkspaceId, document_id: DocumentId, *, by: Teammate
) -> None:
    """Now, and for good, instead of when it is due. Raises NotFound."""
    async with desk.stores.within(workspace_id).begin() as tx:
        removed = await tx.removals.get(document_id, lock=True)
        await tx.removals.forget(document_id)
        await _note(tx, by, "forgotten", document_id, title=removed.title, source=removed.source)
        await tx.events.tell(ANY)


async def _note(
    tx: Transaction, by: Teammate, action: str, document_id: DocumentId, *, title: str, source: str
) -> None:
    await note(
        tx,
        by,
        AuditNoun.DOCUMENT,
        action,
        subject_id=document_id,
        subject=title,
        details={"source": source},
    )


async def purge_everywhere(desk: Desk) -> int:
    """How many documents are gone for good, because they were removed longer ago than `KEPT`."""
    async with desk.stores.across() as workspaces:
        known = await workspaces.all()
    gone = 0
    for workspace in known:
        async with desk.stores.within(workspace.id).begin() as tx:
            gone += await tx.removals.purge(before=desk.clock() - KEPT)
    return gone
