"""What silence says: that an answer was right, or that it was wrong and nobody said so.

If an answer is right with probability p, and customers report a share rho of the wrong ones, then
one that nobody complained about was right with r = p / (p + (1 - p)(1 - rho)). Labels of silence
count as that much right, which is the E step of an EM whose M step is the next fit; a complaint
counts once. So rho decides little: half or twice of it moves r by the few percent that are in doubt
anyway. Where a complaint counts 1 / rho instead, a wrong rho costs a point of precision.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from support_graph.domain.calibration import Labels, Matrix
from support_graph.domain.evidence import LabelSource

_NOTICED, _PSEUDO_ERRORS = 0.12, 30.0
"""Believed of customers on day one, as if it had been seen in so many wrong answers."""

_LEAST, _MOST = 0.03, 0.6
_ROUNDS = 30


def heard(labels: Labels, sources: Sequence[LabelSource], *, beta: Matrix) -> Labels:
    """`labels` with silence as right as it is under `beta`, and none of them counted twice."""
    silent = np.array([source is LabelSource.SILENCE for source in sources])
    by_customers = np.array([not source.is_human for source in sources]) & ~silent
    p = 1.0 / (1.0 + np.exp(-np.clip(labels.features @ beta, -60, 60)))
    weight = np.minimum(labels.weight, 1.0)
    complaints = float(weight[by_customers & (labels.right == 0)].sum())
    share = noticed_share(p[silent], complaints=complaints)
    right = np.where(silent, right_in_silence(p, noticed=share), labels.right)
    return replace(labels, right=right, weight=weight)


def right_in_silence(p: Matrix, *, noticed: float) -> Matrix:
    """How probably what is right with `p` was right, given that nobody complained."""
    right: Matrix = p / (p + (1 - p) * (1 - noticed))
    return right


def noticed_share(silent: Matrix, *, complaints: float) -> float:
    """Which share of wrong answers is complained about.

    `silent` are the probabilities of the answers that nobody complained about: the wrong ones among
    them went unnoticed, and how many those are depends on the share again.
    """
    share = _NOTICED
    for _ in range(_ROUNDS):
        unnoticed = float((1 - right_in_silence(silent, noticed=share)).sum())
        found = (_PSEUDO_ERRORS * _NOTICED + complaints) / (_PSEUDO_ERRORS + complaints + unnoticed)
        share = min(_MOST, max(_LEAST, found))
    return share
