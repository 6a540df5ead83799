"""Documents of the Brain: taken in at once, read by a job, replaced as a whole."""

from dataclasses import dataclass
from uuid import UUID

from support_graph.brain.errors import AddressRefused, UnreadableDocument
from support_graph.brain.ingest import Reading
from support_graph.desk.auditing import note
from support_graph.desk.decisions import Teammate
from support_graph.desk.parts import Desk
from support_graph.domain.audit import AuditNoun
from support_graph.domain.documents import Document, Visibility
from support_graph.domain.errors import Invalid
from support_graph.domain.ids import DocumentId, WorkspaceId
from support_graph.store.database import Scope
from support_graph.store.outbox import BRAIN

ANY = "documents"
"""Told whenever a list of documents would show something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContent:
    """What a file brings for a document that is there already."""

    media_type: str
    filename: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """What to read. `content` is None for a document that is to be fetched from `url`.

    `source` makes it the same document the next time: its URL, or its file name.
    """

    source: str
    title: str
    url: str | None
    media_type: str
    filename: str
    content: bytes | None
    visibility: Visibility


async def add(desk: Desk, workspace_id: WorkspaceId, new: NewDocument, *, by: Teammate) -> Document:
    """Takes the document in; what was known from it stays in force until it has been read."""
    async with desk.stores.within(workspace_id).begin() as tx:
        document_id = await tx.documents.ensure(
            source=new.source, title=new.title, url=new.url, visibility=new.visibility
        )
        upload_id = await tx.documents.upload(
            document_id=document_id,
            media_type=new.media_type,
            filename=new.filename,
            title=new.title,
            visibility=new.visibility,
            content=new.content,
        )
        await desk.queue.ingest(tx, document_id, upload_id)
        details = {"source": new.source, "visibility": new.visibility}
        await note(
            tx,
            by,
            AuditNoun.DOCUMENT,
            "added",
            subject_id=document_id,
            subject=new.title or new.source,
            details=details,
        )
        await tx.events.tell(ANY)
        return await tx.documents.get(document_id)


async def again(
    desk: Desk,
    workspace_id: WorkspaceId,
    document_id: DocumentId,
    content: NewContent | None,
    *,
    by: Teammate,
) -> Document:
    """Reads a document again: what is at its address now, or the content that is given.

    Raises NotFound, or Invalid for a document without an address when there is no content.
    """
    async with desk.stores.within(workspace_id).begin() as tx:
        document = await tx.documents.get(document_id)
    if content is None and document.url is None:
        raise Invalid(field="file", problem="this document has no address; give its new content")
    new = NewDocument(
        source=document.source,
        title=document.title,
        url=document.url,
        media_type=content.media_type if content else "",
        filename=content.filename if content else "",
        content=content.content if content else None,
        visibility=document.visibility,
    )
    return await add(desk, workspace_id, new, by=by)


async def show_to(
    desk: Desk,
    workspace_id: WorkspaceId,
    document_id: DocumentId,
    visibility: Visibility,
    *,
    by: Teammate,
) -> None:
    """From this commit on; its passages need not be read again. Raises NotFound."""
    async with desk.stores.within(workspace_id).begin() as tx:
        document = await tx.documents.get(document_id, lock=True)
        await tx.documents.show_to(document_id, visibility)
        await note(
            tx,
            by,
            AuditNoun.DOCUMENT,
            "shown",
            subject_id=document_id,
            subject=document.title,
            details={"visibility": visibility},
        )
        await tx.events.tell(ANY)


async def read_upload(desk: Desk, workspace_id: WorkspaceId, upload_id: UUID) -> None:
    """Reads an upload into passages, all of them in one transaction; doing it again is a no-op."""
    scope = desk.stores.within(workspace_id)
    async with scope.begin() as tx:
        upload = await tx.documents.get_upload(upload_id)
        if upload is None:
            return
        document = await tx.documents.get(upload.document_id)
    try:
        reading = await desk.ingest.read(upload, document)
    except UnreadableDocument as error:
        await _fail(scope, document.id, upload_id, f"It can't be read: {error.reason}.")
        return
    except AddressRefused as error:
        await _fail(scope, document.id, upload_id, str(error))
        return
    await _replace(desk, scope, document, reading, upload_id)


async def give_up_reading(desk: Desk, workspace_id: WorkspaceId, upload_id: UUID) -> None:
    """After the last try: whoever added the document must see that it is not being read."""
    scope = desk.stores.within(workspace_id)
    async with scope.begin() as tx:
        upload = await tx.documents.get_upload(upload_id)
    if upload is not None:
        problem = "Reading it failed several times; the server's log says why."
        await _fail(scope, upload.document_id, upload_id, problem)


async def _fail(scope: Scope, document_id: DocumentId, upload_id: UUID, problem: str) -> None:
    async with scope.begin() as tx:
        await tx.documents.fail(document_id, problem)
        await tx.documents.done_with_upload(upload_id)
        await tx.events.tell(f"document:{document_id}")
        await tx.events.tell(ANY)


async def _replace(
    desk: Desk, scope: Scope, document: Document, reading: Reading, upload_id: UUID
) -> None:
    async with scope.begin() as tx:
        current = await tx.documents.get(document.id, lock=True)
        changed = reading.digest != current.digest
        if changed:
            version = await tx.workspace.next_brain_version()
            gone = await tx.passages.remove_of(document.id, brain_version=version)
            await tx.passages.add(
                reading.passages, embedding_model=desk.embedder.name, brain_version=version
            )
            new = [passage.id for passage, _ in reading.passages]
            await tx.outbox.touch(BRAIN, [*gone, *new])
        await tx.documents.finish(
            document.id,
            title=reading.title,
            url=document.url,
            visibility=reading.visibility,
            digest=reading.digest,
            passage_count=len(reading.passages) if changed else current.passage_count,
        )
        await tx.documents.done_with_upload(upload_id)
        await tx.events.tell(f"document:{document.id}")
        await tx.events.tell(ANY)
        if changed:
            await desk.queue.sync_index(tx, BRAIN)
