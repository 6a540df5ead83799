"""Resolutions as a table: found, sorted, and changed several at a time."""

import base64
import struct
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from support_graph.desk import several
from support_graph.desk.parts import Desk
from support_graph.desk.resolutions import Edit
from support_graph.domain.errors import Invalid
from support_graph.domain.ids import ResolutionId
from support_graph.domain.resolutions import Resolution, ResolutionStatus
from support_graph.learning.revise import Author
from support_graph.store.catalogue import Entry, Order, Wanted
from support_graph.store.database import Transaction
from support_graph.store.workspaces import STORE
from support_graph.web.auth import AtDesk
from support_graph.web.pages.csrf import Protected
from support_graph.web.pages.failures import PageRoute
from support_graph.web.pages.flashes import Said
from support_graph.web.pages.news import News, Since, bars
from support_graph.web.pages.rendering import is_partial, page, part, query, redirect
from support_graph.web.pages.typed import plain
from support_graph.web.pages.visitors import AsMember, Member
from support_graph.web.recalled import Filter, found

router = APIRouter(
    prefix="/resolutions",
    route_class=PageRoute,
    include_in_schema=False,
    dependencies=[Protected],
)

SHOWN = 50
LIST = "resolution-list"
_FARTHEST = 1_000_000
_FARTHEST_VERSION = 2**63 - 1
NEAR = 0.4
"""A cosine below which nobody would say that the assistant has found it."""


class Act(StrEnum):
    """What is done with all that are chosen."""

    PIN = "pin"
    UNPIN = "unpin"
    ARCHIVE = "archive"
    ACTIVATE = "activate"
    INTENT = "intent"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the address says is to be seen."""

    status: ResolutionStatus | None = None
    pinned: bool = False
    intent: str | None = None
    q: str | None = None
    sort: Order = Order.NEWEST
    after: int = 0

    @property
    def question(self) -> str:
        """The query string that leads to it; what is usual is left out."""
        return query(
            status=self.status,
            pinned="1" if self.pinned else None,
            intent=self.intent,
            q=self.q,
            sort=None if self.sort is Order.NEWEST else self.sort,
            after=self.after or None,
        )

    def but(self, **changes: Any) -> "View":
        return replace(self, **{"after": 0, **changes})

    @property
    def narrowed(self) -> bool:
        return bool(self.status or self.pinned or self.intent or self.q)


def view(
    status: Annotated[str, Query(max_length=20)] = "",
    pinned: Annotated[str, Query(max_length=5)] = "",
    intent: Annotated[str, Query(max_length=200)] = "",
    q: Annotated[str, Query(max_length=500)] = "",
    sort: Annotated[str, Query(max_length=20)] = "",
    after: Annotated[str, Query(max_length=10)] = "",
) -> View:
    """An empty field of a form is no filter; nor is one that nobody knows."""
    return View(
        status=ResolutionStatus(status) if status in set(ResolutionStatus) else None,
        pinned=pinned == "1",
        intent=plain(intent) or None,
        q=plain(q) or None,
        sort=Order(sort) if sort in set(Order) else Order.NEWEST,
        after=min(int(after), _FARTHEST) if after.isascii() and after.isdecimal() else 0,
    )


Seen = Annotated[View, Depends(view)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row; `similarity` is set where a search found it as the assistant would."""

    head: Resolution
    entry: Entry
    similarity: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """`state` is the store version that the list is a picture of, or an older one."""

    view: View
    state: int
    lines: Sequence[Line]
    intents: Sequence[str]
    to_review: int
    next: View | None

    @property
    def news(self) -> str:
        """The query string by which it hears of changes."""
        return f"{self.view.question or '?'}&since={self.state}".replace("?&", "?")


async def listing(desk: Desk, by: Member, seen: View, *, near: float = NEAR) -> Listing:
    """`near` is the cosine from which a search has found something."""
    async with by.scope.begin() as tx:
        state = await tx.workspace.store_version()  # first: what comes meanwhile is told
        nearest = await _nearest(desk, tx, seen, near) if seen.q and not seen.after else []
        wanted = _wanted(seen)
        entries, more = await tx.catalogue.list(
            wanted, order=seen.sort, skip=seen.after, limit=SHOWN
        )
        known = {line.head.id for line in nearest}
        heads = await tx.resolutions.among([entry.id for entry in entries])
        lines = [Line(head=heads[e.id], entry=e) for e in entries if e.id not in known]
        return Listing(
            view=seen,
            state=state,
            lines=[*nearest, *lines],
            intents=await tx.catalogue.intents(),
            to_review=await tx.catalogue.to_review(),
            next=replace(seen, after=seen.after + SHOWN) if more else None,
        )


def _wanted(seen: View) -> Wanted:
    return Wanted(
        status=seen.status,
        pinned=True if seen.pinned else None,
        intent=seen.intent,
        words=seen.q,
    )


