"""One escalation as its page shows it: the brief, the answer being written, and who else looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request

from support_graph.desk import presence, previews, wording
from support_graph.desk.decisions import Resolve
from support_graph.desk.parts import Desk
from support_graph.desk.presence import Company
from support_graph.domain.errors import AlreadyDecided
from support_graph.domain.ids import EscalationId, ResolutionId
from support_graph.domain.turns import DecisionOutcome, Escalation, Learned
from support_graph.domain.workspaces import Member as Teammate
from support_graph.learning.capture import Foreseen
from support_graph.store.database import Transaction
from support_graph.web.brief import brief
from support_graph.web.pages.inbox import View
from support_graph.web.pages.visitors import Member
from support_graph.web.shapes.escalations import Brief


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """The answer as the page offers it; `taken` is the resolution it was begun from, if any."""

    text: str
    taken: ResolutionId | None = None
    learn: bool = True
    outcome: DecisionOutcome = DecisionOutcome.RESOLVED
    also: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """`lost` is set for whoever decided too late; their text is in `writing`."""

    view: View
    brief: Brief
    writing: Writing
    foreseen: Foreseen | None
    teammates: Sequence[Teammate]
    company: Company
    learned: Learned | None
    lost: AlreadyDecided | None = None


async def detail(
    request: Request,
    desk: Desk,
    by: Member,
    escalation_id: EscalationId,
    seen: View,
    *,
    use: ResolutionId | None = None,
    typed: Writing | None = None,
    lost: AlreadyDecided | None = None,
) -> Detail:
    """`use` begins the answer from a resolution. Raises NotFound."""
    async with by.scope.begin() as tx:
        escalation = await tx.escalations.get(escalation_id)
        # What would have been needed is not shown here, and takes a search of everything known.
        known = await brief(tx, escalation, request.app.state.similar, needed=None)
        writing = typed or await _begun(tx, escalation, use)
        teammates = await tx.members.all()
        learned = await tx.decisions.learned(escalation.turn_id)
        since = desk.clock() - presence.STALE
        others = await tx.presences.others(escalation_id, by.id, since)
    return Detail(
        view=seen,
        brief=known,
        writing=writing,
        foreseen=await foreseen(desk, by, escalation, writing),
        teammates=teammates,
        company=Company(looking=tuple(others.values())),
        learned=learned,
        lost=lost,
    )


async def _begun(tx: Transaction, escalation: Escalation, use: ResolutionId | None) -> Writing:
    if use is None:
        return Writing(text=escalation.draft or "")
    resolution = await tx.resolutions.get(use)
    return Writing(text=resolution.content.answer, taken=use)


async def foreseen(
    desk: Desk, by: Member, escalation: Escalation, writing: Writing
) -> Foreseen | None:
    if not writing.text.strip():
        return None
    asked = await _asked(by, escalation, writing)
    return await previews.preview(desk, by.workspace_id, escalation.id, asked, by.teammate)


async def asked(by: Member, escalation_id: EscalationId, writing: Writing) -> Resolve:
    async with by.scope.begin() as tx:
        escalation = await tx.escalations.get(escalation_id)
    return await _asked(by, escalation, writing)


async def _asked(by: Member, escalation: Escalation, writing: Writing) -> Resolve:
    """The decision that this text is."""
    taken = None
    if writing.taken is not None:
        async with by.scope.begin() as tx:
            resolution = await tx.resolutions.get(writing.taken)
        taken = (resolution.id, resolution.content.answer)
    return wording.decided_by(
        escalation, writing.text, taken=taken, outcome=writing.outcome, learn=writing.learn
    )
