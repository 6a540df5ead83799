"""Probabilistic LDA: how likely is it that a message belongs to an answer, or to a new one?

A message is its answer's point plus a wording of its own: e = mu + b + w with b ~ N(0, B) once an
answer and w ~ N(0, W) each time (Ioffe 2006, "Probabilistic linear discriminant analysis"). Both
covariances are learned from every message that a human filed, and begin as those of unit vectors
of which .4 of the variance tells answers apart. So a direction in which one answer's messages
vary anyway counts little, which no cosine can know.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
Matrix = NDArray[np.float64]

_WITHIN, _BETWEEN = 0.6, 0.4
_WITHIN_PSEUDO, _BETWEEN_PSEUDO, _MEAN_PSEUDO = 500, 50, 50
_FEW_ANSWERS = 5
_LEAST_RATIO = 1e-3
_FIRST_SOLVES = (20, 50)
_SOLVE_EVERY = 100


class Scatter:
    """Running statistics of filed messages: by answer their number and sum; all, how they vary.

    Answers are any integers. A message costs O(D^2). There is no forgetting: what is left after an
    answer is removed is `Scatter.of` the rest, exactly as if it had never been.
    """

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions
        self.messages = 0
        self.within: Matrix = np.zeros((dimensions, dimensions))
        self.total: Matrix = np.zeros(dimensions)
        self._rows: dict[int, int] = {}
        self._counts: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._sums: Matrix = np.zeros((0, dimensions))

    @classmethod
    def of(cls, answers: Iterable[int], vectors: NDArray[np.float32]) -> "Scatter":
        """The statistics of `vectors` (n, D), filed under `answers` in this order."""
        scatter = cls(vectors.shape[1])
        for answer, vector in zip(answers, vectors, strict=True):
            scatter.add(answer, vector)
        return scatter

    @property
    def answers(self) -> Sequence[int]:
        """The answers in the order in which they were met, which is that of all rows here."""
        return list(self._rows)

    @property
    def counts(self) -> NDArray[np.int64]:
        """(K,) messages by answer."""
        return self._counts[: len(self._rows)]

    @property
    def sums(self) -> Matrix:
        """(K, D) sums of the messages by answer."""
        return self._sums[: len(self._rows)]

    def row(self, answer: int) -> int | None:
        """None for an answer that nothing was filed under."""
        return self._rows.get(answer)

    def add(self, answer: int, vector: Vector) -> int:
        """Files one message; the row of its answer."""
        row = self._rows.setdefault(answer, len(self._rows))
        self._make_room(row)
        before = int(self._counts[row])
        exact = vector.astype(np.float64)
        if before:
            aside = exact - self._sums[row] / before
            self.within += np.outer(aside, aside * (before / (before + 1)))
        self._counts[row] += 1
        self._sums[row] += exact
        self.total += exact
        self.messages += 1
        return row

    def _make_room(self, row: int) -> None:
        if row < len(self._counts):
            return
        more = max(64, len(self._counts))
        self._counts = np.concatenate([self._counts, np.zeros(more, dtype=np.int64)])
        self._sums = np.concatenate([self._sums, np.zeros((more, self.dimensions))])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plda:
    """A solved model: in x = basis'(e - mean), W is the identity and B is diag(`ratios`).

    `mean` and `ratios` have shape (D,), `basis` (D, D). `learned` is how many messages it is of.
    """

    mean: Matrix
    basis: Matrix
    ratios: Matrix
    learned: int

    @classmethod
    def solve(cls, scatter: Scatter) -> "Plda":
        """Of an empty scatter this is the prior. Takes tens of milliseconds at D = 384."""
        mean = scatter.total / (_MEAN_PSEUDO + scatter.messages)
        within = _within(scatter)
        whitener = np.linalg.inv(np.linalg.cholesky(within))
        between = whitener @ _between(scatter, within, mean) @ whitener.T
        ratios, turned = np.linalg.eigh((between + between.T) / 2)
        return cls(
            mean=mean,
            basis=whitener.T @ turned,
            # What was subtracted for small answers can leave B indefinite.
            ratios=np.maximum(ratios, _LEAST_RATIO),
            learned=scatter.messages,
        )

    def project(self, vectors: NDArray[np.floating]) -> Matrix:
        """Coordinates (..., D) of unit vectors (..., D)."""
        projected: Matrix = (vectors - self.mean) @ self.basis
        return projected

    def log_likelihoods(self, scatter: Scatter, vector: Vector) -> tuple[Matrix, float]:
        """ln p(vector | its answer's messages) by row of `scatter`, and that of a new answer.

        Both lack the same constant. O(K D^2): to ask often, keep `Beliefs`.
        """
        return Beliefs(self, scatter).log_likelihoods(vector)


class Beliefs:
    """What a solved model makes of every answer so far, kept up to date a message at a time.

    With q = psi / (n psi + 1) and m = q * basis' sum(e - mu), the posterior of an answer's point
    is N(m, diag q), and L = -1/2 sum((x - m)^2 / (1 + q) + ln(1 + q)); for a new answer m = 0 and
    q = psi. The square is multiplied out, so that a question costs one product (K, D) x (D,).
    """

    def __init__(self, model: Plda, scatter: Scatter) -> None:
        self.model = model
        self._answers = len(scatter.counts)
        self._counts = scatter.counts.copy()
        pull, offset = self._posterior(self._counts, scatter.sums)
        self._pull: NDArray[np.float32] = pull.astype(np.float32)
        self._offset = offset

    def refresh(self, scatter: Scatter, answer: int) -> None:
        """Takes in that a message was added to `answer`. O(D^2).

        Raises KeyError when nothing was filed under it.
        """
        row = scatter.row(answer)
        if row is None:
            raise KeyError(answer)
        self._make_room(row)
        here = slice(row, row + 1)
        self._counts[here] = scatter.counts[here]
        self._pull[here], self._offset[here] = self._posterior(
            scatter.counts[here], scatter.sums[here]
        )

    def log_likelihoods(self, vector: Vector) -> tuple[Matrix, float]:
        """By row of the scatter, and that of a new answer."""
        x = self.model.project(vector)
        squares = x * x
        counts, level = np.unique(self._counts[: self._answers], return_inverse=True)
        spread = (1 / (1 + self._uncertainty(counts))) @ squares
        pulled = (self._pull[: self._answers] @ x.astype(np.float32)).astype(np.float64)
        known: Matrix = pulled - 0.5 * (spread[level] + self._offset[: self._answers])
        ratios = self.model.ratios
        new = -0.5 * float((squares / (1 + ratios) + np.log1p(ratios)).sum())
        return known, new

    def log_likelihood(self, vector: Vector, *, count: int, total: Matrix) -> float:
        """Of an answer that had `count` messages with the sum `total` (D,)."""
        x = self.model.project(vector)
        counts = np.array([count])
        pull, offset = self._posterior(counts, total[None])
        spread = (x * x / (1 + self._uncertainty(counts)[0])).sum()
        return float(pull[0] @ x - 0.5 * (spread + offset[0]))

    def _posterior(self, counts: NDArray[np.int64], sums: Matrix) -> tuple[Matrix, Matrix]:
        """m / (1 + q) of shape (k, D), and sum(m^2 / (1 + q) + ln(1 + q)) of shape (k,)."""
        q = self._uncertainty(counts)
        middle = q * ((sums - counts[:, None] * self.model.mean) @ self.model.basis)
        pull = middle / (1 + q)
        return pull, (middle * pull + np.log1p(q)).sum(axis=1)

    def _uncertainty(self, counts: NDArray[np.int64]) -> Matrix:
        q: Matrix = self.model.ratios / (counts[:, None] * self.model.ratios + 1)
        return q

    def _make_room(self, row: int) -> None:
        self._answers = max(self._answers, row + 1)
        if row < len(self._counts):
            return
        more = max(64, len(self._counts))
        self._counts = np.concatenate([self._counts, np.zeros(more, dtype=np.int64)])
        self._offset = np.concatenate([self._offset, np.zeros(more)])
        wider = np.zeros((more, len(self.model.mean)), dtype=np.float32)
        self._pull = np.concatenate([self._pull, wider])


def due(*, learned: int, messages: int) -> bool:
    """Whether a model of `learned` messages should be solved again at `messages`."""
    return milestone(messages) > milestone(learned)


def milestone(messages: int) -> int:
    """At how many messages the model in use at `messages` was due: 0, 20, 50, 100, 200, ..."""
    if messages >= _SOLVE_EVERY:
        return messages - messages % _SOLVE_EVERY
    return max((n for n in _FIRST_SOLVES if n <= messages), default=0)


def _within(scatter: Scatter) -> Matrix:
    d, k = scatter.dimensions, len(scatter.counts)
    prior = _WITHIN_PSEUDO * _WITHIN * np.eye(d) / d
    within: Matrix = (prior + scatter.within) / (_WITHIN_PSEUDO + scatter.messages - k)
    return within


def _between(scatter: Scatter, within: Matrix, mean: Matrix) -> Matrix:
    d, k = scatter.dimensions, len(scatter.counts)
    prior: Matrix = _BETWEEN * np.eye(d) / d
    if k <= _FEW_ANSWERS:
        return prior
    apart = scatter.sums / scatter.counts[:, None] - mean
    # Means of few messages lie apart by chance, too.
    seen = apart.T @ apart / k - within * float((1 / scatter.counts).mean())
    between: Matrix = (_BETWEEN_PSEUDO * prior + k * seen) / (_BETWEEN_PSEUDO + k)
    return between
