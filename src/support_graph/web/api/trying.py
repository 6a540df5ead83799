"""Trying a question: judged as a customer's would be, and nothing is kept."""

from fastapi import APIRouter

from support_graph.desk import trying
from support_graph.web.auth import AsTeammate, AtDesk
from support_graph.web.shapes.trying import NewTrial, Trial
from support_graph.web.tried import as_trial

router = APIRouter(prefix="/v1/try", tags=["Messages"])


@router.post("")
async def try_question(asked: NewTrial, desk: AtDesk, by: AsTeammate) -> Trial:
    """Whether a customer would be answered, with what, and why. Nothing is sent, counted or
    learned."""
    trial = trying.Trial(question=asked.text, context=asked.context)
    tried = await trying.attempt(desk, by.workspace_id, trial)
    async with desk.stores.within(by.workspace_id).begin() as tx:
        return await as_trial(tx, tried)
