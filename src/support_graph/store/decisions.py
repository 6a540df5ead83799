"""Decisions: the first one for an interrupt is the only one."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from support_graph.domain.ids import MemberId, ResolutionId, TurnId
from support_graph.domain.turns import Action, Decision, DecisionOutcome, Learned
from support_graph.store.prepared import Prepared, own
from support_graph.store.rooms import Room, Row
from support_graph.store.tables import decisions


def _decision(row: Row) -> Decision:
    return Decision(
        turn_id=TurnId(row["turn_id"]),
        interrupt_id=row["interrupt_id"],
        action=Action(row["action"]),
        text=row["text"],
        outcome=DecisionOutcome(row["outcome"]),
        learn=row["learn"],
        resolution_id=ResolutionId(row["resolution_id"]) if row["resolution_id"] else None,
        member_id=MemberId(row["member_id"]) if row["member_id"] else None,
        member_name=row["member_name"],
        surface=row["surface"],
        created_at=row["created_at"],
    )


def _values(decision: Decision) -> dict[str, Any]:
    return {field.name: getattr(decision, field.name) for field in fields(decision)}


def _learned(row: Row) -> Learned | None:
    if row["learned_at"] is None:
        return None
    return Learned(
        resolution_id=ResolutionId(row["learned_id"]) if row["learned_id"] else None,
        revision=row["learned_revision"],
        merged=bool(row["learned_merged"]),
        how=row["learned_how"],
    )


_NEW = (
    "workspace_id",
    "turn_id",
    "interrupt_id",
    "action",
    "text",
    "outcome",
    "learn",
    "resolution_id",
    "member_id",
    "member_name",
    "surface",
    "created_at",
)
_RECORD = Prepared(
    upsert(decisions).on_conflict_do_nothing().returning(decisions.c.turn_id), columns=_NEW
)
_OF_TURN = select(decisions).where(own(decisions), decisions.c.turn_id == bindparam("of_turn"))
_FIRST = Prepared(_OF_TURN.order_by(decisions.c.created_at).limit(1))
_AT = decisions.c.interrupt_id == bindparam("of_interrupt")
_GET = Prepared(_OF_TURN.where(_AT))
_HOLD = Prepared(
    upsert(decisions)
    .on_conflict_do_update(
        index_elements=["workspace_id", "turn_id", "interrupt_id"],
        set_={"turn_id": decisions.c.turn_id},
    )
    .returning(decisions),
    columns=_NEW,
)
_SET_LEARNED = Prepared(
    update(decisions).where(own(decisions), decisions.c.turn_id == bindparam("of_turn"), _AT),
    columns=(
        "learned_at",
        "learned_id",
        "learned_revision",
        "learned_merged",
        "learned_how",
    ),
)
_RECENT = (
    select(decisions.c.learned_merged)
    .where(own(decisions), decisions.c.learned_id.is_not(None))
    .order_by(decisions.c.learned_at.desc())
    .limit(bindparam("last"))
    .subquery()
)
_RECENT_MERGES = Prepared(
    select(
        func.count().label("n"), func.count().filter(_RECENT.c.learned_merged).label("merged")
    ).select_from(_RECENT)
)


class Decisions(Room):
    async def record(self, decision: Decision) -> bool:
        """Whether this one holds; False when another was first."""
        return await self._first(_RECORD, **_values(decision)) is not None

    async def get(self, turn_id: TurnId, interrupt_id: str) -> Decision | None:
        row = await self._first(_GET, of_turn=turn_id, of_interrupt=interrupt_id)
        return _decision(row) if row else None

    async def of_turn(self, turn_id: TurnId) -> Decision | None:
        row = await self._first(_FIRST, of_turn=turn_id)
        return _decision(row) if row else None

    async def hold(self, decision: Decision) -> tuple[Decision, Learned | None]:
        """The one that holds, which is `decision` if there was none before it, and what it became
        so far; nobody else can learn from it meanwhile."""
        row = await self._first(_HOLD, **_values(decision))
        assert row is not None
        return _decision(row), _learned(row)

    async def learned(self, turn_id: TurnId) -> Learned | None:
        row = await self._first(_FIRST, of_turn=turn_id)
        return _learned(row) if row else None

    async def set_learned(
        self, turn_id: TurnId, interrupt_id: str, learned: Learned, now: datetime
    ) -> None:
        await self._do(
            _SET_LEARNED,
            of_turn=turn_id,
            of_interrupt=interrupt_id,
            learned_at=now,
            learned_id=learned.resolution_id,
            learned_revision=learned.revision,
            learned_merged=learned.merged,
            learned_how=learned.how,
        )

    async def recent_merges(self, last: int) -> tuple[int, int]:
        """Of the `last` answers that taught something: how many there were, and how many of them
        joined a known resolution."""
        row = await self._first(_RECENT_MERGES, last=last)
        assert row is not None
        return int(row["n"]), int(row["merged"])
