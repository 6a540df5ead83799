"""Precedents: what humans answered, and in which circumstances."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from support_graph.domain.evidence import HandoffReason
from support_graph.domain.ids import ConversationId, ResolutionId, TurnId
from support_graph.domain.precedents import Precedent, SeenPassage
from support_graph.domain.turns import Action, DecisionOutcome
from support_graph.store.prepared import Prepared, one_of, own
from support_graph.store.rooms import Room, Row
from support_graph.store.tables import precedents

_IN_COLUMNS = frozenset({"turn_id", "resolution_id", "context", "decided_at"})


def _precedent(row: Row) -> Precedent:
    kept: Mapping[str, Any] = row["record"]
    return Precedent(
        turn_id=TurnId(row["turn_id"]),
        conversation_id=ConversationId(UUID(kept["conversation_id"])),
        resolution_id=ResolutionId(row["resolution_id"]) if row["resolution_id"] else None,
        question=kept["question"],
        standalone=kept["standalone"],
        answer=kept["answer"],
        before=tuple(kept["before"]),
        author=kept["author"],
        surface=kept["surface"],
        action=Action(kept["action"]),
        outcome=DecisionOutcome(kept["outcome"]),
        intent=kept["intent"],
        reason=HandoffReason(kept["reason"]),
        words=tuple(kept["words"]),
        context=row["context"],
        passages=tuple(SeenPassage(**passage) for passage in kept["passages"]),
        decided_at=row["decided_at"],
    )


_ADD = Prepared(
    upsert(precedents).on_conflict_do_nothing(),
    columns=("workspace_id", "turn_id", "resolution_id", "context", "record", "decided_at"),
)

_WITH_CONTEXT = Prepared(
    select(precedents.c.turn_id).where(
        own(precedents), one_of(precedents.c.turn_id, "turns"), precedents.c.context != text("'{}'")
    )
)


class Precedents(Room):
    async def add(self, precedent: Precedent) -> None:
        """Adding it again changes nothing."""
        record = {k: v for k, v in asdict(precedent).items() if k not in _IN_COLUMNS}
        await self._do(
            _ADD,
            turn_id=precedent.turn_id,
            resolution_id=precedent.resolution_id,
            context=precedent.context,
            record={**record, "conversation_id": str(precedent.conversation_id)},
            decided_at=precedent.decided_at,
        )

    async def with_context(self, turn_ids: Sequence[TurnId]) -> set[TurnId]:
        """Those of these turns at which anything was known of the customer's situation."""
        rows = await self._rows(_WITH_CONTEXT, turns=list(turn_ids))
        return {TurnId(row["turn_id"]) for row in rows}

    async def of(
        self, resolution_ids: Sequence[ResolutionId], *, limit: int
    ) -> Sequence[Precedent]:
        """Those that were filed under one of these, newest first."""
        rows = await self._all(
            select(precedents)
            .where(self._own(precedents), precedents.c.resolution_id.in_(resolution_ids))
            .order_by(precedents.c.decided_at.desc(), precedents.c.turn_id.desc())
            .limit(limit)
        )
        return [_precedent(row) for row in rows]

    async def move(
        self, source: ResolutionId, target: ResolutionId, *, only: Sequence[TurnId] | None = None
    ) -> Sequence[TurnId]:
        """What was filed under `source` is filed under `target` from now on: which turns' that
        were. `only` leaves all others where they are."""
        moving = (
            update(precedents)
            .where(self._own(precedents), precedents.c.resolution_id == source)
            .values(resolution_id=target)
            .returning(precedents.c.turn_id)
        )
        if only is not None:
            moving = moving.where(precedents.c.turn_id.in_(only))
        return [TurnId(row["turn_id"]) for row in await self._all(moving)]
