"""What a teammate does with an escalation."""

from fastapi import APIRouter, status

from support_graph.desk import decisions, inbox, unlearning
from support_graph.domain.ids import EscalationId, MemberId
from support_graph.domain.turns import Learned
from support_graph.web.auth import AsTeammate, AtDesk
from support_graph.web.fields import IdempotencyKey
from support_graph.web.shapes.conversations import Message
from support_graph.web.shapes.escalations import (
    Assignment,
    Escalation,
    LearnedResolution,
    Learning,
    NewDecision,
    NewReply,
    Resolved,
    Unlearned,
)

router = APIRouter(prefix="/v1/escalations", tags=["Inbox"])

_WAIT_FOR_LEARNING_SECONDS = 10.0


@router.post("/{escalation_id}/claim")
async def claim(escalation_id: EscalationId, desk: AtDesk, by: AsTeammate) -> Escalation:
    """Makes it yours; 409 names the teammate who was first."""
    claimed = await inbox.claim(desk, by.workspace_id, escalation_id, by.teammate)
    return Escalation.model_validate(claimed)


@router.post("/{escalation_id}/release")
async def release(escalation_id: EscalationId, desk: AtDesk, by: AsTeammate) -> Escalation:
    """Gives it back to everybody."""
    released = await inbox.release(desk, by.workspace_id, escalation_id)
    return Escalation.model_validate(released)


@router.post("/{escalation_id}/assign")
async def assign(
    escalation_id: EscalationId, to: Assignment, desk: AtDesk, by: AsTeammate
) -> Escalation:
    """Hands it to a teammate, whoever has it now."""
    member_id = MemberId(to.teammate_id)
    assigned = await inbox.assign(desk, by.workspace_id, escalation_id, member_id)
    return Escalation.model_validate(assigned)


@router.post("/{escalation_id}/replies", status_code=status.HTTP_201_CREATED)
async def reply(
    escalation_id: EscalationId,
    new: NewReply,
    desk: AtDesk,
    by: AsTeammate,
    idempotency_key: IdempotencyKey = None,
) -> Message:
    """Says something to the customer, and keeps the escalation open."""
    said = await inbox.reply(
        desk, by.workspace_id, escalation_id, new.text, by.teammate, key=idempotency_key
    )
    async with desk.stores.within(by.workspace_id).begin() as tx:
        return Message.model_validate(await tx.messages.get(said))


@router.post("/{escalation_id}/resolve")
async def resolve(
    escalation_id: EscalationId, decision: NewDecision, desk: AtDesk, by: AsTeammate
) -> Resolved:
    """Decides it: the reply goes out at once, and the answer is learned within moments.

    409 says who decided before, and when.
    """
    turn_id = await decisions.resolve(
        desk, by.workspace_id, escalation_id, decision.asked(), by.teammate
    )
    learned = await decisions.learned(
        desk, by.workspace_id, turn_id, wait=_WAIT_FOR_LEARNING_SECONDS
    )
    return Resolved(
        turn_id=turn_id,
        resolution=_resolution(learned),
        learning=_learning(learned),
        how=learned.how if learned else None,
    )


@router.post("/{escalation_id}/unlearn")
async def unlearn(escalation_id: EscalationId, desk: AtDesk, by: AsTeammate) -> Unlearned:
    """Takes back what its answer taught; the customer keeps the answer, and what others have
    changed since stays. 409 while it is still being learned."""
    undone = await unlearning.unlearn(desk, by.workspace_id, [escalation_id], author=by.author)
    return Unlearned(unlearned=undone)


def _learning(learned: Learned | None) -> Learning:
    if learned is None:
        return Learning.PENDING
    return Learning.NOTHING if learned.resolution_id is None else Learning.DONE


def _resolution(learned: Learned | None) -> LearnedResolution | None:
    if learned is None or learned.resolution_id is None or learned.revision is None:
        return None
    return LearnedResolution(
        id=learned.resolution_id, revision=learned.revision, merged=learned.merged
    )
