"""The precision that audits measured, and how much it makes the gate ask for.

Which turns are audited is left to chance, with a chance a of its own for each. So an audited turn
stands for 1/a of those that could be answered (Horvitz & Thompson 1952, as a ratio), whatever made
the gate choose a. The interval is Wilson's on Kish's effective number of audits, (sum w)^2 / sum
w^2: in simulations it holds the truth in 95 of 100 cases or more from a dozen audits on, and errs
to the low side, since wrong answers are oftener found where the weights are small.
"""

import math
from collections.abc import Sequence

from support_graph.domain.precision import Audit, Precision
from support_graph.domain.sentences import Sentence, Told, told

_Z = 1.96
_MOST = 0.999


def measured(audits: Sequence[Audit], *, intent: str | None) -> Precision:
    """Of at least one audit."""
    weights = [1 / audit.chance for audit in audits]
    total = sum(weights)
    estimate = sum(w for w, audit in zip(weights, audits, strict=True) if audit.right) / total
    effective = total**2 / sum(w * w for w in weights)
    low, high = wilson(min(1.0, estimate), effective)
    return Precision(
        intent=intent,
        audits=len(audits),
        wrong=sum(not audit.right for audit in audits),
        effective=effective,
        estimate=min(1.0, estimate),
        low=low,
        high=high,
    )


def by_intent(audits: Sequence[Audit]) -> tuple[Precision, ...]:
    """That of all of them, then that of each intent by name; empty without audits."""
    if not audits:
        return ()
    names = sorted({audit.intent for audit in audits if audit.intent is not None})
    parts = [(name, [audit for audit in audits if audit.intent == name]) for name in names]
    return (
        measured(audits, intent=None),
        *(measured(found, intent=name) for name, found in parts),
    )


def required(target: float, found: Precision | None) -> float:
    """The precision to aim at so that `target` is met.

    While the whole interval is below the target, as far above the target as the interval's upper
    end is below it, in log-odds. So it begins with nothing, grows with the gap, and goes back by
    itself when newer audits come out better.
    """
    if found is None or not found.is_enough or found.high >= target:
        return target
    gap = _logit(target) - _logit(max(found.high, 1 - _MOST))
    return max(target, min(_MOST, 1 / (1 + math.exp(-(_logit(target) + gap)))))


def strictest(target: float, found: Sequence[Precision]) -> tuple[float, Precision | None]:
    """What all of `found` together require, and which of them tightens it; None if none does."""
    worst = max(found, key=lambda one: required(target, one), default=None)
    level = required(target, worst)
    return level, worst if level > target else None


def in_words(found: Precision, *, target: float, level: float) -> Sentence:
    """Why more is asked for than the target."""
    values = {
        "estimate": found.estimate,
        "low": found.low,
        "high": found.high,
        "target": target,
        "level": level,
    }
    if found.intent:
        return told(Told.TIGHTENED_FOR_INTENT, intent=found.intent, **values)
    return told(Told.TIGHTENED, **values)


def wilson(share: float, n: float) -> tuple[float, float]:
    """The 95 % interval of a share that was seen in `n` cases."""
    around = 1 + _Z**2 / n
    centre = (share + _Z**2 / (2 * n)) / around
    half = _Z * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n * n)) / around
    return max(0.0, centre - half), min(1.0, centre + half)


def _logit(p: float) -> float:
    return math.log(p / (1 - p))
