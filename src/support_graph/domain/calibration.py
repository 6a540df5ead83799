"""From features to a probability: a Bayesian logistic model that is modest where it saw little.

p = sigmoid(beta'x - kappa * sqrt(x' H^-1 x)), where H is the Hessian of the posterior at beta.
With nothing seen, H is the precision of the Gaussian prior; `fitted` learns beta from labels. Past
answers and passages have a model of this form each, with features and a prior of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from support_graph.domain.evidence import Judgement

Matrix = NDArray[np.float64]

LABELS_USED = 4_000
REFIT_EVERY = 25
HALF_LIFE = 500
"""After so many newer ones of humans a label counts half. The store of a workspace gets better with
every answer of a human, and what was learned of the same features when it knew less makes it too
modest. It is counted in answers of humans and not in labels: a store that answers nearly everything
by itself hardly changes, and what it knows of itself are its old labels."""

FEW_LABELS = 400
"""Until so many are known, a workspace is a stranger: doubt weighs more, and the threshold is not
below the target. Of the answers to the first 300 messages 97 and 92 % were right without it, and
98 and 96 % with it (Banking77, CLINC150). Much more doubt, and a question that was just taught
would not be answered when it is asked again."""

_DOUBT_OF_STRANGERS = 0.35

_STEPS = 100
_HALVINGS = 60
_CLOSE = 1e-8
_ENOUGH_DESCENT = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labels:
    """Candidates whose outcome is known: `features` (n, d), `right` 0 to 1 (n,), `weight` (n,).

    What nobody complained about is right to the share that silence.py says.
    """

    features: Matrix
    right: Matrix
    weight: Matrix

    def fading(self, by_humans: NDArray[np.bool_]) -> "Labels":
        """The same, the oldest of them first, with less weight the more humans have answered since;
        `by_humans` (n,) says which labels are theirs."""
        age = by_humans.sum() - np.cumsum(by_humans)
        return replace(self, weight=self.weight * 0.5 ** (age / HALF_LIFE))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calibration:
    """`beta` of shape (d,), `hessian` of shape (d, d), `kappa` ≥ 0.

    `strange` is the kappa that a workspace without labels deserves, if it is more.
    """

    beta: Matrix
    hessian: Matrix
    kappa: float
    strange: float = _DOUBT_OF_STRANGERS

    @classmethod
    def prior(
        cls,
        beta: Sequence[float],
        *,
        precision: float,
        kappa: float,
        strange: float = _DOUBT_OF_STRANGERS,
    ) -> "Calibration":
        """What is believed before the first label: N(beta, I/precision)."""
        mean = np.asarray(beta, dtype=np.float64)
        hessian = np.eye(len(mean)) * precision
        return cls(beta=mean, hessian=hessian, kappa=kappa, strange=strange)

    def learned(
        self, *, beta: Sequence[float], hessian: Sequence[float], labels: int
    ) -> "Calibration":
        """What this prior became by so many labels, from how it is stored (`hessian` by rows)."""
        mean = np.asarray(beta, dtype=np.float64)
        curve = np.asarray(hessian, dtype=np.float64).reshape(len(mean), len(mean))
        return replace(self, beta=mean, hessian=curve).knowing(labels)

    def knowing(self, labels: int) -> "Calibration":
        """The same, with the doubt that so few labels deserve."""
        unknown = max(0.0, 1 - labels / FEW_LABELS)
        more = max(0.0, self.strange - self.kappa) * unknown
        return replace(self, kappa=self.kappa + more)

    def fitted(self, labels: Labels, *, start: Matrix | None = None) -> "Calibration":
        """The posterior of `labels` with this for a prior; `start` only saves steps.

        Newton's method on a strictly convex sum, halving a step until it descends: undamped, it
        leaps from far-off starts to further ones.
        """
        beta = self.beta if start is None else start
        loss, slope, hessian = self._curve(beta, labels)
        for _ in range(_STEPS):
            step = np.linalg.solve(hessian, slope)
            descent = float(slope @ step)
            if descent < _CLOSE:
                # The last step squares what is left, and floats couldn't tell that it descends.
                beta = beta - step
                break
            size = 1.0
            for _ in range(_HALVINGS):
                if (
                    self._loss(beta - size * step, labels)
                    <= loss - _ENOUGH_DESCENT * size * descent
                ):
                    break
                size /= 2
            else:  # nothing left to gain that floats can tell
                break
            beta = beta - size * step
            loss, slope, hessian = self._curve(beta, labels)
        return replace(self, beta=beta, hessian=hessian)

    def judge(self, names: Sequence[str], features: Sequence[float]) -> Judgement:
        """The confidence with what it rests on, by the names of the features."""
        return Judgement(
            confidence=self.confidence(features),
            features=dict(zip(names, features, strict=True)),
            weights=dict(zip(names, self.beta.round(4).tolist(), strict=True)),
        )

    def confidence(self, features: Sequence[float]) -> float:
        """A probability in (0, 1) that the candidate is right."""
        x = np.asarray(features, dtype=np.float64)
        doubt = float(np.sqrt(x @ np.linalg.solve(self.hessian, x)))
        logit = float(self.beta @ x) - self.kappa * doubt
        return float(1.0 / (1.0 + np.exp(-np.clip(logit, -60, 60))))

    def _loss(self, beta: Matrix, labels: Labels) -> float:
        logits = labels.features @ beta
        away = beta - self.beta
        missed = np.logaddexp(0, logits) - labels.right * logits
        return float(labels.weight @ missed) + 0.5 * float(away @ self.hessian @ away)

    def _curve(self, beta: Matrix, labels: Labels) -> tuple[float, Matrix, Matrix]:
        """Loss, gradient and Hessian at `beta`."""
        x, weight = labels.features, labels.weight
        p = 1.0 / (1.0 + np.exp(-np.clip(x @ beta, -60, 60)))
        slope = x.T @ (weight * (p - labels.right)) + self.hessian @ (beta - self.beta)
        hessian = (x.T * (weight * p * (1 - p))) @ x + self.hessian
        return self._loss(beta, labels), slope, hessian


def due(*, labels: int, fitted_at: int, noticed: float = 0.0) -> bool:
    """Whether a fit made at `fitted_at` labels should be renewed at `labels`.

    `noticed` is the weight of the complaints since then: each stands for many errors, so five of
    them need not wait for twenty others.
    """
    return labels // REFIT_EVERY > fitted_at // REFIT_EVERY or noticed >= REFIT_EVERY
