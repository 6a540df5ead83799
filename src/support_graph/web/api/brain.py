"""The Brain: the company's documents."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from support_graph.desk import documents, removing
from support_graph.domain.ids import DocumentId
from support_graph.web.auth import AsTeammate, AtDesk
from support_graph.web.evidence import found_passages
from support_graph.web.fields import Name, Phrase
from support_graph.web.paging import Listed, Paged, listed
from support_graph.web.shapes.documents import (
    Document,
    DocumentChanges,
    DocumentWithPassages,
    Found,
    Passage,
    Quoted,
    RemovedDocument,
)
from support_graph.web.uploads import REQUEST_BODY, AskedDocument

router = APIRouter(prefix="/v1/brain", tags=["Brain"])


@router.post(
    "/documents",
    status_code=status.HTTP_202_ACCEPTED,
    openapi_extra={"requestBody": REQUEST_BODY},
)
async def add_document(
    asked: AskedDocument, desk: AtDesk, by: AsTeammate, response: Response
) -> Document:
    """Takes a document in; it is read in the background, and the same content is read once.

    What was known from it stays in force until then.
    """
    taken = await documents.add(desk, by.workspace_id, asked, by=by.teammate)
    response.headers["Location"] = f"/v1/brain/documents/{taken.id}"
    return Document.model_validate(taken)


@router.get("/documents")
async def list_documents(desk: AtDesk, by: AsTeammate, window: Paged) -> Listed[Document]:
    """Newest first."""
    async with desk.stores.within(by.workspace_id).begin() as tx:
        page = await tx.documents.list(cursor=window.cursor, limit=window.limit)
    return listed(page, Document.model_validate)


@router.get("/documents/{document_id}")
async def get_document(
    document_id: DocumentId, desk: AtDesk, by: AsTeammate
) -> DocumentWithPassages:
    """With its passages, in reading order, and what quotes it."""
    async with desk.stores.within(by.workspace_id).begin() as tx:
        document = await tx.documents.get(document_id)
        passages = await tx.passages.of(document_id)
        uses = await tx.citations.of(document_id)
    shown = Document.model_validate(document)
    return DocumentWithPassages(
        **dict(shown),
        passages=[Passage.model_validate(passage) for passage in passages],
        used_by=Quoted.model_validate(uses),
        made_stale=Quoted.model_validate(uses.stale),
    )


@router.patch("/documents/{document_id}")
async def change_document(
    document_id: DocumentId, asked: DocumentChanges, desk: AtDesk, by: AsTeammate
) -> Document:
    """Who may be shown its words; it holds at once."""
    if asked.visibility is not None:
        await documents.show_to(
            desk, by.workspace_id, document_id, asked.visibility, by=by.teammate
        )
    async with desk.stores.within(by.workspace_id).begin() as tx:
        return Document.model_validate(await tx.documents.get(document_id))


@router.delete("/documents/{document_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove_document(document_id: DocumentId, desk: AtDesk, by: AsTeammate) -> None:
    """From now on nothing of it is found; for 30 days it can be restored."""
    await removing.remove(desk, by.workspace_id, document_id, by=by.teammate)


@router.get("/removed")
async def list_removed_documents(
    desk: AtDesk, by: AsTeammate, window: Paged
) -> Listed[RemovedDocument]:
    """Those that can still be restored; the newest document first."""
    async with desk.stores.within(by.workspace_id).begin() as tx:
        page = await tx.removals.list(cursor=window.cursor, limit=window.limit)
    return listed(page, RemovedDocument.model_validate)


@router.delete("/removed/{document_id}", status_code=status.HTTP_204_NO_CONTENT)
async def forget_document(document_id: DocumentId, desk: AtDesk, by: AsTeammate) -> None:
    """Deletes a removed document for good; nothing of it is kept."""
    await removing.forget(desk, by.workspace_id, document_id, by=by.teammate)


@router.post("/documents/{document_id}/restore")
async def restore_document(document_id: DocumentId, desk: AtDesk, by: AsTeammate) -> Document:
    """Undoes its removal: its passages are found again at once, and quoted as before."""
    back = await removing.bring_back(desk, by.workspace_id, document_id, by=by.teammate)
    return Document.model_validate(back)


@router.get("/search")
async def search_brain(
    desk: AtDesk,
    by: AsTeammate,
    q: Annotated[Phrase, Query()],
    page_title: Annotated[
        Name | None, Query(description="of the page that the customer is on")
    ] = None,
) -> Found:
    """The best passages first, as the assistant would find them."""
    async with desk.stores.within(by.workspace_id).begin() as tx:
        found = await desk.tools.brain.search(tx, q, page_title=page_title)
        items = await found_passages(tx, [asdict(hit) for hit in found.hits], internal=True)
    confidence = found.judgement.confidence if found.judgement else None
    return Found(items=items, confidence=confidence)
