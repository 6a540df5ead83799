"""A conversation's events as a stream that can be taken up again where it broke off."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from support_graph.desk.parts import Desk
from support_graph.domain.ids import ConversationId, MessageId
from support_graph.store.database import Scope
from support_graph.store.events import Event
from support_graph.web.auth import AsChannel, AsksAgain, AtDesk, StillKnown
from support_graph.web.fields import Sequence64
from support_graph.web.shapes.conversations import Message

router = APIRouter(prefix="/v1/conversations", tags=["Conversations"])

_LOOK_ANYWAY_SECONDS = 60.0
"""In case a notification was lost."""


async def _known(conversation_id: ConversationId, desk: AtDesk, by: AsChannel) -> Scope:
    """Here and not in the stream, because a stream that has begun can't become a 404."""
    scope = desk.stores.within(by.workspace_id)
    async with scope.begin() as tx:
        await tx.conversations.get(conversation_id)
    return scope


@router.get("/{conversation_id}/events", response_class=EventSourceResponse)
async def stream_events(
    conversation_id: ConversationId,
    desk: AtDesk,
    scope: Annotated[Scope, Depends(_known)],
    still_known: AsksAgain,
    last_event_id: Annotated[
        Sequence64 | None, Header(description="Goes on after this event.")
    ] = None,
    after: Annotated[
        Sequence64, Query(description="The same, for clients that can't set the header.")
    ] = 0,
) -> AsyncIterator[ServerSentEvent]:
    """`message` brings a message, `status` a change of hands, `delta` a piece of a reply.

    From the beginning, unless told otherwise; a comment every 15 seconds keeps it open. It ends
    when the key is revoked.
    """
    seen = last_event_id if last_event_id is not None else after
    async for event in _from(desk, scope, conversation_id, seen, still_known):
        yield event


async def _from(
    desk: Desk, scope: Scope, conversation_id: ConversationId, seen: int, still_known: StillKnown
) -> AsyncIterator[ServerSentEvent]:
    with desk.listener.subscribed(f"conversation:{conversation_id}") as bell:
        while await still_known():
            happened = await _since(scope, conversation_id, seen)
            for event, data in happened:
                seen = event.seq
                yield ServerSentEvent(event=event.kind, id=str(event.seq), data=data)
            if not happened:
                await bell.wait(_LOOK_ANYWAY_SECONDS)


async def _since(
    scope: Scope, conversation_id: ConversationId, seen: int
) -> Sequence[tuple[Event, Any]]:
    """The events after `seen`; those of messages bring the message along."""
    async with scope.begin() as tx:
        events = await tx.events.since(conversation_id, seen)
        ids = [MessageId(e.data["message_id"]) for e in events if e.kind == "message"]
        messages = {str(m.id): m for m in await tx.messages.among(ids)}
    return [
        (
            e,
            Message.model_validate(messages[e.data["message_id"]])
            if e.kind == "message"
            else e.data,
        )
        for e in events
    ]
