"""Runs a turn from its row to its end: answered, or on a teammate's desk."""

from typing import Any
from uuid import UUID

from support_graph.desk import runs
from support_graph.desk.explanations import explanation
from support_graph.desk.parts import Desk
from support_graph.domain.conversations import ConversationStatus
from support_graph.domain.ids import ResolutionId, TurnId, WorkspaceId
from support_graph.domain.messages import Author, Citation, Draft, ReplySource
from support_graph.domain.turns import Turn, TurnStatus
from support_graph.graph.state import Input
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
    ran = await runs.start(desk, workspace_id, turn_id, question)
    async with scope.begin() as tx:
        if ran.interrupt_id is not None:
            await _escalate(desk, tx, turn, ran, ran.interrupt_id)
        else:
            await _answer(desk, tx, turn, ran)


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
        "turn_id": str(turn.id),
    }
    if failure is not None:
        given["failures"] = {"turn": failure}
    return given


async def _answer(desk: Desk, tx: Transaction, turn: Turn, ran: runs.Ran) -> None:
    if not await _finish(desk, tx, turn, ran, TurnStatus.ANSWERED):
        return
    drafted = ran.state["draft"]
    assert drafted is not None
    reply = Draft(
        text=drafted["text"],
        source=ReplySource(drafted["source"]),
        citations=tuple(Citation(**c) for c in drafted["citations"]),
    )
    await say(desk, tx, turn, reply, author=Author.ASSISTANT, author_name=None)
    await _note_use(tx, turn, ran, role="answered")
    await tx.events.tell(f"turn:{turn.id}")


async def _escalate(
    desk: Desk, tx: Transaction, turn: Turn, ran: runs.Ran, interrupt_id: str
) -> None:
    await tx.conversations.lock(turn.conversation_id)
    if not await _finish(desk, tx, turn, ran, TurnStatus.ESCALATED):
        return
    escalation_id = await tx.escalations.await_answer(turn.id, interrupt_id)
    await tx.conversations.set_status(turn.conversation_id, ConversationStatus.OPEN)
    await _note_use(tx, turn, ran, role="suggested")
    await tx.events.append(
        turn.conversation_id, "status", {"status": "open", "escalation_id": str(escalation_id)}
    )
    await tx.events.tell("escalations")
    await tx.events.tell(f"turn:{turn.id}")


async def _finish(
    desk: Desk, tx: Transaction, turn: Turn, ran: runs.Ran, status: TurnStatus
) -> bool:
    return await tx.turns.finish(
        turn.id,
        status=status,
        explanation=explanation(desk, ran.state, ran.timings),
        confidence=ran.state["verdict"]["confidence"],
    )


async def _note_use(tx: Transaction, turn: Turn, ran: runs.Ran, *, role: str) -> None:
    drafted = ran.state.get("draft")
    if drafted is None or drafted["resolution_id"] is None:
        return
    hits: list[dict[str, Any]] = ran.state.get("resolutions") or []
    await tx.resolutions.used(
        ResolutionId(UUID(drafted["resolution_id"])),
        turn_id=turn.id,
        revision=hits[0]["revision"],
        role=role,
    )


async def say(
    desk: Desk,
    tx: Transaction,
    turn: Turn,
    reply: Draft,
    *,
    author: Author,
    author_name: str | None,
) -> None:
    """Writes the turn's reply and defers its delivery, in the caller's transaction."""
    conversation = await tx.conversations.get(turn.conversation_id)
    message_id = await tx.messages.reply(
        conversation_id=turn.conversation_id,
        channel=conversation.channel,
        turn_id=turn.id,
        draft=reply,
        author=author,
        author_name=author_name,
    )
    await tx.turns.set_reply(turn.id, message_id)
    await tx.events.append(turn.conversation_id, "message", {"message_id": str(message_id)})
    await desk.queue.deliver(tx, turn.conversation_id, message_id)
