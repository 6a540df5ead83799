"""Signals about turns, and the outcomes that they tell of."""

from collections.abc import Sequence

from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from support_graph.domain.ids import ConversationId, MessageId, TurnId, new_id
from support_graph.domain.signals import Outcome, OutcomeKind, Signal, SignalKind
from support_graph.store.rooms import Room, Row
from support_graph.store.tables import outcomes, signals


def _signal(row: Row) -> Signal:
    return Signal(
        turn_id=TurnId(row["turn_id"]),
        kind=SignalKind(row["kind"]),
        message_id=MessageId(row["message_id"]),
        value=row["value"],
        score=row["score"],
        comment=row["comment"],
        detail=row["detail"],
        created_at=row["created_at"],
    )


class Signals(Room):
    async def add(self, signal: Signal) -> bool:
        """Whether it says anything new; the last of a turn, kind and message holds."""
        said = {
            "value": signal.value,
            "score": signal.score,
            "comment": signal.comment,
            "detail": signal.detail,
        }
        row = await self._one(
            upsert(signals)
            .values(
                workspace_id=self._workspace_id,
                turn_id=signal.turn_id,
                kind=signal.kind,
                message_id=signal.message_id,
                **said,
            )
            .on_conflict_do_update(
                index_elements=["workspace_id", "turn_id", "kind", "message_id"],
                set_={**said, "created_at": func.clock_timestamp()},
                where=or_(
                    *(signals.c[name].is_distinct_from(value) for name, value in said.items())
                ),
            )
            .returning(signals.c.turn_id)
        )
        return row is not None

    async def of_turn(self, turn_id: TurnId) -> Sequence[Signal]:
        """Oldest first."""
        rows = await self._all(
            select(signals)
            .where(self._own(signals), signals.c.turn_id == turn_id)
            .order_by(signals.c.created_at, signals.c.kind)
        )
        return [_signal(row) for row in rows]


class Outcomes(Room):
    async def add(
        self,
        *,
        turn_id: TurnId,
        conversation_id: ConversationId,
        kind: OutcomeKind,
        why: str,
        strength: int,
    ) -> None:
        """One fact for each `why`; told again, it is only replaced when it says something else."""
        said = {"kind": kind, "strength": strength}
        await self._run(
            upsert(outcomes)
            .values(
                workspace_id=self._workspace_id,
                id=new_id(),
                turn_id=turn_id,
                conversation_id=conversation_id,
                why=why,
                **said,
            )
            .on_conflict_do_update(
                index_elements=["workspace_id", "turn_id", "why"],
                set_={**said, "created_at": func.clock_timestamp()},
                where=outcomes.c.strength != strength,
            )
        )

    async def take_back(self, turn_id: TurnId, why: str) -> None:
        await self._run(
            delete(outcomes).where(
                self._own(outcomes), outcomes.c.turn_id == turn_id, outcomes.c.why == why
            )
        )

    async def returned(self, conversation_id: ConversationId) -> None:
        """The customer, who was taken to have left this conversation, is back."""
        await self._run(
            delete(outcomes).where(
                self._own(outcomes),
                outcomes.c.conversation_id == conversation_id,
                outcomes.c.kind == OutcomeKind.ABANDONED,
            )
        )

    async def of_turn(self, turn_id: TurnId) -> Outcome | None:
        row = await self._one(
            select(outcomes)
            .where(self._own(outcomes), outcomes.c.turn_id == turn_id)
            .order_by(outcomes.c.strength.desc(), outcomes.c.why)
            .limit(1)
        )
        return _outcome(row) if row else None


def _outcome(row: Row) -> Outcome:
    return Outcome(
        turn_id=TurnId(row["turn_id"]),
        conversation_id=ConversationId(row["conversation_id"]),
        kind=OutcomeKind(row["kind"]),
        why=row["why"],
        at=row["created_at"],
    )
