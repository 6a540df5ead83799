"""Messages from customers."""

from uuid import UUID

from fastapi import APIRouter, Response, status

from support_graph.desk.receive import receive
from support_graph.desk.signals import judge
from support_graph.domain.ids import MessageId
from support_graph.domain.turns import TurnStatus
from support_graph.web.answers import answer
from support_graph.web.auth import AsChannel, AtDesk
from support_graph.web.fields import IdempotencyKey
from support_graph.web.shapes.feedback import Feedback, NewFeedback
from support_graph.web.shapes.messages import Answer, NewMessage

router = APIRouter(prefix="/v1/messages", tags=["Messages"])


@router.post("", responses={202: {"model": Answer, "description": "Still being worked on"}})
async def send_message(
    new: NewMessage,
    desk: AtDesk,
    by: AsChannel,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> Answer:
    """Takes a customer's message, and answers within `wait` seconds if it can be answered."""
    received = await receive(desk, by.workspace_id, new.incoming(idempotency_key))
    given = await answer(desk, by.workspace_id, received.turn_id, wait=new.wait)
    if given.status is TurnStatus.PROCESSING:
        response.status_code = status.HTTP_202_ACCEPTED
    return given


@router.post("/{message_id}/feedback")
async def rate_message(
    message_id: UUID, given: NewFeedback, desk: AtDesk, by: AsChannel
) -> Feedback:
    """The customer's thumb on a reply, or their satisfaction; a later one replaces an earlier."""
    turn_id = await judge(
        desk,
        by.workspace_id,
        MessageId(message_id),
        rating=given.rating,
        csat=given.csat,
        comment=given.comment,
    )
    return Feedback(turn_id=turn_id, rating=given.rating, csat=given.csat)
