"""Live: pages are told that something changed, and fetch what they show again.

An event names the state it was sent for; a stream that is taken up again after a break is told at
once if the state is another one by now.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Annotated, Any, TypeVar
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Header, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from support_graph.desk import people, presence
from support_graph.desk.parts import Desk
from support_graph.domain.ids import EscalationId
from support_graph.web.auth import AtDesk
from support_graph.web.pages.failures import PageRoute
from support_graph.web.pages.rendering import part
from support_graph.web.pages.visitors import AsMember, Member

router = APIRouter(prefix="/inbox", route_class=PageRoute, include_in_schema=False)

LOOK_ANYWAY_SECONDS = 30.0
T = TypeVar("T")
LastSeen = Annotated[str, Header(alias="Last-Event-ID", max_length=200)]


async def still_here(desk: Desk, by: Member) -> bool:
    """A session that has ended hears nothing any more."""
    return await _whole(people.visitor(desk, by.session)) is not None


async def _whole(transaction: Coroutine[Any, Any, T]) -> T:
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
    desk: AtDesk, by: AsMember, last_event_id: LastSeen = ""
) -> AsyncIterator[ServerSentEvent]:
    """`inbox` whenever a list would show something else."""
    seen = last_event_id
    with desk.listener.subscribed("escalations") as bell:
        while await still_here(desk, by):
            now = await _whole(_fingerprint(by))
            if now != seen:
                yield ServerSentEvent(event="inbox", id=now, data="changed")
                seen = now
            await bell.wait(LOOK_ANYWAY_SECONDS)


@router.get("/{escalation_id}/events", response_class=EventSourceResponse)
async def stream_presence(
    desk: AtDesk, by: AsMember, escalation_id: Known
) -> AsyncIterator[ServerSentEvent]:
    """`presence` whenever somebody else comes or goes; being connected is being there."""
    viewer = uuid4()
    async with presence.looking(desk, by.workspace_id, escalation_id, viewer, by.id):
        async for names in _others(desk, by, escalation_id, viewer):
            yield ServerSentEvent(event="presence", data=names)


async def _others(
    desk: Desk, by: Member, escalation_id: EscalationId, viewer: UUID
) -> AsyncIterator[list[str]]:
    told: list[str] | None = None
    with desk.listener.subscribed(f"presence:{escalation_id}") as bell:
        while await still_here(desk, by):
            looked = presence.others(desk, by.workspace_id, escalation_id, viewer, by.id)
            names = await _whole(looked)
            if names != told:
                yield names
                told = names
            await bell.wait(presence.BEAT_SECONDS)


@router.get("/{escalation_id}/presence")
async def get_presence(
    request: Request, desk: AtDesk, by: AsMember, escalation_id: EscalationId
) -> Response:
    async with by.scope.begin() as tx:
        await tx.escalations.get(escalation_id)
        since = desk.clock() - presence.STALE
        others = await tx.presences.others(escalation_id, by.id, since)
    return part(request, "inbox/presence.html", others=others)
