"""How a workspace develops: what happened when, and what each resolution spared."""

from dataclasses import dataclass
from datetime import datetime

from support_graph.domain.analytics import Span
from support_graph.domain.evidence import HandoffReason
from support_graph.domain.ids import ResolutionId
from support_graph.domain.precision import Precision


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredAt:
    """The precision as it stood at the end of a stretch of time; None without audits before."""

    start: datetime
    measured: Precision | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonsAt:
    """How many questions went to humans in a stretch of time, by the reason of it."""

    start: datetime
    counts: dict[HandoffReason, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quartiles:
    """Of `count` durations, in seconds; None of none."""

    count: int
    low: float | None
    median: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimesAt:
    """From a question to the first word of an answer, and to the answer that settled it.

    `start` is None for all of the time; what has not been answered is in neither.
    """

    start: datetime | None
    questions: int
    first: Quartiles
    full: Quartiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """Conversations that no teammate wrote in, because this resolution was the answer."""

    resolution_id: ResolutionId
    answer: str
    phrasing: str | None
    intent: str | None
    conversations: int
    answers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAt:
    """What became of one question, asked in whatever words, in a stretch of time."""

    start: datetime
    escalated: int
    audited: int
    answered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question before and since it has had a resolution. `first` is when it was asked first.

    An audit is no escalation here: it is asked because the answer was known.
    """

    resolution_id: ResolutionId
    answer: str
    phrasing: str | None
    learned_at: datetime
    first: datetime | None
    before: int
    since: int
    answered: int
    span: Span
    buckets: tuple[AskedAt, ...]
