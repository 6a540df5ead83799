"""From features to a probability: a Bayesian logistic model that is modest where it saw little.

p = sigmoid(beta'x - kappa * sqrt(x' H^-1 x)), where H is the Hessian of the posterior at beta.
With nothing seen, H is the precision of the Gaussian prior.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calibration:
    """`beta` of shape (d,), `hessian` of shape (d, d), `kappa` ≥ 0."""

    beta: Matrix
    hessian: Matrix
    kappa: float

    @classmethod
    def prior(cls, beta: Sequence[float], *, precision: float, kappa: float) -> "Calibration":
        """What is believed before the first label: N(beta, I/precision)."""
        mean = np.asarray(beta, dtype=np.float64)
        return cls(beta=mean, hessian=np.eye(len(mean)) * precision, kappa=kappa)

    def confidence(self, features: Sequence[float]) -> float:
        """A probability in (0, 1) that the candidate is right."""
        x = np.asarray(features, dtype=np.float64)
        doubt = float(np.sqrt(x @ np.linalg.solve(self.hessian, x)))
        logit = float(self.beta @ x) - self.kappa * doubt
        return float(1.0 / (1.0 + np.exp(-np.clip(logit, -60, 60))))
