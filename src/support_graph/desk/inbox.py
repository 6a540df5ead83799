"""What teammates do with an escalation short of deciding it."""

import hashlib

from support_graph.desk.decisions import Teammate
from support_graph.desk.idempotency import done_before
from support_graph.desk.parts import Desk
from support_graph.desk.turns import say
from support_graph.domain.errors import AlreadyClaimed, AlreadyDecided, Invalid
from support_graph.domain.ids import EscalationId, MemberId, MessageId, WorkspaceId
from support_graph.domain.messages import Author, Draft, ReplySource
from support_graph.domain.turns import Escalation, EscalationStatus
from support_graph.store.database import Transaction


async def claim(
    desk: Desk, workspace_id: WorkspaceId, escalation_id: EscalationId, by: Teammate
) -> Escalation:
    """Raises NotFound, Invalid, AlreadyDecided, or AlreadyClaimed with the name of who holds it."""
    if by.member_id is None:
        raise Invalid(field="key", problem="This key belongs to no teammate, so it can't claim.")
    async with desk.stores.within(workspace_id).begin() as tx:
        escalation = await _undecided(tx, escalation_id)
        holder = escalation.claimed_by
        if holder is not None and holder != by.member_id:
            raise AlreadyClaimed(
                escalation_id=escalation_id, claimed_by=escalation.claimed_by_name or "Somebody"
            )
        return await _hand(tx, escalation, by.member_id)


async def release(desk: Desk, workspace_id: WorkspaceId, escalation_id: EscalationId) -> Escalation:
    """Raises NotFound or AlreadyDecided; releasing what nobody holds changes nothing."""
    async with desk.stores.within(workspace_id).begin() as tx:
        return await _hand(tx, await _undecided(tx, escalation_id), None)


async def assign(
    desk: Desk, workspace_id: WorkspaceId, escalation_id: EscalationId, member_id: MemberId
) -> Escalation:
    """Raises NotFound, AlreadyDecided, or Invalid for somebody who is shut out."""
    async with desk.stores.within(workspace_id).begin() as tx:
        escalation = await _undecided(tx, escalation_id)
        member = await tx.members.get(member_id)
        if member.disabled_at is not None:
            raise Invalid(field="teammate_id", problem=f"{member.name} is shut out.")
        return await _hand(tx, escalation, member_id)


async def reply(
    desk: Desk,
    workspace_id: WorkspaceId,
    escalation_id: EscalationId,
    text: str,
    by: Teammate,
    *,
    key: str | None = None,
) -> MessageId:
    """Says something to the customer and keeps the escalation; under the same `key`, only once.

    Raises NotFound, AlreadyDecided, or IdempotencyConflict.
    """
    digest = hashlib.sha256(f"{escalation_id} {text}".encode()).digest()
    async with desk.stores.within(workspace_id).begin() as tx:
        if key is not None:
            before = await done_before(tx, key, digest)
            if before is not None:
                return before
        escalation = await _undecided(tx, escalation_id)
        turn = await tx.turns.get(escalation.turn_id)
        said = Draft(text=text, source=ReplySource.HUMAN)
        message_id = await say(
            tx, turn.id, turn.conversation_id, said, author=Author.TEAMMATE, author_name=by.name
        )
        if key is not None:
            await tx.messages.remember_key(key=key, body_digest=digest, message_id=message_id)
        return message_id


async def _undecided(tx: Transaction, escalation_id: EscalationId) -> Escalation:
    escalation = await tx.escalations.get(escalation_id, lock=True)
    if escalation.status is not EscalationStatus.DECIDED:
        return escalation
    first = await tx.decisions.of_turn(escalation.turn_id)
    assert first is not None
    raise AlreadyDecided(
        escalation_id=escalation_id, decided_by=first.member_name, decided_at=first.created_at
    )


async def _hand(tx: Transaction, escalation: Escalation, member_id: MemberId | None) -> Escalation:
    await tx.escalations.claim(escalation.id, member_id)
    await tx.conversations.assign(escalation.conversation_id, member_id)
    await tx.events.tell("escalations")
    return await tx.escalations.get(escalation.id)
