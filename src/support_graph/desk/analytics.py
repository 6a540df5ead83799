"""What a workspace can know of itself, as the API, the command line and pages show it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from support_graph.desk.parts import Desk
from support_graph.domain.analytics import (
    ENOUGH_IN_BIN,
    ENOUGH_LABELS,
    Bin,
    Bucket,
    CalibrationReport,
    MeasuredIntent,
    OutcomesReport,
    PrecisionReport,
    Rate,
    Rates,
    RatesReport,
    Span,
)
from support_graph.domain.errors import Invalid
from support_graph.domain.evidence import EvidenceKind
from support_graph.domain.ids import IntentId, WorkspaceId
from support_graph.domain.precision import Precision
from support_graph.domain.signals import OutcomeKind, SignalKind
from support_graph.learning.measuring import WINDOW
from support_graph.learning.precision import strictest, wilson
from support_graph.store.rooms import Row

LONGEST = timedelta(days=2 * 366)
FORMULAS = {
    "deflection": (
        "questions that the assistant answered and of which no customer let know that the answer "
        "did not help / all questions (answered on evidence or handed off, without spam)"
    ),
    "containment": "conversations in which no teammate wrote / all conversations",
    "resolved": (
        "conversations whose last question was confirmed, assumed, or solved by a teammate, and "
        "that were not reopened / all conversations of which it is known"
    ),
}
OF_PRECISION = (
    "sum of 1/a over the audits that were right / sum of 1/a over all audits, a being the chance "
    "with which that answer was audited; 95 % interval: Wilson's, on the effective number of audits"
)
OF_CALIBRATION = (
    "share right and mean confidence by tenths of the confidence, brier = mean of (confidence - "
    "right)^2; what a human handled weighs 1, an audited answer 1/a"
)
_BINS = 10


def span(
    desk: Desk, *, start: datetime | None, end: datetime | None, last: timedelta = WINDOW
) -> Span:
    """The `last` stretch of time up to `end`, or to this moment. Raises Invalid."""
    until = end or desk.clock()
    try:
        since = start or until - last
    except OverflowError:
        raise Invalid(field="to", problem="Nobody was there that early.") from None
    if since >= until:
        raise Invalid(field="from", problem="It must be earlier than `to`.")
    if until - since > LONGEST:
        raise Invalid(field="from", problem="At most two years at a time.")
    return Span(start=since.astimezone(UTC), end=until.astimezone(UTC))


async def outcomes(desk: Desk, workspace_id: WorkspaceId, within: Span) -> OutcomesReport:
    """What became of the questions that were asked in that time, and the signals of that time."""
    async with desk.stores.within(workspace_id).begin() as tx:
        found = await tx.analytics.outcomes(within)
        signals = await tx.analytics.signals(within)
    return OutcomesReport(
        span=within,
        turns=sum(found.values()),
        unknown=found.get(None, 0),
        outcomes={kind: found.get(kind.value, 0) for kind in OutcomeKind},
        signals={kind: signals.get(kind.value, 0) for kind in SignalKind},
    )


async def precision(desk: Desk, workspace_id: WorkspaceId) -> PrecisionReport:
    """What the gate goes by: the latest audits, and what they make it ask for."""
    within = span(desk, start=None, end=None)
    async with desk.stores.within(workspace_id).begin() as tx:
        target = (await tx.workspace.read()).settings.target_precision
        own = {intent.name: intent.target_precision for intent in await tx.intents.all()}
        known = {one.intent: one for one in await tx.precisions.every()}
        total, *rows = await tx.analytics.answers(within)
    return PrecisionReport(
        total=_measured(total, known, target=target, intent=None),
        intents=tuple(
            _measured(row, known, target=own.get(row["intent"]) or target, intent=row["intent"])
            for row in rows
            if row["intent"] is not None
        ),
    )


def _measured(
    row: Row, known: dict[str | None, Precision], *, target: float, intent: str | None
) -> MeasuredIntent:
    """An intent is held to what all answers require, and to what its own do."""
    applying = [known[name] for name in {None, intent} if name in known]
    required, _ = strictest(target, applying)
    return MeasuredIntent(
        intent=intent,
        answers=row["answers"],
        waiting=row["waiting"],
        measured=known.get(intent),
        target=target,
        required=required,
    )


async def calibration(
    desk: Desk,
    workspace_id: WorkspaceId,
    within: Span,
    *,
    kind: EvidenceKind,
    intent_id: IntentId | None = None,
) -> CalibrationReport:
    """Whether candidates with a confidence of 80 % are right in 80 of 100 cases."""
    async with desk.stores.within(workspace_id).begin() as tx:
        rows = await tx.analytics.calibration(within, kind, intent_id)
        unlabelled = await tx.analytics.unlabelled(within, kind, intent_id)
    by_bin = {row["bin"]: row for row in rows}
    labels = sum(row["labels"] for row in rows)
    squares = sum(row["squares"] for row in rows)
    weight = sum(row["weight"] for row in rows)
    return CalibrationReport(
        span=within,
        kind=kind,
        labels=labels,
        unlabelled=unlabelled,
        brier=squares / weight if labels >= ENOUGH_LABELS else None,
        bins=tuple(_bin(number, by_bin.get(number)) for number in range(_BINS)),
    )


def _bin(number: int, row: Row | None) -> Bin:
    labels = row["labels"] if row else 0
    told = row if labels >= ENOUGH_IN_BIN else None
    return Bin(
        low=number / _BINS,
        high=(number + 1) / _BINS,
        labels=labels,
        weight=float(row["weight"]) if row else 0.0,
        confidence=float(told["confidence"]) if told else None,
        right=float(told["share_right"]) if told else None,
        interval=wilson(min(1.0, told["share_right"]), told["effective"]) if told else None,
    )


async def rates(
    desk: Desk,
    workspace_id: WorkspaceId,
    within: Span,
    *,
    bucket: Bucket,
    intent_id: IntentId | None = None,
) -> RatesReport:
    """Deflection, containment and resolved rate, by the time of question or conversation."""
    async with desk.stores.within(workspace_id).begin() as tx:
        starts = [row["start"] for row in await tx.analytics.buckets(within, bucket)]
        deflection = await tx.analytics.deflection(within, bucket, intent_id)
        containment = await tx.analytics.containment(within, bucket, intent_id)
        resolved = await tx.analytics.resolved(within, bucket, intent_id)
    parts = tuple(
        Rates(
            start=start.astimezone(UTC),
            deflection=_rate([r for r in deflection if r["start"] == start]),
            containment=_rate([r for r in containment if r["start"] == start]),
            resolved=_rate([r for r in resolved if r["start"] == start]),
        )
        for start in starts
    )
    total = Rates(
        start=within.start,
        deflection=_rate(deflection),
        containment=_rate(containment),
        resolved=_rate(resolved),
    )
    return RatesReport(span=within, bucket=bucket, total=total, buckets=parts)


def _rate(rows: Sequence[Row]) -> Rate:
    return Rate(
        part=sum(row["part"] for row in rows),
        whole=sum(row["whole"] for row in rows),
        unknown=sum(row["unknown"] for row in rows),
    )
