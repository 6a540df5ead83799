"""What the desk proposes about what was learned, side by side, for a teammate to decide."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from support_graph.desk import proposals
from support_graph.domain.errors import ProposalDecided
from support_graph.domain.ids import ProposalId
from support_graph.domain.proposals import Merge, ProposalStatus
from support_graph.learning.revise import Author
from support_graph.store.database import Transaction
from support_graph.web import proposed
from support_graph.web.auth import AtDesk
from support_graph.web.pages.csrf import Protected
from support_graph.web.pages.failures import PageRoute
from support_graph.web.pages.flashes import Said
from support_graph.web.pages.news import News, Since, bars, moment, tick
from support_graph.web.pages.rendering import is_partial, page, part, query, redirect
from support_graph.web.pages.visitors import AsMember

router = APIRouter(
    prefix="/resolutions/review",
    route_class=PageRoute,
    include_in_schema=False,
    dependencies=[Protected],
)

_SHOWN = 20
LIST = "review-list"


@router.get("")
async def get_review(
    request: Request,
    by: AsMember,
    status: Annotated[ProposalStatus, Query()] = ProposalStatus.OPEN,
    after: Annotated[UUID | None, Query()] = None,
) -> Response:
    async with by.scope.begin() as tx:
        state = tick(await tx.proposals.newest_change())  # first: what comes meanwhile is told
        found = await tx.proposals.list(status=status, kind=None, cursor=after, limit=_SHOWN)
        shown = await proposed.shown(tx, found.items)
    following = query(status=status, after=found.next_cursor) if found.next_cursor else None
    listed: dict[str, Any] = {
        "proposals": shown,
        "wanted": status,
        "state": state,
        "following": f"/resolutions/review{following}" if following else None,
    }
    if is_partial(request, LIST):
        return part(request, "resolutions/proposals.html", **listed)
    return await page(request, by, "resolutions/review.html", place="resolutions", **listed)


@router.get("/news", response_class=EventSourceResponse)
async def stream_news(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    status: Annotated[ProposalStatus, Query()] = ProposalStatus.OPEN,
    since: Since = "",
) -> AsyncIterator[ServerSentEvent]:
    async def count(tx: Transaction) -> int:
        return await tx.proposals.changed(moment(since))

    path = f"/resolutions/review{query(status=status)}"
    news = News(subject=proposals.SUBJECT, count=count, key="review.news", path=path, target=LIST)
    async for bar in bars(request, desk, by, news):
        yield bar


@router.post("/{proposal_id}/accept")
async def post_accept(
    request: Request, desk: AtDesk, by: AsMember, proposal_id: ProposalId
) -> Response:
    try:
        done = await proposals.accept(
            desk, by.workspace_id, proposal_id, author=Author(name=by.name)
        )
    except ProposalDecided as error:
        return _too_late(request, error)
    undo = f"/resolutions/{done.what.source}/unmerge" if isinstance(done.what, Merge) else None
    said = Said(key="review.said.accepted", undo=undo)
    return redirect(request, "/resolutions/review", said=said)


@router.post("/{proposal_id}/decline")
async def post_decline(
    request: Request, desk: AtDesk, by: AsMember, proposal_id: ProposalId
) -> Response:
    try:
        await proposals.decline(desk, by.workspace_id, proposal_id, author=Author(name=by.name))
    except ProposalDecided as error:
        return _too_late(request, error)
    return redirect(request, "/resolutions/review", said=Said(key="review.said.declined"))


def _too_late(request: Request, error: ProposalDecided) -> Response:
    said = Said(key="review.said.too_late", values={"name": error.decided_by})
    return redirect(request, "/resolutions/review", said=said)
