"""From which confidence on to answer, and the audits that keep the answers honest.

`threshold` says from which p a target precision is met; domain/calibration.py says what p is.
"""

from collections.abc import Sequence

import numpy as np

from support_graph.domain.calibration import FEW_LABELS
from support_graph.domain.evidence import EvidenceKind
from support_graph.learning.aim import aim, aim_of_stranger, close_enough

CONFIDENCES_USED = 400

NEVER = 1.0
"""No confidence is as high."""

_FLOOR = 0.6
_HARDLY_EVER = 0.995
_AUDIT_LEAST, _AUDIT_MOST = 0.0075, 0.3


def needed(
    recent: Sequence[float],
    confidence: float,
    target: float,
    *,
    kind: EvidenceKind,
    labels: int,
    similarity: float | None,
) -> float:
    """From which confidence on to answer a message of this `confidence` after the `recent` ones.

    Never above what is aimed at: a message that is as sure as that meets it by itself. For passages
    the target, and never less: they would live on what past answers have to spare, and their
    confidence is learned from too few labels to be spent to the last
    (benchmarks/brain_calibration.py). A workspace with few labels wants a past answer's phrasing
    near, too (`similarity` is the feature of that name, None where that is sure); otherwise no
    confidence is enough.
    """
    if kind is EvidenceKind.BRAIN:
        return target
    if similarity is not None and not close_enough(similarity, target=target, labels=labels):
        return NEVER
    aimed = aim(target) if labels >= FEW_LABELS else aim_of_stranger(target, similarity)
    return min(aimed, cautious_threshold([*recent, confidence], aimed, labels=labels))


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
    return float(levels[enough[-1]]) if len(enough) else max(_HARDLY_EVER, target)


def audit_probability(confidence: float) -> float:
    """How probably a human should see what could be answered: oftener where it teaches more."""
    return min(_AUDIT_MOST, max(_AUDIT_LEAST, 1 - confidence))
