"""What customers say about answers, and what their silence says."""

from datetime import timedelta
from enum import StrEnum

from support_graph.desk.parts import Desk
from support_graph.domain.errors import Invalid
from support_graph.domain.ids import MessageId, TurnId, WorkspaceId
from support_graph.domain.messages import Author
from support_graph.domain.turns import TurnStatus
from support_graph.learning.signals import take_rating, take_silence

_RATING = "rating"
_AT_ONCE = 500


class Rating(StrEnum):
    UP = "up"
    DOWN = "down"


async def rate(
    desk: Desk,
    workspace_id: WorkspaceId,
    message_id: MessageId,
    rating: Rating,
    *,
    comment: str | None,
) -> TurnId:
    """A customer's thumb on a reply; the last one is kept. Raises NotFound or Invalid."""
    async with desk.stores.within(workspace_id).begin() as tx:
        message = await tx.messages.get(message_id)
        if message.turn_id is None or message.author is Author.CONTACT:
            raise Invalid(field="message", problem="Only a reply can be rated.")
        turn = await tx.turns.get(message.turn_id)
        await tx.signals.add(turn.id, kind=_RATING, value=rating.value, comment=comment)
        if message.author is Author.ASSISTANT and turn.status is TurnStatus.ANSWERED:
            await take_rating(tx, turn.id, turn.explanation, right=rating is Rating.UP)
            await desk.queue.refit(tx)
    return turn.id


async def settle(desk: Desk, workspace_id: WorkspaceId) -> int:
    """Answers that nobody complained about for long enough were right; how many there were."""
    async with desk.stores.within(workspace_id).begin() as tx:
        hours = (await tx.workspace.read()).settings.silence_hours
        silent = await tx.turns.silent_since(desk.clock() - timedelta(hours=hours), limit=_AT_ONCE)
        for turn_id in silent:
            turn = await tx.turns.get(turn_id)
            await take_silence(tx, turn_id, turn.explanation)
        if silent:
            await desk.queue.refit(tx)
    return len(silent)


async def settle_everywhere(desk: Desk) -> None:
    async with desk.stores.across() as workspaces:
        known = await workspaces.all()
    for workspace in known:
        while await settle(desk, workspace.id) == _AT_ONCE:
            pass
