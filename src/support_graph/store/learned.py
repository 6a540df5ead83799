"""What the gate learns from: filed messages, labels, calibrations and track records."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from support_graph.domain.evidence import EvidenceKind, Label
from support_graph.domain.ids import ResolutionId, TurnId
from support_graph.store.embeddings import Vector, pack, unpack
from support_graph.store.rooms import Room
from support_graph.store.tables import (
    answer_pairs,
    calibrations,
    filed_messages,
    labels,
    resolutions,
    signals,
)

_FADE = 0.9
"""What an outcome leaves of its counter before it is added: the recent ones count most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A message that a human handled: its unit vector, and the resolution that answered it."""

    turn_id: TurnId
    resolution_id: ResolutionId | None
    vector: Vector
    store_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """How often an answer was right and wrong lately, by itself and before its runner-up."""

    ok: float = 0.0
    bad: float = 0.0
    pair_ok: float = 0.0
    pair_bad: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A calibration as it is stored: `hessian` by rows."""

    labels: int
    beta: tuple[float, ...]
    hessian: tuple[float, ...]


class FiledMessages(Room):
    async def add(
        self,
        *,
        turn_id: TurnId,
        resolution_id: ResolutionId | None,
        vector: Vector,
        embedding_model: str,
        store_version: int,
    ) -> None:
        await self._run(
            upsert(filed_messages)
            .values(
                workspace_id=self._workspace_id,
                turn_id=turn_id,
                resolution_id=resolution_id,
                embedding=pack(vector),
                embedding_model=embedding_model,
                store_version=store_version,
            )
            .on_conflict_do_nothing()
        )

    async def move(self, source: ResolutionId, target: ResolutionId, *, store_version: int) -> None:
        """What was filed under `source` is filed under `target` from now on."""
        await self._run(
            update(filed_messages)
            .where(self._own(filed_messages), filed_messages.c.resolution_id == source)
            .values(resolution_id=target, store_version=store_version)
        )

    async def since(self, store_version: int) -> Sequence[Filed]:
        """Those that came or moved after `store_version`, in the order of the changes."""
        rows = await self._all(
            select(filed_messages)
            .where(self._own(filed_messages), filed_messages.c.store_version > store_version)
            .order_by(filed_messages.c.store_version, filed_messages.c.turn_id)
        )
        if not rows:
            return []
        vectors = unpack([row["embedding"] for row in rows], len(rows[0]["embedding"]) // 4)
        return [
            Filed(
                turn_id=TurnId(row["turn_id"]),
                resolution_id=ResolutionId(row["resolution_id"]) if row["resolution_id"] else None,
                vector=vector,
                store_version=row["store_version"],
            )
            for row, vector in zip(rows, vectors, strict=True)
        ]


class Labels(Room):
    async def add(self, turn_id: TurnId, label: Label) -> bool:
        """Whether it is the first of its turn and kind: the first one holds, except that a
        complaint overrules a silence."""
        values = {
            "source": label.source,
            "is_right": label.right,
            "weight": label.weight,
            "features": list(label.features),
            "confidence": label.confidence,
        }
        row = await self._one(
            upsert(labels)
            .values(workspace_id=self._workspace_id, turn_id=turn_id, kind=label.kind, **values)
            .on_conflict_do_update(
                index_elements=["workspace_id", "turn_id", "kind"],
                set_=values,
                where=labels.c.source == "silence",
            )
            .returning(labels.c.turn_id)
        )
        return row is not None

    async def count(self, kind: EvidenceKind) -> int:
        row = await self._one(
            select(func.count().label("n"))
            .select_from(labels)
            .where(self._own(labels), labels.c.kind == kind)
        )
        assert row is not None
        return int(row["n"])

    async def last(self, kind: EvidenceKind, limit: int) -> Sequence[Label]:
        """The newest ones, newest first."""
        rows = await self._all(
            select(labels)
            .where(self._own(labels), labels.c.kind == kind)
            .order_by(labels.c.created_at.desc())
            .limit(limit)
        )
        return [
            Label(
                kind=kind,
                source=row["source"],
                right=row["is_right"],
                weight=row["weight"],
                features=tuple(row["features"]),
                confidence=row["confidence"],
            )
            for row in rows
        ]


class Fits(Room):
    async def newest(self, kind: EvidenceKind) -> Fit | None:
        row = await self._one(
            select(calibrations)
            .where(self._own(calibrations), calibrations.c.kind == kind)
            .order_by(calibrations.c.labels.desc())
            .limit(1)
        )
        if row is None:
            return None
        return Fit(labels=row["labels"], beta=tuple(row["beta"]), hessian=tuple(row["hessian"]))

    async def add(self, kind: EvidenceKind, fit: Fit) -> None:
        await self._run(
            upsert(calibrations)
            .values(
                workspace_id=self._workspace_id,
                kind=kind,
                labels=fit.labels,
                beta=list(fit.beta),
                hessian=list(fit.hessian),
            )
            .on_conflict_do_nothing()
        )


class Records(Room):
    async def of(self, answer: ResolutionId, runner_up: ResolutionId | None) -> Record:
        pair = (
            (answer_pairs.c.workspace_id == resolutions.c.workspace_id)
            & (answer_pairs.c.resolution_id == resolutions.c.id)
            & (answer_pairs.c.runner_up_id == runner_up)
        )
        row = await self._one(
            select(
                resolutions.c.ok,
                resolutions.c.bad,
                func.coalesce(answer_pairs.c.ok, 0.0).label("pair_ok"),
                func.coalesce(answer_pairs.c.bad, 0.0).label("pair_bad"),
            )
            .select_from(resolutions.outerjoin(answer_pairs, pair))
            .where(self._own(resolutions), resolutions.c.id == answer)
        )
        return Record(**row) if row else Record()

    async def note(
        self, answer: ResolutionId, runner_up: ResolutionId | None, *, right: bool
    ) -> None:
        """Adds an outcome to the answer's record, and to that of the pair."""
        counter = "ok" if right else "bad"
        await self._run(
            update(resolutions)
            .where(self._own(resolutions), resolutions.c.id == answer)
            .values({counter: resolutions.c[counter] * _FADE + 1})
        )
        if runner_up is None:
            return
        first: dict[str, Any] = {counter: 1.0}
        await self._run(
            upsert(answer_pairs)
            .values(
                workspace_id=self._workspace_id,
                resolution_id=answer,
                runner_up_id=runner_up,
                **first,
            )
            .on_conflict_do_update(
                index_elements=["workspace_id", "resolution_id", "runner_up_id"],
                set_={counter: answer_pairs.c[counter] * _FADE + 1},
            )
        )


class Signals(Room):
    async def add(self, turn_id: TurnId, *, kind: str, value: str, comment: str | None) -> None:
        """What was said last about a turn holds."""
        said = {"value": value, "comment": comment}
        await self._run(
            upsert(signals)
            .values(workspace_id=self._workspace_id, turn_id=turn_id, kind=kind, **said)
            .on_conflict_do_update(index_elements=["workspace_id", "turn_id", "kind"], set_=said)
        )
