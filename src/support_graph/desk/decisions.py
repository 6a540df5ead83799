"""A teammate's decision: the first one holds, the reply goes out, and then it is learned from."""

from dataclasses import dataclass
from typing import Any

from support_graph.desk import runs, signals
from support_graph.desk.parts import Desk
from support_graph.desk.turns import say
from support_graph.domain.conversations import ConversationStatus
from support_graph.domain.errors import AlreadyDecided, Invalid, NotReady
from support_graph.domain.ids import (
    ConversationId,
    EscalationId,
    MemberId,
    ResolutionId,
    TurnId,
    WorkspaceId,
)
from support_graph.domain.messages import Author, Direction, Draft, ReplySource
from support_graph.domain.turns import (
    Action,
    Decision,
    DecisionOutcome,
    Escalation,
    EscalationStatus,
    Learned,
    TurnStatus,
)
from support_graph.store.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Teammate:
    """Who decides, and on which surface."""

    member_id: MemberId | None
    name: str
    surface: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve:
    """What a teammate asks for; `text` is needed to edit and to answer."""

    action: Action
    text: str | None = None
    outcome: DecisionOutcome | None = None
    learn: bool = True
    resolution_id: ResolutionId | None = None


async def resolve(
    desk: Desk,
    workspace_id: WorkspaceId,
    escalation_id: EscalationId,
    asked: Resolve,
    by: Teammate,
) -> TurnId:
    """Decides an escalation, replies to the customer, and defers the learning: one transaction.

    Raises NotFound, NotReady, Invalid, or AlreadyDecided with the name of who was first.
    """
    async with desk.stores.within(workspace_id).begin() as tx:
        turn_id, _ = await decide(desk, tx, escalation_id, asked, by)
    return turn_id


async def decide(
    desk: Desk, tx: Transaction, escalation_id: EscalationId, asked: Resolve, by: Teammate
) -> tuple[TurnId, str | None]:
    """`resolve`, in the caller's transaction: the turn, and what the customer is told."""
    escalation = await tx.escalations.get(escalation_id, lock=True)
    if escalation.status is EscalationStatus.DECIDED:
        raise await _already_decided(tx, escalation)
    if escalation.interrupt_id is None:
        raise NotReady(escalation_id=escalation_id)
    decision = _decision(desk, escalation, asked, by)
    if asked.resolution_id is not None:
        await tx.resolutions.get(asked.resolution_id)
    if not await tx.decisions.record(decision):
        raise await _already_decided(tx, escalation)
    await carry_out(desk, tx, escalation, decision)
    await desk.queue.resume_turn(tx, escalation.turn_id)
    return escalation.turn_id, decision.text


async def carry_out(
    desk: Desk, tx: Transaction, escalation: Escalation, decision: Decision
) -> None:
    """What a decision does at once: it closes the escalation, and the customer is told."""
    await tx.escalations.decide(escalation.turn_id)
    await _tell_customer(tx, escalation, decision)
    await _move_conversation(desk, tx, escalation, decision)


async def _already_decided(tx: Transaction, escalation: Escalation) -> AlreadyDecided:
    first = await tx.decisions.of_turn(escalation.turn_id)
    assert first is not None
    return AlreadyDecided(
        escalation_id=escalation.id, decided_by=first.member_name, decided_at=first.created_at
    )


def _decision(desk: Desk, escalation: Escalation, asked: Resolve, by: Teammate) -> Decision:
    outcome = DecisionOutcome.RESOLVED if asked.action.replies else DecisionOutcome.UNRESOLVED
    assert escalation.interrupt_id is not None
    return Decision(
        turn_id=escalation.turn_id,
        interrupt_id=escalation.interrupt_id,
        action=asked.action,
        text=_text(escalation, asked),
        outcome=asked.outcome or outcome,
        learn=asked.learn,
        resolution_id=asked.resolution_id,
        member_id=by.member_id,
        member_name=by.name,
        surface=by.surface,
        created_at=desk.clock(),
    )


def _text(escalation: Escalation, asked: Resolve) -> str | None:
    if asked.action is Action.ACCEPT:
        if escalation.draft is None:
            raise Invalid(field="action", problem="There is no draft to accept; answer instead.")
        return escalation.draft
    if not asked.action.replies:
        return None
    if asked.text is None or not asked.text.strip():
        raise Invalid(field="text", problem=f"A text is needed to {asked.action.value}.")
    return asked.text.strip()


async def _tell_customer(tx: Transaction, escalation: Escalation, decision: Decision) -> None:
    if decision.text is None:
        return
    await say(
        tx,
        escalation.turn_id,
        escalation.conversation_id,
        Draft(text=decision.text, source=ReplySource.HUMAN),
        author=Author.TEAMMATE,
        author_name=decision.member_name,
    )
    if decision.action is Action.EDIT and escalation.draft is not None:
        await signals.edited(tx, escalation.turn_id, draft=escalation.draft, reply=decision.text)


async def _move_conversation(
    desk: Desk, tx: Transaction, escalation: Escalation, decision: Decision
) -> None:
    conversation_id = escalation.conversation_id
    await tx.conversations.move(conversation_id, _status_after(decision), tell=["escalations"])
    if decision.action is Action.RETURN:
        await _take_up_latest(desk, tx, conversation_id)


def _status_after(decision: Decision) -> ConversationStatus:
    if decision.action is Action.RETURN:
        return ConversationStatus.PENDING
    still_unsolved = decision.action.replies and decision.outcome is DecisionOutcome.UNRESOLVED
    return ConversationStatus.OPEN if still_unsolved else ConversationStatus.RESOLVED


async def _take_up_latest(desk: Desk, tx: Transaction, conversation_id: ConversationId) -> None:
    """The customer's last words while a teammate held the conversation are the assistant's now."""
    messages = await tx.messages.of_conversation(conversation_id)
    if not messages or messages[-1].direction is not Direction.INCOMING:
        return
    latest = messages[-1]
    turn = await tx.turns.of_message(latest.id)
    if turn is None or turn.status is not TurnStatus.OPEN:
        return
    await tx.turns.reopen(turn.id)
    await desk.queue.run_turn(tx, conversation_id, turn.id)


async def resume_turn(desk: Desk, workspace_id: WorkspaceId, turn_id: TurnId) -> None:
    """Lets the waiting run go on with the decision that holds, which is learned from once."""
    scope = desk.stores.within(workspace_id)
    async with scope.begin() as tx:
        decision = await tx.decisions.of_turn(turn_id)
        assert decision is not None
    await runs.resume(desk, turn_id, decision.interrupt_id, _as_answer(decision))
    async with scope.begin() as tx:
        await desk.queue.digest(tx)
        await desk.queue.refit(tx)
        await tx.events.tell(f"learned:{turn_id}")


def _as_answer(decision: Decision) -> dict[str, Any]:
    """The decision in the graph's own shape (see graph.hitl)."""
    return {
        "action": decision.action.value,
        "text": decision.text,
        "outcome": decision.outcome.value,
        "learn": decision.learn,
        "resolution_id": str(decision.resolution_id) if decision.resolution_id else None,
        "member_name": decision.member_name,
    }


async def learned(
    desk: Desk, workspace_id: WorkspaceId, turn_id: TurnId, *, wait: float
) -> Learned | None:
    """What the turn's decision became; None when that is not known within `wait` seconds."""

    async def look() -> Learned | None:
        async with desk.stores.within(workspace_id).begin() as tx:
            return await tx.decisions.learned(turn_id)

    return await desk.listener.until(f"learned:{turn_id}", look, seconds=wait, expected=True)
