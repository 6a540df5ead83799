"""What the gate learns from: filed messages, labels, calibrations and track records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, select, union_all, update
from sqlalchemy.dialects.postgresql import insert as upsert

from support_graph.domain.calibration import Calibration
from support_graph.domain.evidence import EvidenceKind, Label, LabelSource
from support_graph.domain.ids import ResolutionId, TurnId
from support_graph.store.embeddings import Vector, pack, unpack
from support_graph.store.prepared import Prepared, one_of, own
from support_graph.store.rooms import Room, Row
from support_graph.store.tables import (
    answer_pairs,
    calibrations,
    filed_messages,
    labels,
    resolutions,
)

_FADE = 0.9
"""What an outcome leaves of its counter before it is added: the recent ones count most.

So a counter follows from how many outcomes there were alone, whatever their order, and one of them
can be taken back exactly.
"""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

_BY_HUMANS = tuple(source for source in LabelSource if source.is_human)


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

    @staticmethod
    def applied(fit: "Fit | None", prior: Calibration) -> Calibration:
        """The calibration in force: what `prior` became, or itself as long as there is no fit."""
        if fit is None or len(fit.beta) != len(prior.beta):
            # None yet, or one from before there were these features: the next is due soon.
            return prior.knowing(fit.labels if fit else 0)
        return prior.learned(beta=fit.beta, hessian=fit.hessian, labels=fit.labels)


_FILE = Prepared(
    upsert(filed_messages).on_conflict_do_nothing(),
    columns=(
        "workspace_id",
        "turn_id",
        "resolution_id",
        "embedding",
        "embedding_model",
        "store_version",
    ),
)
_FILED_SINCE = Prepared(
    select(filed_messages)
    .where(own(filed_messages), filed_messages.c.store_version > bindparam("seen"))
    .order_by(filed_messages.c.store_version, filed_messages.c.turn_id)
)
_FILED_NEXT = Prepared(
    select(filed_messages)
    .where(own(filed_messages), filed_messages.c.store_version > bindparam("seen"))
    .order_by(filed_messages.c.store_version)
    .fetch(bindparam("least"), with_ties=True)
)
_FILED_OF_TURN = Prepared(
    select(filed_messages).where(own(filed_messages), filed_messages.c.turn_id == bindparam("turn"))
)
_OF_KIND = labels.c.kind == bindparam("of_kind")
_COUNT = Prepared(select(func.count().label("n")).select_from(labels).where(own(labels), _OF_KIND))
_STANDS_FOR = 5
"""Wrong answers that one complaint speaks for: enough complaints need not wait for other labels."""

_COMPLAINTS = _STANDS_FOR * func.sum(labels.c.weight).filter(
    ~labels.c.is_right, *(labels.c.source != source for source in _BY_HUMANS)
)


def _since_fit(kind: Any) -> Select[Any, Any]:
    fitted = (
        select(func.max(calibrations.c.created_at))
        .where(own(calibrations), calibrations.c.kind == kind)
        .scalar_subquery()
    )
    return (
        select(func.count().label("n"), func.coalesce(_COMPLAINTS, 0.0).label("complaints"))
        .select_from(labels)
        .where(
            own(labels),
            labels.c.kind == kind,
            labels.c.created_at > func.coalesce(fitted, _LONG_AGO),
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
_RECORD = Prepared(
    select(
        resolutions.c.ok,
        resolutions.c.bad,
        func.coalesce(answer_pairs.c.ok, 0.0).label("pair_ok"),
        func.coalesce(answer_pairs.c.bad, 0.0).label("pair_bad"),
    )
    .select_from(
        resolutions.outerjoin(
            answer_pairs,
            (answer_pairs.c.workspace_id == resolutions.c.workspace_id)
            & (answer_pairs.c.resolution_id == resolutions.c.id)
            & (answer_pairs.c.runner_up_id == bindparam("runner_up")),
        )
    )
    .where(own(resolutions), resolutions.c.id == bindparam("answer"))
)


def _noting(counter: str) -> tuple[Prepared, Prepared]:
    """Adds an outcome to an answer's record, and to that of a pair."""
    of_pair = upsert(answer_pairs).on_conflict_do_update(
        index_elements=["workspace_id", "resolution_id", "runner_up_id"],
        set_={counter: answer_pairs.c[counter] * _FADE + 1},
    )
    return (
        Prepared(
            update(resolutions)
            .where(own(resolutions), resolutions.c.id == bindparam("answer"))
            .values({counter: resolutions.c[counter] * _FADE + 1})
        ),
        Prepared(of_pair, columns=("workspace_id", "resolution_id", "runner_up_id", counter)),
    )


