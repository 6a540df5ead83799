"""Labels, and the calibrations that they became."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, delete, func, select, union_all
from sqlalchemy.dialects.postgresql import insert as upsert

from support_graph.domain.calibration import Calibration
from support_graph.domain.evidence import EvidenceKind, Label, LabelSource
from support_graph.domain.ids import TurnId
from support_graph.store.prepared import Prepared, own
from support_graph.store.rooms import Room, Row
from support_graph.store.tables import (
    calibrations,
    labels,
)

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

BY_HUMANS = tuple(source for source in LabelSource if source.is_human)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A calibration as it is stored: `hessian` by rows."""

    labels: int
    beta: tuple[float, ...]
    hessian: tuple[float, ...]

    @staticmethod
    def applied(fit: "Fit | None", prior: Calibration) -> Calibration:
        """The calibration in force: what `prior` became, or itself as long as there is no fit."""
        if fit is None or len(fit.beta) != len(prior.beta):
            # None yet, or one from before there were these features: the next is due soon.
            return prior.knowing(fit.labels if fit else 0)
        return prior.learned(beta=fit.beta, hessian=fit.hessian, labels=fit.labels)


_OF_KIND = labels.c.kind == bindparam("of_kind")
_COUNT = Prepared(select(func.count().label("n")).select_from(labels).where(own(labels), _OF_KIND))
_STANDS_FOR = 5
"""Wrong answers that one complaint speaks for: enough complaints need not wait for other labels."""

_COMPLAINTS = _STANDS_FOR * func.sum(labels.c.weight).filter(
    ~labels.c.is_right, *(labels.c.source != source for source in BY_HUMANS)
)


def newest_fit(mine: ColumnElement[bool], kind: Any) -> ColumnElement[datetime]:
    """When the newest fit of that kind was made, long ago if there is none; `mine` says whose."""
    newest = select(func.max(calibrations.c.created_at)).where(mine, calibrations.c.kind == kind)
    return func.coalesce(newest.scalar_subquery(), _LONG_AGO)


def _since_fit(kind: Any) -> Select[Any, Any]:
    return (
        select(func.count().label("n"), func.coalesce(_COMPLAINTS, 0.0).label("complaints"))
        .select_from(labels)
        .where(
            own(labels),
            labels.c.kind == kind,
            labels.c.created_at > newest_fit(own(calibrations), kind),
        )
    )


_NOTICED = Prepared(_since_fit(bindparam("of_kind")))
_OF_EACH_KIND = union_all(*(_since_fit(kind.value) for kind in EvidenceKind)).subquery()
_UNLEARNED = Prepared(
    select(
        func.max(func.greatest(_OF_EACH_KIND.c.n, _OF_EACH_KIND.c.complaints)).label("unlearned")
    )
)


def _newest(*columns: Any) -> Prepared:
    return Prepared(
        select(*columns)
        .where(own(calibrations), calibrations.c.kind == bindparam("of_kind"))
        .order_by(calibrations.c.created_at.desc())
        .limit(1)
    )


_NEWEST = _newest(calibrations)
_NEWEST_LABELS = _newest(calibrations.c.labels)
_LABEL = ("source", "is_right", "weight", "features", "confidence")
_NEW_LABEL = upsert(labels)
_ADD_LABEL = Prepared(
    _NEW_LABEL.on_conflict_do_update(
        index_elements=["workspace_id", "turn_id", "kind"],
        set_={
            **{name: _NEW_LABEL.excluded[name] for name in _LABEL},
            "created_at": func.clock_timestamp(),
        },
    ),
    columns=("workspace_id", "turn_id", "kind", *_LABEL),
)
_LABEL_OF = Prepared(
    select(labels).where(own(labels), _OF_KIND, labels.c.turn_id == bindparam("of_turn"))
)
_LAST = Prepared(
    select(labels)
    .where(own(labels), _OF_KIND)
    .order_by(labels.c.created_at.desc())
    .limit(bindparam("limit"))
)


class Labels(Room):
    async def add(self, turn_id: TurnId, label: Label) -> None:
        """In place of the turn's earlier one of that kind; which of them holds is for the caller
        to say."""
        await self._do(
            _ADD_LABEL,
            turn_id=turn_id,
            kind=label.kind,
            source=label.source,
            is_right=label.right,
            weight=label.weight,
            features=list(label.features),
            confidence=label.confidence,
        )

    async def of(self, turn_id: TurnId, kind: EvidenceKind) -> Label | None:
        row = await self._first(_LABEL_OF, of_turn=turn_id, of_kind=kind)
        return _label(row) if row else None

    async def remove(self, turn_id: TurnId, kind: EvidenceKind) -> None:
        await self._run(
            delete(labels).where(
                self._own(labels), labels.c.turn_id == turn_id, labels.c.kind == kind
            )
        )

    async def noticed_since_fit(self, kind: EvidenceKind) -> float:
        """What the complaints weigh that came after the newest fit."""
        row = await self._first(_NOTICED, of_kind=kind)
        assert row is not None
        return float(row["complaints"])

    async def count(self, kind: EvidenceKind) -> int:
        row = await self._first(_COUNT, of_kind=kind)
        assert row is not None
        return int(row["n"])

    async def unlearned(self) -> float:
        """How many came after the newest fit, or what the complaints among them weigh; of the kind
        of which it is more."""
        row = await self._first(_UNLEARNED)
        assert row is not None
        return float(row["unlearned"])

    async def last(self, kind: EvidenceKind, limit: int) -> Sequence[Label]:
        """The newest ones, newest first."""
        return [_label(row) for row in await self._rows(_LAST, of_kind=kind, limit=limit)]


def _label(row: Row) -> Label:
    return Label(
        kind=EvidenceKind(row["kind"]),
        source=LabelSource(row["source"]),
        right=row["is_right"],
        weight=row["weight"],
        features=tuple(row["features"]),
        confidence=row["confidence"],
    )


class Fits(Room):
    async def newest(self, kind: EvidenceKind) -> Fit | None:
        row = await self._first(_NEWEST, of_kind=kind)
        if row is None:
            return None
        return Fit(labels=row["labels"], beta=tuple(row["beta"]), hessian=tuple(row["hessian"]))

    async def labels(self, kind: EvidenceKind) -> int:
        """How many the newest fit has learned from."""
        row = await self._first(_NEWEST_LABELS, of_kind=kind)
        return int(row["labels"]) if row else 0

    async def add(self, kind: EvidenceKind, fit: Fit) -> None:
        """In place of one of as many labels: some of them may say something else by now."""
        learned = {"beta": list(fit.beta), "hessian": list(fit.hessian)}
        await self._run(
            upsert(calibrations)
            .values(workspace_id=self._workspace_id, kind=kind, labels=fit.labels, **learned)
            .on_conflict_do_update(
                index_elements=["workspace_id", "kind", "labels"],
                set_={**learned, "created_at": func.clock_timestamp()},
            )
        )
