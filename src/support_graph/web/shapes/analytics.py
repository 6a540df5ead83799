"""A workspace's figures. What is not known, or rests on too little, is null."""

from support_graph.desk.analytics import FORMULAS, OF_CALIBRATION, OF_PRECISION
from support_graph.domain.analytics import Bucket
from support_graph.domain.evidence import EvidenceKind
from support_graph.domain.signals import OutcomeKind, SignalKind
from support_graph.web.fields import Instant, Shown


class Span(Shown):
    """From `start` on and before `end`."""

    start: Instant
    end: Instant


class Outcomes(Shown):
    """Of the questions asked in that time; `unknown` are answers nobody has said anything about
    yet. The signals are those of that time, whenever the question was asked."""

    span: Span
    turns: int
    unknown: int
    outcomes: dict[OutcomeKind, int]
    signals: dict[SignalKind, int]


class Measured(Shown):
    """`interval` holds the truth in 95 of 100 cases; it is null below 20 audits."""

    intent: str | None
    answers: int
    audits: int
    wrong: int
    waiting: int
    estimate: float | None
    interval: tuple[float, float] | None
    target: float
    required: float
    tightened: bool


class Precision(Shown):
    """Of the latest audits of the last 30 days, as the gate goes by it."""

    formula: str = OF_PRECISION
    total: Measured
    intents: list[Measured]


class Bin(Shown):
    """`confidence` and `right` are means over what the labels stand for; null below 5 labels."""

    low: float
    high: float
    labels: int
    weight: float
    confidence: float | None
    right: float | None


class Calibration(Shown):
    """`brier` is the mean squared error of the confidences; null below 20 labels."""

    formula: str = OF_CALIBRATION
    span: Span
    kind: EvidenceKind
    labels: int
    unlabelled: int
    brier: float | None
    bins: list[Bin]


class Rate(Shown):
    """`value` = `part` / `whole`; null without a whole. `unknown` is in neither."""

    value: float | None
    part: int
    whole: int
    unknown: int


class Rates(Shown):
    start: Instant
    deflection: Rate
    containment: Rate
    resolved: Rate


class Formulas(Shown):
    deflection: str
    containment: str
    resolved: str


class RatesReport(Shown):
    formulas: Formulas = Formulas.model_validate(FORMULAS)
    span: Span
    bucket: Bucket
    total: Rates
    buckets: list[Rates]
