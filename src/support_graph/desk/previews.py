"""What an answer would teach, said before it is sent; looking changes nothing."""

from uuid import UUID

from support_graph.desk.decisions import Resolve, Teammate
from support_graph.desk.parts import Desk
from support_graph.domain.ids import EscalationId, ResolutionId, WorkspaceId
from support_graph.domain.turns import Decision, DecisionOutcome, Escalation
from support_graph.learning.capture import Foreseen, Situation
from support_graph.learning.lessons import Judged
from support_graph.learning.precedents import Circumstances


async def preview(
    desk: Desk, workspace_id: WorkspaceId, escalation_id: EscalationId, asked: Resolve, by: Teammate
) -> Foreseen | None:
    """None where nothing would be learned. Raises NotFound."""
    async with desk.stores.within(workspace_id).begin() as tx:
        escalation = await tx.escalations.get(escalation_id)
        settings = (await tx.workspace.read()).settings
        return await desk.tools.capture.foresee(
            tx,
            _decision(desk, escalation, asked, by),
            _situation(escalation),
            settings=settings,
        )


def _decision(desk: Desk, escalation: Escalation, asked: Resolve, by: Teammate) -> Decision:
    text = asked.text if asked.text is not None else escalation.draft
    return Decision(
        turn_id=escalation.turn_id,
        interrupt_id=escalation.interrupt_id or "",
        action=asked.action,
        text=text if asked.action.replies and text and text.strip() else None,
        outcome=asked.outcome or DecisionOutcome.RESOLVED,
        learn=asked.learn,
        resolution_id=asked.resolution_id,
        member_id=by.member_id,
        member_name=by.name,
        surface=by.surface,
        created_at=desk.clock(),
    )


def _situation(escalation: Escalation) -> Situation:
    brief = escalation.brief
    return Situation(
        turn_id=escalation.turn_id,
        question=brief.get("standalone", escalation.question),
        draft=escalation.draft,
        suggested=escalation.draft_resolution_id,
        candidates=[ResolutionId(UUID(hit["id"])) for hit in brief.get("resolutions", [])],
        provenance={},
        circumstances=Circumstances(
            conversation_id=escalation.conversation_id,
            question=escalation.question,
            standalone=brief.get("standalone", escalation.question),
            context=brief.get("context", {}),
            intent=escalation.intent,
            reason=escalation.reason,
            words=(),
            passages=(),
        ),
        judged=_NOTHING_JUDGED,
    )


_NOTHING_JUDGED = Judged(
    candidate=None,
    runner_up=None,
    resolution=None,
    brain=None,
    draft=None,
    rests_on=None,
    audit=False,
)