_NOTE = {counter: _noting(counter) for counter in ("ok", "bad")}


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
_MISTAKEN = Prepared(
    select(answer_pairs.c.resolution_id, answer_pairs.c.runner_up_id).where(
        own(answer_pairs),
        one_of(answer_pairs.c.resolution_id, "answers")
        | one_of(answer_pairs.c.runner_up_id, "answers"),
        answer_pairs.c.bad >= bindparam("mistakes"),
    )
)


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
        await self._do(
            _FILE,
            turn_id=turn_id,
            resolution_id=resolution_id,
            embedding=pack(vector),
            embedding_model=embedding_model,
            store_version=store_version,
        )

    async def move(
        self,
        source: ResolutionId,
        target: ResolutionId,
        *,
        store_version: int,
        only: Sequence[TurnId] | None = None,
    ) -> Sequence[TurnId]:
        """What was filed under `source` is filed under `target` from now on: which turns' messages
        that were. `only` leaves all others where they are."""
        moving = (
            update(filed_messages)
            .where(self._own(filed_messages), filed_messages.c.resolution_id == source)
            .values(resolution_id=target, store_version=store_version)
            .returning(filed_messages.c.turn_id)
        )
        if only is not None:
            moving = moving.where(filed_messages.c.turn_id.in_(only))
        return [TurnId(row["turn_id"]) for row in await self._all(moving)]

    async def since(self, store_version: int) -> Sequence[Filed]:
        """Those that came or moved after `store_version`, in the order of the changes."""
        return _filed(await self._rows(_FILED_SINCE, seen=store_version))

    async def next_after(self, store_version: int, *, least: int) -> Sequence[Filed]:
        """The first ones of those: `least` if there are so many, and what moved with the last."""
        return _filed(await self._rows(_FILED_NEXT, seen=store_version, least=least))

    async def of_turn(self, turn_id: TurnId) -> Filed | None:
        found = _filed(await self._rows(_FILED_OF_TURN, turn=turn_id))
        return found[0] if found else None


def _filed(rows: Sequence[Row]) -> Sequence[Filed]:
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


class Records(Room):
    async def of(self, answer: ResolutionId, runner_up: ResolutionId | None) -> Record:
        row = await self._first(_RECORD, answer=answer, runner_up=runner_up)
        return Record(**row) if row else Record()

    async def rivals(self, answer: ResolutionId, *, mistakes: float) -> Sequence[ResolutionId]:
        """The answers that it was mistaken for, or that were for it, at least so often lately."""
        rows = await self._rows(_MISTAKEN, answers=[answer], mistakes=mistakes)
        both = {ResolutionId(value) for row in rows for value in row.values()}
        return sorted(both - {answer})

    async def mistaken(
        self, answers: Sequence[ResolutionId], *, mistakes: float
    ) -> set[ResolutionId]:
        """Those of `answers` that have rivals."""
        rows = await self._rows(_MISTAKEN, answers=list(answers), mistakes=mistakes)
        both = {ResolutionId(value) for row in rows for value in row.values()}
        return both & set(answers)

    async def note(
        self, answer: ResolutionId, runner_up: ResolutionId | None, *, right: bool
    ) -> None:
        """Adds an outcome to the answer's record, and to that of the pair."""
        counter = "ok" if right else "bad"
        of_answer, of_pair = _NOTE[counter]
        await self._do(of_answer, answer=answer)
        if runner_up is not None:
            first: dict[str, Any] = {counter: 1.0}
            await self._do(of_pair, resolution_id=answer, runner_up_id=runner_up, **first)

    async def take_back(
        self, answer: ResolutionId, runner_up: ResolutionId | None, *, right: bool
    ) -> None:
        """Undoes one `note` that turned out to be mistaken."""
        counter = "ok" if right else "bad"
        await self._run(
            update(resolutions)
            .where(self._own(resolutions), resolutions.c.id == answer)
            .values({counter: func.greatest(0.0, (resolutions.c[counter] - 1) / _FADE)})
        )
        if runner_up is None:
            return
        await self._run(
            update(answer_pairs)
            .where(
                self._own(answer_pairs),
                answer_pairs.c.resolution_id == answer,
                answer_pairs.c.runner_up_id == runner_up,
            )
            .values({counter: func.greatest(0.0, (answer_pairs.c[counter] - 1) / _FADE)})
        )
