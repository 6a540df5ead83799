"""Runs a turn from its row to its end: answered, or on a teammate's desk."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from support_graph.desk import runs, signals
from support_graph.desk.explanations import explanation
from support_graph.desk.parts import Desk
from support_graph.domain.conversations import ConversationStatus
from support_graph.domain.ids import ConversationId, MessageId, ResolutionId, TurnId, WorkspaceId
from support_graph.domain.messages import Author, Citation, Draft, ReplySource
from support_graph.domain.turns import Turn, TurnStatus
from support_graph.graph.state import Input, State, intent_id
from support_graph.store.database import Transaction


async def run_turn(
    desk: Desk, workspace_id: WorkspaceId, turn_id: TurnId, *, failure: str | None = None
) -> None:
    """Safe to run again at any time: what is done stays done.

    `failure` says why earlier tries died; then the turn goes to a human unexamined.
    """
    scope = desk.stores.within(workspace_id)
    async with scope.begin() as tx:
        turn = await tx.turns.get(turn_id)
        if turn.status is not TurnStatus.PROCESSING or await _yielded(tx, turn):
            return
        question = await _input(tx, turn, failure)
    ran = await runs.start(desk, turn_id, question)
    heard = () if question["first"] else await signals.heard(desk, scope, turn, ran.state)
    async with scope.begin() as tx:
        await tx.conversations.lock(turn.conversation_id)
        new = await signals.take_heard(tx, heard)
        if ran.interrupt_id is not None:
            await _escalate(desk, tx, turn, ran.state, ran.interrupt_id)
        else:
            await answer(desk, tx, turn, ran.state)
        if new:
            await desk.queue.refit(tx)


async def _yielded(tx: Transaction, turn: Turn) -> bool:
    """A teammate took the conversation while this turn waited, so the message is theirs."""
    status = await tx.conversations.lock(turn.conversation_id)
    if status is not ConversationStatus.OPEN:
        return False
    await tx.turns.finish(turn.id, status=TurnStatus.OPEN)
    await tx.events.tell(f"turn:{turn.id}")
    return True


async def _input(tx: Transaction, turn: Turn, failure: str | None) -> Input:
    conversation = await tx.conversations.get(turn.conversation_id)
    given: Input = {
        "question": turn.question,
        "context": {**conversation.contact.attributes, **turn.context},
        "workspace_id": str(tx.workspace_id),
        "turn_id": str(turn.id),
        "returning": conversation.returning,
        "first": conversation.events <= 1,
    }
    if failure is not None:
        given["failures"] = {"turn": failure}
    return given


async def answer(desk: Desk, tx: Transaction, turn: Turn, state: State) -> None:
    """Says the draft to the customer, unless the turn was finished meanwhile."""
    if not await finish(desk, tx, turn, state, TurnStatus.ANSWERED):
        return
    drafted = state["draft"]
    assert drafted is not None
    reply = Draft(
        text=drafted["text"],
        source=ReplySource(drafted["source"]),
        citations=tuple(Citation(**c) for c in drafted["citations"]),
    )
    await say(
        tx,
        turn.id,
        turn.conversation_id,
        reply,
        author=Author.ASSISTANT,
        tell=[f"turn:{turn.id}"],
    )
    await note_use(tx, turn, state, role="answered")


async def _escalate(
    desk: Desk, tx: Transaction, turn: Turn, state: State, interrupt_id: str
) -> None:
    if not await finish(desk, tx, turn, state, TurnStatus.ESCALATED):
        return
    escalation_id = await tx.escalations.await_answer(turn.id, interrupt_id)
    await tx.conversations.move(
        turn.conversation_id,
        ConversationStatus.OPEN,
        escalation_id=str(escalation_id),
        tell=["escalations", f"turn:{turn.id}"],
    )
    await note_use(tx, turn, state, role="suggested")


async def finish(desk: Desk, tx: Transaction, turn: Turn, state: State, status: TurnStatus) -> bool:
    """Closes the turn with its explanation; False if it isn't any more as `turn` was read."""
    finished = await tx.turns.finish(
        turn.id,
        status=status,
        was=turn.status,
        explanation=explanation(desk, state),
        confidence=_confidence(state),
        audit_chance=state["verdict"]["audit_chance"],
        intent_id=intent_id(state),
    )
    if finished and status is TurnStatus.ESCALATED:
        await signals.handed_off(tx, turn, reason=state["verdict"]["reason"] or "")
    return finished


def _confidence(state: State) -> float | None:
    """None for a turn without evidence to judge, such as a greeting."""
    judged = state.get("resolution") or state.get("brain")
    return state["verdict"]["confidence"] if judged else None


async def note_use(tx: Transaction, turn: Turn, state: State, *, role: str) -> None:
    """Keeps that the turn's draft came from a resolution: `answered` with it, or `suggested` it."""
    drafted = state.get("draft")
    if drafted is None or drafted["resolution_id"] is None:
        return
    hits: list[dict[str, Any]] = state.get("resolutions") or []
    await tx.resolutions.used(
        ResolutionId(UUID(drafted["resolution_id"])),
        turn_id=turn.id,
        revision=hits[0]["revision"],
        role=role,
    )


async def say(
    tx: Transaction,
    turn_id: TurnId,
    conversation_id: ConversationId,
    reply: Draft,
    *,
    author: Author,
    author_name: str | None = None,
    tell: Sequence[str] = (),
) -> MessageId:
    """Writes the turn's reply, in the caller's transaction; who waits for `tell` is woken."""
    return await tx.messages.reply(
        conversation_id=conversation_id,
        turn_id=turn_id,
        draft=reply,
        author=author,
        author_name=author_name,
        payloads=tx.events.of_conversation(conversation_id, *tell),
    )
