"""From which confidence on to answer, and the audits that keep the answers honest.

`threshold` says from which p a target precision is met; domain/calibration.py says what p is.
"""

from collections.abc import Sequence

import numpy as np

from support_graph.domain.calibration import FEW_LABELS
from support_graph.domain.evidence import EvidenceKind

CONFIDENCES_USED = 400

_FLOOR = 0.6
_NEVER = 0.995
_AUDIT_LEAST, _AUDIT_MOST = 0.0075, 0.3
_NOTICED, _NOTICED_PSEUDO, _NOTICED_LEAST, _NOTICED_MOST = 0.2, 30.0, 0.05, 0.6


def needed(
    recent: Sequence[float], confidence: float, target: float, *, kind: EvidenceKind, labels: int
) -> float:
    """From which confidence on to answer a message of this `confidence` after the `recent` ones.

    Never above the target: a message that is as sure as that meets it by itself. For passages
    never below it either: they would live on what past answers have to spare, and their confidence
    is learned from too few labels to be spent to the last (benchmarks/brain_calibration.py).
    """
    if kind is EvidenceKind.BRAIN:
        return target
    return min(target, cautious_threshold([*recent, confidence], target, labels=labels))


def cautious_threshold(confidences: Sequence[float], target: float, *, labels: int) -> float:
    """`threshold`, but the target itself as long as there are few labels."""
    level = threshold(confidences, target)
    return max(level, target) if labels < FEW_LABELS else level


def threshold(confidences: Sequence[float], target: float, *, floor: float = _FLOOR) -> float:
    """From which confidence on to answer, so that the answers are right to the share `target`.

    The lowest of the latest confidences (those of all candidates, the current one included) that
    is at least `floor` and from which on they are `target` on average.
    """
    latest = np.asarray(confidences[-CONFIDENCES_USED:], dtype=np.float64)
    levels, counts = np.unique(latest[latest >= floor], return_counts=True)
    levels, counts = levels[::-1], counts[::-1]
    enough = np.flatnonzero(np.cumsum(levels * counts) / np.cumsum(counts) >= target)
    return float(levels[enough[-1]]) if len(enough) else max(_NEVER, target)


def audit_probability(confidence: float) -> float:
    """How probably a human should see what could be answered: oftener where it teaches more."""
    return min(_AUDIT_MOST, max(_AUDIT_LEAST, 1 - confidence))


def noticed_share(*, noticed: float, wrong_audits: Sequence[float]) -> float:
    """Which share of wrong answers customers let know of.

    `wrong_audits` are the audit probabilities of those answers that an audit found wrong: each
    stands for (1 - a) / a that were sent.
    """
    sent = sum((1 - a) / a for a in wrong_audits)
    share = (_NOTICED_PSEUDO * _NOTICED + noticed) / (_NOTICED_PSEUDO + sent)
    return min(_NOTICED_MOST, max(_NOTICED_LEAST, share))
