"""The precision that audits measured, as the gate reads it at every message."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, delete, func, insert, select

from support_graph.domain.evidence import LabelSource
from support_graph.domain.precision import Audit, Precision
from support_graph.store.rooms import Room, Row
from support_graph.store.tables import labels, measured_precisions, turns

_OF_ALL = ""


class Precisions(Room):
    async def audits(self, *, within: timedelta, limit: int) -> Sequence[Audit]:
        """The latest audits of which a teammate's answer told whether they were right."""
        rests_on = turns.c.explanation["draft"]["rests_on"].astext
        rows = await self._all(
            select(
                turns.c.explanation["intent"].astext.label("intent"),
                turns.c.audit_chance.label("chance"),
                labels.c.is_right.label("right"),
            )
            .join(
                labels,
                (labels.c.workspace_id == turns.c.workspace_id) & (labels.c.turn_id == turns.c.id),
            )
            .where(
                self._own(turns),
                self._own(labels),
                labels.c.source == LabelSource.AUDIT,
                labels.c.kind == rests_on,
                turns.c.audit_chance > 0,
                turns.c.created_at > func.now() - within,
            )
            .order_by(turns.c.id.desc())
            .limit(limit)
        )
        return [Audit(**row) for row in rows]

    async def replace(self, measured: Sequence[Precision]) -> None:
        await self._run(delete(measured_precisions).where(self._own(measured_precisions)))
        if not measured:
            return
        rows = [
            {**asdict(one), "intent": one.intent or _OF_ALL, "workspace_id": self._workspace_id}
            for one in measured
        ]
        await self._run(insert(measured_precisions).values(rows))

    async def of(self, intent: str | None) -> Sequence[Precision]:
        """What was measured last: of all, and of this intent."""
        named = measured_precisions.c.intent.in_([_OF_ALL, intent or _OF_ALL])
        return _precisions(await self._all(self._newest().where(named)))

    async def every(self) -> Sequence[Precision]:
        """Of all, then of each intent by name."""
        return _precisions(await self._all(self._newest()))

    def _newest(self) -> Select[Any]:
        columns = [c for c in measured_precisions.c if c.name not in {"workspace_id", "updated_at"}]
        return (
            select(*columns)
            .where(self._own(measured_precisions))
            .order_by(measured_precisions.c.intent)
        )


def _precisions(rows: Sequence[Row]) -> Sequence[Precision]:
    return [Precision(**{**row, "intent": row["intent"] or None}) for row in rows]
