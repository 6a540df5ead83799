"""Messages, and the idempotency keys under which they were sent."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import bindparam, insert, select

from support_graph.domain.errors import NotFound
from support_graph.domain.ids import ConversationId, MessageId, TurnId, new_id
from support_graph.domain.messages import (
    Author,
    Citation,
    Delivery,
    Direction,
    Draft,
    Message,
    ReplySource,
)
from support_graph.store.prepared import Prepared, own
from support_graph.store.rooms import Room, Row
from support_graph.store.tables import conversations, idempotency_keys, messages, turns


def _message(row: Row) -> Message:
    return Message(
        id=MessageId(row["id"]),
        conversation_id=ConversationId(row["conversation_id"]),
        turn_id=TurnId(row["turn_id"]) if row["turn_id"] else None,
        direction=Direction(row["direction"]),
        author=Author(row["author"]),
        author_name=row["author_name"],
        text=row["text"],
        source=ReplySource(row["source"]) if row["source"] else None,
        citations=tuple(Citation(**c) for c in row["citations"]),
        context=row["context"],
        external_id=row["external_id"],
        delivery=Delivery(row["delivery"]),
        created_at=row["created_at"],
    )


_NEW = (
    "workspace_id",
    "id",
    "conversation_id",
    "turn_id",
    "direction",
    "author",
    "author_name",
    "text",
    "delivery",
)
_RECEIVE = Prepared(insert(messages), columns=(*_NEW, "channel", "external_id", "context"))
_CHANNEL = select(conversations.c.channel).where(
    own(conversations), conversations.c.id == bindparam("same_conversation")
)
_REPLY = Prepared(
    insert(messages).values(channel=_CHANNEL.scalar_subquery()),
    columns=(*_NEW, "source", "citations"),
)
_GET = Prepared(select(messages).where(own(messages), messages.c.id == bindparam("message_id")))
_EARLIER = Prepared(
    select(messages)
    .join(
        turns,
        (turns.c.workspace_id == messages.c.workspace_id)
        & (turns.c.conversation_id == messages.c.conversation_id)
        & (messages.c.id < turns.c.message_id),
    )
    .where(own(messages), own(turns), turns.c.id == bindparam("turn"))
    .order_by(messages.c.id.desc())
    .limit(bindparam("last"))
)
_LAST = Prepared(
    select(messages)
    .where(own(messages), messages.c.conversation_id == bindparam("conversation_id"))
    .order_by(messages.c.id.desc())
    .limit(bindparam("last"))
)

_FIND_EXTERNAL = Prepared(
    select(messages).where(
        own(messages),
        messages.c.channel == bindparam("channel"),
        messages.c.external_id == bindparam("external_id"),
    )
)


class Messages(Room):
    async def receive(
        self,
        *,
        conversation_id: ConversationId,
        turn_id: TurnId,
        channel: str,
        text: str,
        external_id: str | None,
        context: Mapping[str, Any],
        author_name: str | None,
    ) -> MessageId:
        """Stores a customer's message, whose external id is new."""
        message_id = MessageId(new_id())
        await self._do(
            _RECEIVE,
            id=message_id,
            conversation_id=conversation_id,
            turn_id=turn_id,
            direction=Direction.INCOMING,
            author=Author.CONTACT,
            author_name=author_name,
            text=text,
            channel=channel,
            external_id=external_id,
            context=dict(context),
            delivery=Delivery.SENT,
        )
        return message_id

    async def reply(
        self,
        *,
        conversation_id: ConversationId,
        turn_id: TurnId | None,
        draft: Draft,
        author: Author,
        author_name: str | None,
    ) -> MessageId:
        """Stores what is said to the customer.

        The channels there are fetch their messages, so to store one is to send it.
        """
        message_id = MessageId(new_id())
        await self._do(
            _REPLY,
            id=message_id,
            conversation_id=conversation_id,
            same_conversation=conversation_id,
            turn_id=turn_id,
            direction=Direction.OUTGOING,
            author=author,
            author_name=author_name,
            text=draft.text,
            source=draft.source,
            citations=[asdict(c) for c in draft.citations],
            delivery=Delivery.SENT,
        )
        return message_id

    async def get(self, message_id: MessageId) -> Message:
        row = await self._first(_GET, message_id=message_id)
        if row is None:
            raise NotFound(noun="message", id=message_id)
        return _message(row)

    async def among(self, ids: Sequence[MessageId]) -> Sequence[Message]:
        rows = await self._all(select(messages).where(self._own(messages), messages.c.id.in_(ids)))
        return [_message(row) for row in rows]

    async def find_external(self, *, channel: str, external_id: str) -> Message | None:
        row = await self._first(_FIND_EXTERNAL, channel=channel, external_id=external_id)
        return _message(row) if row else None

    async def of_conversation(
        self, conversation_id: ConversationId, *, last: int = 500
    ) -> Sequence[Message]:
        """The `last` messages, oldest first."""
        rows = await self._rows(_LAST, conversation_id=conversation_id, last=last)
        return [_message(row) for row in reversed(rows)]

    async def before_turn(self, turn_id: TurnId, *, last: int) -> Sequence[Message]:
        """The `last` messages of the turn's conversation before its own, oldest first."""
        rows = await self._rows(_EARLIER, turn=turn_id, last=last)
        return [_message(row) for row in reversed(rows)]

    async def remember_key(self, *, key: str, body_digest: bytes, message_id: MessageId) -> None:
        await self._run(
            insert(idempotency_keys).values(
                workspace_id=self._workspace_id,
                key=key,
                body_digest=body_digest,
                message_id=message_id,
            )
        )

    async def under_key(self, key: str) -> tuple[MessageId, bytes] | None:
        """The message that was sent under this idempotency key, and its body's digest."""
        row = await self._one(
            select(idempotency_keys).where(
                self._own(idempotency_keys), idempotency_keys.c.key == key
            )
        )
        return (MessageId(row["message_id"]), bytes(row["body_digest"])) if row else None
