"""Signals about turns, and the outcomes that they tell of."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from support_graph.domain.ids import ConversationId, MessageId, TurnId, new_id
from support_graph.domain.signals import Outcome, OutcomeKind, Signal, SignalKind
from support_graph.store.prepared import Prepared, own
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


_SAID = ("value", "score", "comment", "detail")
_SIGNAL = upsert(signals)
_ADD = Prepared(
    _SIGNAL.on_conflict_do_update(
        index_elements=["workspace_id", "turn_id", "kind", "message_id"],
        set_={
            **{name: _SIGNAL.excluded[name] for name in _SAID},
            "created_at": func.clock_timestamp(),
        },
        where=or_(*(signals.c[name].is_distinct_from(_SIGNAL.excluded[name]) for name in _SAID)),
    ).returning(signals.c.turn_id),
    columns=("workspace_id", "turn_id", "kind", "message_id", *_SAID),
)
_OF_TURN = Prepared(
    select(signals)
    .where(own(signals), signals.c.turn_id == bindparam("turn"))
    .order_by(signals.c.created_at, signals.c.kind)
)
_OUTCOME = upsert(outcomes)
_TELL = Prepared(
    _OUTCOME.on_conflict_do_update(
        index_elements=["workspace_id", "turn_id", "why"],
        set_={
            "kind": _OUTCOME.excluded.kind,
            "strength": _OUTCOME.excluded.strength,
            "created_at": func.clock_timestamp(),
        },
        where=outcomes.c.strength != _OUTCOME.excluded.strength,
    ),
    columns=("workspace_id", "id", "turn_id", "conversation_id", "why", "kind", "strength"),
)


class Signals(Room):
    async def add(self, signal: Signal) -> bool:
        """Whether it says anything new; the last of a turn, kind and message holds."""
        row = await self._first(
            _ADD,
            turn_id=signal.turn_id,
            kind=signal.kind,
            message_id=signal.message_id,
            value=signal.value,
            score=signal.score,
            comment=signal.comment,
            detail=signal.detail,
        )
        return row is not None

    async def of_turn(self, turn_id: TurnId) -> Sequence[Signal]:
        """Oldest first."""
        return [_signal(row) for row in await self._rows(_OF_TURN, turn=turn_id)]


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
        await self._do(
            _TELL,
            id=new_id(),
            turn_id=turn_id,
            conversation_id=conversation_id,
            why=why,
            kind=kind,
            strength=strength,
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
