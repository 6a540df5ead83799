"""The precision that audits measured, as the gate reads it at every message."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

from sqlalchemy import ARRAY, Text, any_, bindparam, delete, func, insert, select

from support_graph.domain.evidence import LabelSource
from support_graph.domain.precision import Audit, Precision
from support_graph.store.prepared import Prepared, own
from support_graph.store.rooms import Room, Row
from support_graph.store.tables import labels, measured_precisions, turns

_OF_ALL = ""


_NEWEST = (
    select(*[c for c in measured_precisions.c if c.name not in {"workspace_id", "updated_at"}])
    .where(own(measured_precisions))
    .order_by(measured_precisions.c.intent)
)
_EVERY = Prepared(_NEWEST)
_OF = Prepared(
    _NEWEST.where(measured_precisions.c.intent == any_(bindparam("intents", type_=ARRAY(Text))))
)


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
        return _precisions(await self._rows(_OF, intents=[_OF_ALL, intent or _OF_ALL]))

    async def every(self) -> Sequence[Precision]:
        """Of all, then of each intent by name."""
        return _precisions(await self._rows(_EVERY))


def _precisions(rows: Sequence[Row]) -> Sequence[Precision]:
    return [Precision(**{**row, "intent": row["intent"] or None}) for row in rows]
