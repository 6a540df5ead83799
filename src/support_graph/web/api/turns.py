"""Turns: why a message was answered, or why it was not."""

from fastapi import APIRouter

from support_graph.domain.ids import TurnId
from support_graph.web.auth import AsChannel, AtDesk
from support_graph.web.explained import explained
from support_graph.web.shapes.turns import Turn

router = APIRouter(prefix="/v1/turns", tags=["Messages"])


@router.get("/{turn_id}")
async def explain_turn(turn_id: TurnId, desk: AtDesk, by: AsChannel) -> Turn:
    """The explanation. What customers may not read, a channel's key does not see either."""
    async with desk.stores.within(by.workspace_id).begin() as tx:
        return await explained(desk, tx, await tx.turns.get(turn_id), teammate=by.is_teammate)
