"""One document of the Brain: its passages, what quotes them, and what can be done with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile
from starlette.responses import Response

from support_graph.desk import documents, removing
from support_graph.desk.documents import NewContent
from support_graph.desk.parts import Desk
from support_graph.domain.documents import Document, Passage, Uses, Visibility
from support_graph.domain.errors import NameTaken, NotFound
from support_graph.domain.ids import DocumentId
from support_graph.web.auth import AtDesk
from support_graph.web.pages.brain import Seen, View, listing
from support_graph.web.pages.csrf import Protected
from support_graph.web.pages.failures import PageRoute
from support_graph.web.pages.flashes import Said
from support_graph.web.pages.rendering import is_partial, page, part, redirect
from support_graph.web.pages.visitors import AsMember, Member
from support_graph.web.uploads import file_name, media_type

router = APIRouter(
    prefix="/brain/{document_id}",
    route_class=PageRoute,
    include_in_schema=False,
    dependencies=[Protected],
)

_LATEST = 8
_STALE_SHOWN = 50
DETAIL = "detail"
READ = "document-read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    view: View
    document: Document
    passages: Sequence[Passage]
    uses: Uses

    @property
    def stale(self) -> Uses:
        return Uses(all=self.uses.stale.all[:_STALE_SHOWN])

    @property
    def latest(self) -> Uses:
        """Of what is not stale; that is shown by itself."""
        return Uses(all=tuple(use for use in self.uses.all if use.in_force)[:_LATEST])


async def _detail(by: Member, document_id: DocumentId, seen: View) -> Detail:
    """Raises NotFound."""
    async with by.scope.begin() as tx:
        return Detail(
            view=seen,
            document=await tx.documents.get(document_id),
            passages=await tx.passages.of(document_id),
            uses=await tx.citations.of(document_id),
        )


@router.get("")
async def get_document(
    request: Request, desk: AtDesk, by: AsMember, document_id: DocumentId, seen: Seen
) -> Response:
    found = await _detail(by, document_id, seen)
    if is_partial(request, READ):
        return part(request, "brain/read.html", detail=found)
    if is_partial(request, DETAIL):
        return part(request, "brain/detail.html", detail=found, removing=False)
    return await _page(request, desk, by, found, removing=False)


@router.get("/remove")
async def get_removal(
    request: Request, desk: AtDesk, by: AsMember, document_id: DocumentId, seen: Seen
) -> Response:
    """Says what will change, and asks."""
    found = await _detail(by, document_id, seen)
    if is_partial(request, DETAIL):
        return part(request, "brain/detail.html", detail=found, removing=True)
    return await _page(request, desk, by, found, removing=True)


async def _page(
    request: Request, desk: Desk, by: Member, found: Detail, *, removing: bool
) -> Response:
    shown: dict[str, Any] = {"listing": await listing(desk, by, found.view)}
    shown |= {"selected": found.document.id, "detail": found, "removing": removing}
    return await page(request, by, "brain/page.html", place="brain", **shown)


@router.post("/remove")
async def post_remove(
    request: Request, desk: AtDesk, by: AsMember, document_id: DocumentId, seen: Seen
) -> Response:
    await removing.remove(desk, by.workspace_id, document_id, by=by.teammate)
    said = Said(key="brain.said.removed", undo=f"/brain/{document_id}/restore{seen.question}")
    return redirect(request, f"/brain{seen.question}", said=said)


@router.post("/restore")
async def post_restore(
    request: Request, desk: AtDesk, by: AsMember, document_id: DocumentId, seen: Seen
) -> Response:
    """Undoes the removal, from its toast, from the Brain, or from the audit log."""
    try:
        await removing.bring_back(desk, by.workspace_id, document_id, by=by.teammate)
    except NameTaken as error:
        said = Said(key="brain.said.replaced", values={"source": error.name[:200]})
        return redirect(request, f"/brain{seen.question}", said=said)
    except NotFound:
        said = Said(key="brain.said.gone")
        return redirect(request, f"/brain{seen.question}", said=said)
    return _back(request, document_id, seen, Said(key="brain.said.back"))


@router.post("/forget")
async def post_forget(
    request: Request, desk: AtDesk, by: AsMember, document_id: DocumentId
) -> Response:
    await removing.forget(desk, by.workspace_id, document_id, by=by.teammate)
    return redirect(request, "/brain", said=Said(key="brain.said.forgotten"))


@router.post("/again")
async def post_again(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    document_id: DocumentId,
    seen: Seen,
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """From its address, or from a new file."""
    content = None
    if file is not None and file.filename:
        name = file_name(file)
        content = NewContent(media_type=media_type(file), filename=name, content=await file.read())
    await documents.again(desk, by.workspace_id, document_id, content, by=by.teammate)
    return _back(request, document_id, seen, Said(key="brain.said.reading", values={"n": 1}))


@router.post("/visibility")
async def post_visibility(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    document_id: DocumentId,
    seen: Seen,
    visibility: Annotated[Visibility, Form()],
) -> Response:
    await documents.show_to(desk, by.workspace_id, document_id, visibility, by=by.teammate)
    key = "brain.said.shown" if visibility is Visibility.PUBLIC else "brain.said.hidden"
    return _back(request, document_id, seen, Said(key=key))


def _back(request: Request, document_id: DocumentId, seen: View, said: Said) -> Response:
    return redirect(request, f"/brain/{document_id}{seen.question}", said=said)
