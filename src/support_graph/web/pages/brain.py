"""The Brain: its documents, what a search of it finds, and how more is brought in."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from support_graph.desk import documents
from support_graph.desk.documents import NewDocument
from support_graph.desk.parts import Desk
from support_graph.domain.documents import Document, DocumentStatus, Removed, Visibility
from support_graph.domain.errors import Invalid
from support_graph.domain.ids import DocumentId
from support_graph.web.auth import AtDesk
from support_graph.web.evidence import found_passages
from support_graph.web.pages.csrf import Protected
from support_graph.web.pages.failures import PageRoute
from support_graph.web.pages.flashes import Said
from support_graph.web.pages.rendering import is_partial, page, part, query, redirect
from support_graph.web.pages.typed import plain
from support_graph.web.pages.visitors import AsMember, Member
from support_graph.web.pages.watching import LOOK_ANYWAY_SECONDS, LastSeen, Shown, still_here
from support_graph.web.shapes import documents as shapes
from support_graph.web.uploads import checked, file_name, media_type

router = APIRouter(
    prefix="/brain", route_class=PageRoute, include_in_schema=False, dependencies=[Protected]
)

_SHOWN = 50
_REMOVED_SHOWN = 20
LIST = "brain-list"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the address says is to be seen."""

    status: DocumentStatus | None = None
    q: str | None = None
    after: UUID | None = None

    @property
    def question(self) -> str:
        return query(status=self.status, q=self.q, after=self.after)

    def but(self, **changes: Any) -> "View":
        return replace(self, **{"after": None, **changes})


def view(
    status: Annotated[str, Query(max_length=20)] = "",
    q: Annotated[str, Query(max_length=500)] = "",
    after: Annotated[UUID | None, Query()] = None,
) -> View:
    known = status in set(DocumentStatus)
    return View(
        status=DocumentStatus(status) if known else None,
        q=plain(q) or None,
        after=after,
    )


Seen = Annotated[View, Depends(view)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The list pane; `found` stands in for the documents where something is searched.

    `state` is what the list is a picture of: it is told when there is another one.
    """

    view: View
    state: str
    rows: Sequence[Document]
    uses: dict[DocumentId, int]
    counts: dict[DocumentStatus, int]
    next: View | None
    found: shapes.Found | None
    removed: Sequence[Removed]


async def listing(desk: Desk, by: Member, seen: View) -> Listing:
    found = await _found(desk, by, seen.q) if seen.q else None
    async with by.scope.begin() as tx:
        state = await tx.documents.fingerprint()  # first: what comes in meanwhile is told again
        known = await tx.documents.list(cursor=seen.after, limit=_SHOWN, status=seen.status)
        uses = await tx.citations.counts([one.id for one in known.items])
        counts = await tx.documents.counts()
        removed = await tx.removals.newest(_REMOVED_SHOWN)
    following = known.next_cursor
    return Listing(
        view=seen,
        state=state,
        rows=known.items,
        uses=uses,
        counts=counts,
        next=replace(seen, after=following) if following else None,
        found=found,
        removed=removed if seen.status is None and seen.after is None else (),
    )


async def _found(desk: Desk, by: Member, q: str) -> shapes.Found:
    """The passages that the assistant would find."""
    async with by.scope.begin() as tx:
        found = await desk.tools.brain.search(tx, q)
        items = await found_passages(tx, [asdict(hit) for hit in found.hits], internal=True)
    confidence = found.judgement.confidence if found.judgement else None
    return shapes.Found(items=items, confidence=confidence)


@router.get("")
async def get_brain(request: Request, desk: AtDesk, by: AsMember, seen: Seen) -> Response:
    shown: dict[str, Any] = {"listing": await listing(desk, by, seen), "selected": None}
    if is_partial(request, LIST):
        return part(request, "brain/list.html", **shown)
    largest = request.app.state.max_body_bytes
    shown |= {"detail": None, "removing": False, "largest": largest}
    return await page(request, by, "brain/page.html", place="brain", **shown)


@router.get("/events", response_class=EventSourceResponse)
async def stream_brain(
    desk: AtDesk, by: AsMember, seen: Shown = "", last_event_id: LastSeen = ""
) -> AsyncIterator[ServerSentEvent]:
    """`documents` whenever a list would show something else than the page `seen`, or since the
    last."""
    seen = last_event_id or seen
    with desk.listener.subscribed(documents.ANY) as bell:
        while await still_here(desk, by):
            async with by.scope.begin() as tx:
                now = await tx.documents.fingerprint()
            if now != seen:
                yield ServerSentEvent(event="documents", id=now, data="changed")
                seen = now
            await bell.wait(LOOK_ANYWAY_SECONDS)


@router.post("/files")
async def post_files(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    file: Annotated[list[UploadFile], File()],
    visibility: Annotated[Visibility, Form()] = Visibility.PUBLIC,
) -> Response:
    """All names are looked at before the first file is taken in."""
    given = [(file_name(one), one) for one in file if one.filename]
    if not given:
        raise Invalid(field="file", problem="choose at least one file")
    taken = [
        await documents.add(
            desk,
            by.workspace_id,
            NewDocument(
                source=name,
                title="",
                url=None,
                media_type=media_type(one),
                filename=name,
                content=await one.read(),
                visibility=visibility,
            ),
            by=by.teammate,
        )
        for name, one in given
    ]
    return _reading(request, taken)


@router.post("/add")
async def post_document(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    url: Annotated[str, Form(max_length=2_000)] = "",
    title: Annotated[str, Form(max_length=200)] = "",
    text: Annotated[str, Form(max_length=500_000)] = "",
    visibility: Annotated[Visibility, Form()] = Visibility.PUBLIC,
) -> Response:
    """A page by its address, or a text with its title."""
    typed = {"url": url.strip(), "title": title.strip(), "text": text.replace("\r\n", "\n")}
    given = {name: value for name, value in typed.items() if value.strip()}
    asked = checked(shapes.NewDocument, {**given, "visibility": visibility})
    taken = await documents.add(desk, by.workspace_id, asked.asked(), by=by.teammate)
    return _reading(request, [taken])


def _reading(request: Request, taken: Sequence[Document]) -> Response:
    said = Said(key="brain.said.reading", values={"n": len(taken)})
    path = f"/brain/{taken[0].id}" if len(taken) == 1 else "/brain"
    return redirect(request, path, said=said)
