"""Which intent turns and their escalations have."""

from collections.abc import Sequence

from sqlalchemy import bindparam, or_, select, update

from support_graph.domain.ids import IntentId, ResolutionId, TurnId
from support_graph.store.intents import Intents
from support_graph.store.prepared import Prepared, own
from support_graph.store.rooms import Room
from support_graph.store.tables import (
    escalations,
    filed_messages,
    resolution_uses,
    resolutions,
    turns,
)

_OF_RESOLUTION = (
    select(resolutions.c.intent_id)
    .where(own(resolutions), resolutions.c.id == bindparam("resolution"))
    .scalar_subquery()
)
_GIVE = Prepared(
    update(escalations)
    .where(own(escalations), escalations.c.turn_id == bindparam("turn"))
    .values(intent_id=_OF_RESOLUTION)
    .add_cte(
        update(turns)
        .where(own(turns), turns.c.id == bindparam("turn"))
        .values(intent_id=_OF_RESOLUTION)
        .cte("given")
    )
)


class IntentTurns(Room):
    async def give(self, turn_id: TurnId, resolution_id: ResolutionId) -> None:
        """The turn, and its escalation, have the resolution's intent from now on."""
        await self._do(_GIVE, turn=turn_id, resolution=resolution_id)

    async def move(self, source: IntentId, target: IntentId, *, of: Sequence[ResolutionId]) -> int:
        """Gives the turns of `source` that these resolutions answered to `target`."""
        known = Intents(self._connection, self._workspace_id)
        filed = select(filed_messages.c.turn_id).where(
            self._own(filed_messages), filed_messages.c.resolution_id.in_(of)
        )
        answered = select(resolution_uses.c.turn_id).where(
            self._own(resolution_uses),
            resolution_uses.c.role == "answered",
            resolution_uses.c.resolution_id.in_(of),
        )
        moved = await self._all(
            update(turns)
            .where(
                self._own(turns),
                turns.c.intent_id.in_(known.standing_for(source)),
                or_(turns.c.id.in_(filed), turns.c.id.in_(answered)),
            )
            .values(intent_id=target)
            .returning(turns.c.id)
        )
        await self._run(
            update(escalations)
            .where(self._own(escalations), escalations.c.turn_id.in_([r["id"] for r in moved]))
            .values(intent_id=target)
        )
        return len(moved)
