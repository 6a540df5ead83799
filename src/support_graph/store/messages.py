"""Messages, and the idempotency keys under which they were sent."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ARRAY, Text, Uuid, bindparam, insert, select, text

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
from support_graph.store.events import NOTIFY_CHANNEL
from support_graph.store.prepared import Prepared, own
from support_graph.store.rooms import Room, Row
from support_graph.store.tables import idempotency_keys, messages, turns


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
# The message, the turn's reply, the event and who is told: one statement, since every turn has one.
_REPLY = Prepared(
    text("""
    WITH counted AS (
        UPDATE conversations SET event_seq = event_seq + 1, updated_at = clock_timestamp()
        WHERE workspace_id = :workspace_id AND id = :conversation_id
        RETURNING event_seq, channel
    ), said AS (
        INSERT INTO messages (workspace_id, id, conversation_id, turn_id, direction, author,
                              author_name, text, channel, source, citations, delivery)
        SELECT :workspace_id, :id, :conversation_id, :turn_id, :direction, :author,
               :author_name, :text, channel, :source, CAST(:citations AS jsonb), :delivery
        FROM counted
    ), replied AS (
        UPDATE turns SET reply_id = :id WHERE workspace_id = :workspace_id AND id = :turn_id
    ), added AS (
        INSERT INTO events (workspace_id, conversation_id, seq, kind, data)
        SELECT :workspace_id, :conversation_id, event_seq, 'message',
               jsonb_build_object('message_id', CAST(:id AS text))
        FROM counted
        RETURNING seq
    )
    SELECT seq, pg_notify(:channel, payload) FROM added CROSS JOIN unnest(:payloads) AS payload
""").bindparams(
        bindparam("payloads", type_=ARRAY(Text)),
        *(
            bindparam(name, type_=Uuid())
            for name in ("workspace_id", "conversation_id", "id", "turn_id")
        ),
        *(
            bindparam(name, type_=Text)
            for name in ("direction", "author", "author_name", "text", "source", "delivery")
        ),
    )
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
        turn_id: TurnId,
        draft: Draft,
        author: Author,
        author_name: str | None,
        payloads: Sequence[str],
    ) -> MessageId:
        """Stores what is said to the customer, as the turn's reply and an event of its own;
        `payloads` say who is woken (see `Events.payloads`).

        The channels there are fetch their messages, so to store one is to send it.
        """
        message_id = MessageId(new_id())
        await self._do(
            _REPLY,
            id=message_id,
            conversation_id=conversation_id,
            turn_id=turn_id,
            direction=Direction.OUTGOING,
            author=author,
            author_name=author_name,
            text=draft.text,
            source=draft.source,
            citations=json.dumps([asdict(c) for c in draft.citations]),
            delivery=Delivery.SENT,
            channel=NOTIFY_CHANNEL,
            payloads=list(payloads),
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
