"""Decisions: the first one for an interrupt is the only one."""

from datetime import datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from support_graph.domain.ids import MemberId, ResolutionId, TurnId
from support_graph.domain.turns import Action, Decision, DecisionOutcome, Learned
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


def _learned(row: Row) -> Learned | None:
    if row["learned_at"] is None:
        return None
    return Learned(
        resolution_id=ResolutionId(row["learned_id"]) if row["learned_id"] else None,
        revision=row["learned_revision"],
        merged=bool(row["learned_merged"]),
        how=row["learned_how"],
    )


class Decisions(Room):
    async def record(self, decision: Decision) -> bool:
        """Whether this one holds; False when another was first."""
        recorded = await self._one(
            upsert(decisions)
            .values(
                workspace_id=self._workspace_id,
                turn_id=decision.turn_id,
                interrupt_id=decision.interrupt_id,
                action=decision.action,
                text=decision.text,
                outcome=decision.outcome,
                learn=decision.learn,
                resolution_id=decision.resolution_id,
                member_id=decision.member_id,
                member_name=decision.member_name,
                surface=decision.surface,
                created_at=decision.created_at,
            )
            .on_conflict_do_nothing()
            .returning(decisions.c.turn_id)
        )
        return recorded is not None

    async def get(self, turn_id: TurnId, interrupt_id: str) -> Decision | None:
        row = await self._one(self._query(turn_id).where(decisions.c.interrupt_id == interrupt_id))
        return _decision(row) if row else None

    async def of_turn(self, turn_id: TurnId) -> Decision | None:
        row = await self._one(self._query(turn_id).order_by(decisions.c.created_at).limit(1))
        return _decision(row) if row else None

    async def lock(self, turn_id: TurnId, interrupt_id: str) -> tuple[Decision, Learned | None]:
        """The decision and what it became so far; nobody else can learn from it meanwhile."""
        row = await self._one(
            self._query(turn_id).where(decisions.c.interrupt_id == interrupt_id).with_for_update()
        )
        assert row is not None
        return _decision(row), _learned(row)

    async def learned(self, turn_id: TurnId) -> Learned | None:
        row = await self._one(self._query(turn_id).order_by(decisions.c.created_at).limit(1))
        return _learned(row) if row else None

    async def set_learned(
        self, turn_id: TurnId, interrupt_id: str, learned: Learned, now: datetime
    ) -> None:
        await self._run(
            update(decisions)
            .where(
                self._own(decisions),
                decisions.c.turn_id == turn_id,
                decisions.c.interrupt_id == interrupt_id,
            )
            .values(
                learned_at=now,
                learned_id=learned.resolution_id,
                learned_revision=learned.revision,
                learned_merged=learned.merged,
                learned_how=learned.how,
            )
        )

    async def recent_merges(self, last: int) -> tuple[int, int]:
        """Of the `last` answers that taught something: how many there were, and how many of them
        joined a known resolution."""
        recent = (
            select(decisions.c.learned_merged)
            .where(self._own(decisions), decisions.c.learned_id.is_not(None))
            .order_by(decisions.c.learned_at.desc())
            .limit(last)
            .subquery()
        )
        counted = select(
            func.count().label("n"), func.count().filter(recent.c.learned_merged).label("merged")
        )
        row = await self._one(counted.select_from(recent))
        assert row is not None
        return int(row["n"]), int(row["merged"])

    def _query(self, turn_id: TurnId) -> Select[tuple[object, ...]]:
        return select(decisions).where(self._own(decisions), decisions.c.turn_id == turn_id)
