"""The inbox: questions that wait for a teammate."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from support_graph.desk.needed import needed_for
from support_graph.domain.evidence import HandoffReason
from support_graph.domain.ids import EscalationId
from support_graph.domain.turns import EscalationStatus
from support_graph.web import brief
from support_graph.web.auth import AsTeammate, AtDesk
from support_graph.web.fields import Name, Phrase
from support_graph.web.paging import Listed, Paged, listed
from support_graph.web.shapes.escalations import Brief, Escalation, ListedStatus

router = APIRouter(prefix="/v1/escalations", tags=["Inbox"])


@router.get("")
async def list_escalations(
    desk: AtDesk,
    by: AsTeammate,
    window: Paged,
    status: Annotated[ListedStatus | None, Query()] = None,
    intent: Annotated[Name | None, Query()] = None,
    reason: Annotated[HandoffReason | None, Query()] = None,
    q: Annotated[Phrase | None, Query(description="words of the question or the draft")] = None,
) -> Listed[Escalation]:
    """Newest first."""
    async with desk.stores.within(by.workspace_id).begin() as tx:
        page = await tx.escalations.list(
            status=EscalationStatus(status.value) if status else None,
            intent=intent,
            reason=reason,
            q=q,
            cursor=window.cursor,
            limit=window.limit,
        )
    return listed(page, Escalation.model_validate)


@router.get("/{escalation_id}")
async def get_escalation(
    escalation_id: EscalationId, desk: AtDesk, by: AsTeammate, request: Request
) -> Brief:
    """The brief: who asks what, what the assistant would say, and why it did not."""
    async with desk.stores.within(by.workspace_id).begin() as tx:
        escalation = await tx.escalations.get(escalation_id)
        needed = await needed_for(desk, tx, await tx.turns.get(escalation.turn_id))
        return await brief.brief(tx, escalation, request.app.state.similar, needed)
