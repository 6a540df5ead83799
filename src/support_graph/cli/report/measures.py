"""What a replay says about the product: rates, curves and calibration, from what became of rows."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

ENOUGH = 20
"""A rate of fewer cases than this says more about luck than about the product."""

_MARKS = (100, 500, 1_000, 3_000, 5_000, 10_000, 30_000, 100_000)
_BINS = 10
_Z = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a message.

    `right` is None where a human answered, and for a courtesy to a message without a known answer.
    `judged` is the confidence in the best candidate, None where there was none, and
    `candidate_right` whether it was the right one. `learned` is the resolution that a human's
    answer became a part of. `replaces` names the answer that was right before `gold`.
    `reasons` are the explanation in words.
    """

    question: str
    gold: str | None
    given: str | None
    automatic: bool
    audit: bool
    right: bool | None
    confidence: float
    judged: float | None
    candidate_right: bool
    learned: str | None
    replaces: str | None = None
    reasons: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many out of so many."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """None without enough data."""
        return self.part / self.whole if self.whole >= ENOUGH else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's, at 95 %."""
        if self.value is None:
            return None
        spread = _Z * _Z / self.whole
        middle = (self.value + spread / 2) / (1 + spread)
        variance = self.value * (1 - self.value) + spread / 4
        half = _Z * math.sqrt(variance / self.whole) / (1 + spread)
        return max(0.0, middle - half), min(1.0, middle + half)


def deflection(outcomes: Sequence[Outcome]) -> Rate:
    """The share of messages that no human had to answer."""
    return Rate(part=sum(one.automatic for one in outcomes), whole=len(outcomes))


def precision(outcomes: Sequence[Outcome]) -> Rate:
    """The share of automatic answers that were right."""
    told = [one.right for one in outcomes if one.automatic and one.right is not None]
    return Rate(part=sum(told), whole=len(told))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The state after `messages`; the `last` rates are those since the mark before."""

    messages: int
    deflection: Rate
    precision: Rate
    last_deflection: Rate
    last_precision: Rate
    audits: int
    resolutions: int
    answers: int


def marks(outcomes: Sequence[Outcome]) -> list[Mark]:
    """At round numbers and at the end."""
    ends = [*(mark for mark in _MARKS if mark < len(outcomes)), len(outcomes)]
    starts = [0, *ends]
    return [_mark(outcomes[:end], start) for start, end in zip(starts, ends, strict=False)]


def _mark(outcomes: Sequence[Outcome], start: int) -> Mark:
    lately = outcomes[start:]
    taught = [one for one in outcomes if one.learned is not None]
    return Mark(
        messages=len(outcomes),
        deflection=deflection(outcomes),
        precision=precision(outcomes),
        last_deflection=deflection(lately),
        last_precision=precision(lately),
        audits=sum(one.audit for one in outcomes),
        resolutions=len({one.learned for one in taught}),
        answers=len({one.gold for one in taught}),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Of a curve; without `y` there is a gap."""

    x: float
    y: float | None


def window(messages: int) -> int:
    """How many messages, or answers, a point of the learning curve looks back."""
    return min(500, max(50, messages // 10))


def rolling(outcomes: Sequence[Outcome], *, points: int = 120) -> tuple[list[Point], list[Point]]:
    """Along the stream: deflection of the last `window` messages, and precision of the last
    `window` automatic answers."""
    size = window(len(outcomes))
    step = max(1, len(outcomes) // points)
    deflected: list[Point] = []
    right: list[Point] = []
    for end in sorted({*range(ENOUGH, len(outcomes) + 1, step), len(outcomes)}):
        seen = outcomes[:end]
        told = [one for one in seen if one.automatic and one.right is not None]
        deflected.append(Point(x=end, y=deflection(seen[-size:]).value))
        right.append(Point(x=end, y=precision(told[-size:]).value))
    return deflected, right


def judged(outcomes: Sequence[Outcome]) -> list[tuple[float, bool]]:
    """Confidences and whether the candidate was right, the most confident first."""
    found = [(one.judged, one.candidate_right) for one in outcomes if one.judged is not None]
    return sorted(found, key=lambda pair: -pair[0])


def risk_coverage(outcomes: Sequence[Outcome], *, points: int = 400) -> list[Point]:
    """The share of wrong answers, had the most confident x of all messages been answered."""
    every = list(_risks(judged(outcomes), len(outcomes)))
    step = len(every) // points + 1
    return [point for n, point in enumerate(every) if n % step == 0 or point is every[-1]]


def _risks(ranked: Sequence[tuple[float, bool]], messages: int) -> Iterator[Point]:
    answered = wrong = 0
    # No threshold tells equal confidences apart.
    for _, equals in groupby(ranked, key=lambda pair: pair[0]):
        for _, right in equals:
            answered += 1
            wrong += not right
        if answered >= ENOUGH:
            yield Point(x=answered / messages, y=wrong / answered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """The `nth` tenth of the messages whose answer has changed: answered, and still wrong."""

    messages: int
    deflection: Rate
    wrong: Rate


def recovery(outcomes: Sequence[Outcome]) -> list[Recovery]:
    """Along the messages whose answer has changed, in ten equal steps from the first one on."""
    drifted = [one for one in outcomes if one.replaces is not None]
    size = max(ENOUGH, math.ceil(len(drifted) / _BINS))
    steps = [drifted[start : start + size] for start in range(0, len(drifted), size)]
    return [
        Recovery(
            messages=min(size * number, len(drifted)),
            deflection=deflection(step),
            wrong=Rate(part=sum(one.right is False for one in step), whole=len(step)),
        )
        for number, step in enumerate(steps, start=1)
        if len(step) >= ENOUGH
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Messages of about the same confidence: its mean, and how many candidates were right."""

    confidence: float
    right: Rate


def reliability(outcomes: Sequence[Outcome]) -> list[Bin]:
    """Ten equal steps of confidence, without those that have too few messages."""
    by_step: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for confidence, right in judged(outcomes):
        by_step[min(_BINS - 1, int(confidence * _BINS))].append((confidence, right))
    return [
        Bin(
            confidence=sum(confidence for confidence, _ in step) / len(step),
            right=Rate(part=sum(right for _, right in step), whole=len(step)),
        )
        for step in by_step
        if len(step) >= ENOUGH
    ]


def brier(outcomes: Sequence[Outcome]) -> float | None:
    """The mean squared error of the confidences, 0 at best (Brier 1950). None: not enough data."""
    pairs = judged(outcomes)
    if len(pairs) < ENOUGH:
        return None
    return sum((confidence - right) ** 2 for confidence, right in pairs) / len(pairs)
