"""What a channel is told about its message: at once, or as soon as the turn is done."""

from support_graph.desk.parts import Desk
from support_graph.domain.ids import TurnId, WorkspaceId
from support_graph.domain.messages import Message
from support_graph.domain.turns import Turn, TurnStatus
from support_graph.web.shapes.messages import Answer, Judged, Reply


async def answer(desk: Desk, workspace_id: WorkspaceId, turn_id: TurnId, *, wait: float) -> Answer:
    """The turn's state once it is done, or after `wait` seconds."""
    scope = desk.stores.within(workspace_id)

    async def done() -> Turn | None:
        async with scope.begin() as tx:
            turn = await tx.turns.get(turn_id)
        return None if turn.status is TurnStatus.PROCESSING else turn

    finished = await desk.listener.until(f"turn:{turn_id}", done, seconds=wait)
    async with scope.begin() as tx:
        turn = finished or await tx.turns.get(turn_id)
        reply = await tx.messages.get(turn.reply_id) if turn.reply_id else None
    return _shown(turn, reply)


def _shown(turn: Turn, reply: Message | None) -> Answer:
    return Answer(
        conversation_id=turn.conversation_id,
        message_id=turn.message_id,
        turn_id=turn.id,
        status=turn.status,
        escalation_id=turn.escalation_id if turn.status is TurnStatus.ESCALATED else None,
        reply=_reply(reply) if reply else None,
        verdict=_verdict(turn),
    )


def _reply(message: Message) -> Reply:
    return Reply.model_validate(
        {
            "message_id": message.id,
            "text": message.text,
            "source": message.source,
            "citations": message.citations,
        }
    )


def _verdict(turn: Turn) -> Judged | None:
    verdict = turn.explanation.get("verdict")
    if verdict is None:
        return None
    return Judged.model_validate({**verdict, "intent": turn.intent})