async def _nearest(desk: Desk, tx: Transaction, seen: View, least: float) -> list[Line]:
    """What the assistant would find first, before what only has the words in it."""
    assert seen.q is not None
    pinned = True if seen.pinned else None
    only = Filter(intent=seen.intent, status=seen.status, pinned=pinned)
    looked = (await found(desk, tx, seen.q, only)).items
    matches = [match for match in looked if (match.similarity or 0.0) >= least]
    ids = [ResolutionId(match.id) for match in matches]
    heads, entries = await tx.resolutions.among(ids), await tx.catalogue.entries(ids)
    return [
        Line(head=heads[i], entry=entries[i], similarity=match.similarity)
        for i, match in zip(ids, matches, strict=True)
    ]


@router.get("")
async def get_resolutions(request: Request, desk: AtDesk, by: AsMember, seen: Seen) -> Response:
    shown: dict[str, Any] = {"listing": await listing(desk, by, seen)}
    if is_partial(request, LIST):
        return part(request, "resolutions/list.html", **shown)
    return await page(request, by, "resolutions/page.html", place="resolutions", **shown)


@router.get("/news", response_class=EventSourceResponse)
async def stream_news(
    request: Request, desk: AtDesk, by: AsMember, seen: Seen, since: Since = ""
) -> AsyncIterator[ServerSentEvent]:
    version = int(since) if since.isascii() and since.isdecimal() else 0

    async def count(tx: Transaction) -> int:
        return await tx.catalogue.changed(_wanted(seen), min(version, _FARTHEST_VERSION))

    path = f"/resolutions{seen.question}"
    news = News(subject=STORE, count=count, key="resolutions.news", path=path, target=LIST)
    async for bar in bars(request, desk, by, news):
        yield bar


@router.post("/bulk")
async def post_bulk(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    seen: Seen,
    act: Annotated[Act, Form()],
    chosen: Annotated[list[UUID] | None, Form()] = None,
    name: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """All of it or nothing: the boxes of a page come as one form."""
    back = f"/resolutions{seen.question}"
    ids = {ResolutionId(one) for one in chosen or ()}
    if not ids:
        return redirect(request, back, said=Said(key="resolutions.said.none_chosen"))
    if len(ids) > SHOWN:
        raise Invalid(field="chosen", problem=f"At most {SHOWN} at a time.")
    author = Author(name=by.name)
    if act is Act.DELETE:
        gone = await several.delete_all(desk, by.workspace_id, ids, author=author)
        said = Said(
            key="resolutions.said.deleted_many",
            values={"n": len(gone)},
            undo=undoing(gone),
        )
        return redirect(request, back, said=said)
    edit = _edit(act, plain(name) or None)
    done = await several.change_all(desk, by.workspace_id, ids, edit, author=author)
    said = Said(key="resolutions.said.changed_many", values={"n": len(done)}, undo=undoing(done))
    return redirect(request, back, said=said)


def _edit(act: Act, intent: str | None) -> Edit:
    if act is Act.INTENT:
        if intent is None:
            raise Invalid(field="intent", problem="Name the intent first.")
        return Edit(intent=intent)
    edits = {
        Act.PIN: Edit(pinned=True),
        Act.UNPIN: Edit(pinned=False),
        Act.ARCHIVE: Edit(status=ResolutionStatus.ARCHIVED),
        Act.ACTIVATE: Edit(status=ResolutionStatus.ACTIVE),
    }
    return edits[act]


@router.post("/undo")
async def post_undo(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    changed: Annotated[str, Query(max_length=2_000)],
) -> Response:
    """Takes back what was done to several, but for what somebody changed since."""
    author = Author(name=by.name, note="undone")
    back = await several.take_back(desk, by.workspace_id, unpacked(changed), author=author)
    return redirect(
        request, "/resolutions", said=Said(key="resolutions.said.back", values={"n": back})
    )


def undoing(changed: several.Changed) -> str | None:
    """Where to post to take it back."""
    return f"/resolutions/undo?changed={packed(changed)}" if changed else None


_ENTRY: Final = struct.Struct(">16sI")


def packed(changed: several.Changed) -> str:
    """Short enough that fifty fit into an address."""
    raw = b"".join(_ENTRY.pack(i.bytes, revision) for i, revision in changed.items())
    return base64.urlsafe_b64encode(raw).decode()


def unpacked(given: str) -> several.Changed:
    try:
        raw = base64.urlsafe_b64decode(given)
        found = {ResolutionId(UUID(bytes=i)): n for i, n in _ENTRY.iter_unpack(raw)}
    except (ValueError, struct.error) as error:
        raise Invalid(field="changed", problem="This is nothing to undo.") from error
    if len(found) > SHOWN:
        raise Invalid(field="changed", problem=f"At most {SHOWN} at a time.")
    return found
