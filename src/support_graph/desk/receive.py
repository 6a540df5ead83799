"""Takes a customer's message: one transaction, and then it can't be lost."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from support_graph.desk.idempotency import done_before
from support_graph.desk.parts import Desk
from support_graph.domain.conversations import ConversationStatus
from support_graph.domain.ids import (
    ConversationId,
    MessageId,
    TurnId,
    WorkspaceId,
    new_id,
)
from support_graph.domain.turns import TurnStatus
from support_graph.store.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A customer's message as a channel brings it.

    `conversation` is the channel's id of the conversation, or ours; None starts a new one.
    `external_id` is the channel's id of the message. `idempotency_key` is the caller's promise that
    the same key means the same request.
    """

    channel: str
    text: str
    conversation: str | None = None
    contact_ids: Sequence[str] = ()
    contact_name: str | None = None
    contact_attributes: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    external_id: str | None = None
    idempotency_key: str | None = None

    def digest(self) -> bytes:
        body = [
            self.channel,
            self.text,
            self.conversation,
            list(self.contact_ids),
            self.contact_name,
            dict(self.contact_attributes),
            dict(self.context),
            self.external_id,
        ]
        return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    conversation_id: ConversationId
    message_id: MessageId
    turn_id: TurnId


async def receive(desk: Desk, workspace_id: WorkspaceId, incoming: Incoming) -> Received:
    """Stores the message and defers its turn. Receiving it again gives the same answer.

    Raises IdempotencyConflict.
    """
    async with desk.stores.within(workspace_id).begin() as tx:
        known = await received_before(tx, incoming)
        if known is not None:
            return known
        received, held = await take(tx, incoming)
        if not held:
            await desk.queue.run_turn(tx, received.conversation_id, received.turn_id)
        return received


async def received_before(tx: Transaction, incoming: Incoming) -> Received | None:
    """What the same request or delivery led to; one that is under way is waited for."""
    if (key := incoming.idempotency_key) is not None:
        message_id = await done_before(tx, key, incoming.digest())
        if message_id is not None:
            return await _as_received(tx, message_id)
    if incoming.external_id is not None:
        await tx.serialise(f"message:{incoming.channel}:{incoming.external_id}")
        message = await tx.messages.find_external(
            channel=incoming.channel, external_id=incoming.external_id
        )
        if message is not None:
            return await _as_received(tx, message.id)
    return None


async def _as_received(tx: Transaction, message_id: MessageId) -> Received:
    turn = await tx.turns.of_message(message_id)
    assert turn is not None
    return Received(conversation_id=turn.conversation_id, message_id=message_id, turn_id=turn.id)


async def take(
    tx: Transaction, incoming: Incoming, *, elsewhere: bool = False
) -> tuple[Received, bool]:
    """Writes a message that is new, and says whether its turn is in other hands than the desk's:
    a teammate's who holds the conversation, or, `elsewhere`, another program's.
    """
    conversation_id, status = await _conversation(tx, incoming)
    turn_id = TurnId(new_id())
    message_id = await tx.messages.receive(
        conversation_id=conversation_id,
        turn_id=turn_id,
        channel=incoming.channel,
        text=incoming.text,
        external_id=incoming.external_id,
        context=incoming.context,
        author_name=incoming.contact_name,
    )
    held = elsewhere or await _held_by_teammate(tx, conversation_id, status)
    await tx.turns.open(
        turn_id=turn_id,
        conversation_id=conversation_id,
        message_id=message_id,
        question=incoming.text,
        context=incoming.context,
        status=TurnStatus.OPEN if held else TurnStatus.PROCESSING,
    )
    if incoming.idempotency_key is not None:
        await tx.messages.remember_key(
            key=incoming.idempotency_key, body_digest=incoming.digest(), message_id=message_id
        )
    await tx.events.append(conversation_id, "message", {"message_id": str(message_id)})
    received = Received(conversation_id=conversation_id, message_id=message_id, turn_id=turn_id)
    return received, held


async def _conversation(
    tx: Transaction, incoming: Incoming
) -> tuple[ConversationId, ConversationStatus]:
    """The conversation, locked, with its status."""
    if incoming.conversation is not None:
        known = await tx.conversations.find(incoming.conversation, channel=incoming.channel)
        if known is not None:
            return known
    contact_id = await tx.contacts.ensure(
        ids=list(incoming.contact_ids) or [f"anonymous:{new_id()}"],
        name=incoming.contact_name,
        attributes=incoming.contact_attributes,
    )
    return await tx.conversations.ensure(
        channel=incoming.channel, external_id=incoming.conversation, contact_id=contact_id
    )


async def _held_by_teammate(
    tx: Transaction, conversation_id: ConversationId, status: ConversationStatus
) -> bool:
    """Whether a teammate gets this message; a resolved conversation starts over."""
    if status is ConversationStatus.RESOLVED:
        await tx.conversations.move(conversation_id, ConversationStatus.PENDING)
        return False
    if status is ConversationStatus.SNOOZED:
        await tx.conversations.move(conversation_id, ConversationStatus.OPEN)
        return True
    if status is ConversationStatus.OPEN:
        await tx.outcomes.returned(conversation_id)
        return True
    return False
