"""Live: pages are told that something changed, and fetch what they show again.

An event names the state it was sent for; a stream that is taken up again after a break is told at
once if the state is another one by now.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Annotated, Any, TypeVar
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from support_graph.desk import people, presence
from support_graph.desk.parts import Desk
from support_graph.desk.presence import Companions, Company
from support_graph.domain.ids import EscalationId
from support_graph.web.auth import AtDesk
from support_graph.web.pages.csrf import Protected
from support_graph.web.pages.failures import PageRoute
from support_graph.web.pages.rendering import piece
from support_graph.web.pages.visitors import AsMember, Member

router = APIRouter(prefix="/inbox", route_class=PageRoute, include_in_schema=False)

LOOK_ANYWAY_SECONDS = 30.0
T = TypeVar("T")
LastSeen = Annotated[str, Header(alias="Last-Event-ID", max_length=200)]
Shown = Annotated[str, Query(alias="seen", max_length=200)]
"""The state that the page shows which listens; whoever listens again names the last one told."""


async def still_here(desk: Desk, by: Member) -> bool:
    """A session that has ended hears nothing any more."""
    return await whole(people.visitor(desk, by.session)) is not None


async def whole(transaction: Coroutine[Any, Any, T]) -> T:
    """To its end, even if the page is closed meanwhile: cut off, it would cost a connection."""
    return await asyncio.shield(transaction)


async def _fingerprint(by: Member) -> str:
    async with by.scope.begin() as tx:
        return await tx.inbox.fingerprint()


async def _known(escalation_id: EscalationId, by: AsMember) -> EscalationId:
    """Here and not in the stream, because a stream that has begun can't become a 404."""
    async with by.scope.begin() as tx:
        await tx.escalations.get(escalation_id)
    return escalation_id


Known = Annotated[EscalationId, Depends(_known)]


@router.get("/events", response_class=EventSourceResponse)
async def stream_inbox(
    desk: AtDesk, by: AsMember, seen: Shown = "", last_event_id: LastSeen = ""
) -> AsyncIterator[ServerSentEvent]:
    """`inbox` whenever a list would show something else than the page `seen`, or since the last."""
    seen = last_event_id or seen
    with desk.listener.subscribed("escalations") as bell:
        while await still_here(desk, by):
            now = await whole(_fingerprint(by))
            if now != seen:
                yield ServerSentEvent(event="inbox", id=now, data="changed")
                seen = now
            await bell.wait(LOOK_ANYWAY_SECONDS)


@router.get("/{escalation_id}/events", response_class=EventSourceResponse)
async def stream_presence(
    request: Request, desk: AtDesk, by: AsMember, escalation_id: Known
) -> AsyncIterator[ServerSentEvent]:
    """Who else is there, or writes, as a piece of the page; being connected is being there."""
    viewer = uuid4()
    async with presence.looking(desk, by.workspace_id, escalation_id, viewer, by.id):
        async for company in _company(desk, by, escalation_id, viewer):
            shown = piece(request, "inbox/presence.html", company=company)
            yield ServerSentEvent(raw_data=shown)


async def _company(
    desk: Desk, by: Member, escalation_id: EscalationId, viewer: UUID
) -> AsyncIterator[Company]:
    told: Company | None = None
    companions = Companions(desk, by.scope, escalation_id, viewer, by.id)
    with desk.listener.subscribed(presence.subject(escalation_id)) as bell:
        while await still_here(desk, by):
            companions.heard(bell.notes())
            company = await whole(companions.now())
            if company != told:
                yield company
                told = company
            await bell.wait(companions.next_look())


@router.post("/{escalation_id}/writing", dependencies=[Protected])
async def post_writing(desk: AtDesk, by: AsMember, escalation_id: EscalationId) -> Response:
    """A page says it every few seconds while somebody types in it."""
    await presence.write(desk, by.workspace_id, escalation_id, by.id)
    return Response(status_code=204)
