"""Intents from a backlog: proposed by a job, and accepted or dismissed one by one."""

from fastapi import APIRouter, Response, status

from support_graph.desk import backlog
from support_graph.desk.parts import Desk
from support_graph.domain.ids import InducedId, InductionId
from support_graph.web.auth import AsTeammate, AtDesk, Principal
from support_graph.web.paging import Listed, Paged, listed
from support_graph.web.shapes.inductions import (
    AcceptedAs,
    FullInduction,
    InducedIntent,
    Induction,
    NewInduction,
)
from support_graph.web.shapes.intents import Intent

router = APIRouter(prefix="/v1/intents", tags=["Intents"])


@router.get("/inductions")
async def list_inductions(desk: AtDesk, by: AsTeammate, window: Paged) -> Listed[Induction]:
    """Newest first; the dashboard shows the newest one's proposals."""
    async with desk.stores.within(by.workspace_id).begin() as tx:
        page = await tx.inductions.list(cursor=window.cursor, limit=window.limit)
    return listed(page, Induction.model_validate)


@router.post("/inductions", status_code=status.HTTP_202_ACCEPTED)
async def start_induction(
    new: NewInduction, desk: AtDesk, by: AsTeammate, response: Response
) -> Induction:
    """Proposes intents in the background; if it is being done already, that one is returned."""
    started = await backlog.start(desk, by.workspace_id, new.messages, by=by.name)
    response.headers["Location"] = f"/v1/intents/inductions/{started}"
    async with desk.stores.within(by.workspace_id).begin() as tx:
        return Induction.model_validate(await tx.inductions.get(started))


@router.get("/inductions/{induction_id}")
async def get_induction(induction_id: InductionId, desk: AtDesk, by: AsTeammate) -> FullInduction:
    """How far it is, and what it proposes once it is done."""
    async with desk.stores.within(by.workspace_id).begin() as tx:
        known = Induction.model_validate(await tx.inductions.get(induction_id))
        found = await tx.inductions.suggested(induction_id)
    proposals = [InducedIntent.model_validate(one) for one in found]
    return FullInduction(**dict(known), proposals=proposals)


@router.post("/proposals/{induced_id}/accept", status_code=status.HTTP_201_CREATED)
async def accept_proposed_intent(
    induced_id: InducedId,
    desk: AtDesk,
    by: AsTeammate,
    response: Response,
    accepted: AcceptedAs | None = None,
) -> Intent:
    """Makes it an intent, with its examples; 409 says who decided before."""
    asked = accepted or AcceptedAs()
    made = await backlog.accept(
        desk,
        by.workspace_id,
        induced_id,
        name=asked.name.strip() if asked.name else None,
        description=asked.description,
        author=by.author,
    )
    response.headers["Location"] = f"/v1/intents/{made.id}"
    return Intent.model_validate(made)


@router.post("/proposals/{induced_id}/dismiss")
async def dismiss_proposed_intent(
    induced_id: InducedId, desk: AtDesk, by: AsTeammate
) -> InducedIntent:
    """Nothing is made of it; 409 says who decided before."""
    await backlog.dismiss(desk, by.workspace_id, induced_id, author=by.author)
    return await _shown(desk, by, induced_id)


@router.post("/proposals/{induced_id}/take-up")
async def take_up_proposed_intent(
    induced_id: InducedId, desk: AtDesk, by: AsTeammate
) -> InducedIntent:
    """Undoes its dismissal; what was accepted stays an intent."""
    await backlog.take_up(desk, by.workspace_id, induced_id)
    return await _shown(desk, by, induced_id)


async def _shown(desk: Desk, by: Principal, induced_id: InducedId) -> InducedIntent:
    async with desk.stores.within(by.workspace_id).begin() as tx:
        return InducedIntent.model_validate(await tx.inductions.one(induced_id))
