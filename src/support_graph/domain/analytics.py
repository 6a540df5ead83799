"""What a workspace can know of itself: outcomes, precision, calibration and the three rates."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from support_graph.domain.evidence import EvidenceKind
from support_graph.domain.precision import Precision
from support_graph.domain.signals import OutcomeKind, SignalKind

ENOUGH_IN_BIN = 5
ENOUGH_LABELS = 20
"""Below these a share says nothing, and so is not given."""


class Bucket(StrEnum):
    """How finely time is cut, in UTC."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From `start` on and before `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """`part` of `whole`; its value is None where there is nothing to have a part of.

    `unknown` are those of which it is not known yet; they are in neither.
    """

    part: int
    whole: int
    unknown: int = 0

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The three rates of one span of time; docs/glossary.md has their formulas."""

    start: datetime
    deflection: Rate
    containment: Rate
    resolved: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class RatesReport:
    span: Span
    bucket: Bucket
    total: Rates
    buckets: tuple[Rates, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomesReport:
    """How many questions came to what, and which signals there were.

    `unknown` are answered questions of which nobody has said anything, for not long enough yet.
    """

    span: Span
    turns: int
    unknown: int
    outcomes: dict[OutcomeKind, int]
    signals: dict[SignalKind, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredIntent:
    """What audits say of an intent's answers, or of all (`intent` is None).

    `answers` were given by the assistant alone, `waiting` are audits that no teammate has answered.
    `measured` is None without audits. `required` is what the gate aims at to meet the `target`.
    """

    intent: str | None
    answers: int
    waiting: int
    measured: Precision | None
    target: float
    required: float

    @property
    def is_tightened(self) -> bool:
        return self.required > self.target

    @property
    def interval(self) -> tuple[float, float] | None:
        """None until there are enough audits to act on."""
        found = self.measured
        return (found.low, found.high) if found and found.is_enough else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecisionReport:
    total: MeasuredIntent
    intents: tuple[MeasuredIntent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Candidates whose confidence was from `low` on and below `high`.

    `labels` is how many were judged, `weight` how many judged turns they stand for, `confidence`
    and `right` their means, the latter with its 95 % interval.
    """

    low: float
    high: float
    labels: int
    weight: float
    confidence: float | None
    right: float | None
    interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationReport:
    """A reliability table. `unlabelled` turns were answered with no chance of being audited, so
    nobody can say how often they were right."""

    span: Span
    kind: EvidenceKind
    labels: int
    unlabelled: int
    brier: float | None
    bins: tuple[Bin, ...]
