"""A question's kin: the filed messages that are nearest where answers differ.

In the coordinates of plda.py, x = basis'(e - mean), a direction tells answers apart to the share
psi / (1 + psi); each is scaled by the root of that, and what is left is a cosine. Unlike a centroid
or a likelihood, which see an answer as one cloud, kin see the corner of it that a question is in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from support_graph.learning.plda import Plda, Vector

_ROOM = 256
_NEAREST = 10

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """Whose messages are near: `nearest` are (answer, nearness) of the ten nearest, best first, and
    `best` is the nearest one of every answer that has any."""

    nearest: Sequence[tuple[int, float]]
    best: Mapping[int, float]

    @classmethod
    def of(cls, owners: NDArray[np.int64], near: Matrix) -> "Kin":
        """Of messages with these owners (n,), this near (n,)."""
        best = np.full(int(owners.max(initial=-1)) + 1, -np.inf, dtype=np.float32)
        np.maximum.at(best, owners, near)
        known = np.flatnonzero(best > -np.inf)
        few = min(_NEAREST, len(near))
        ten = np.argpartition(-near, few - 1)[:few] if few else np.zeros(0, dtype=np.int64)
        ten = ten[np.argsort(-near[ten], kind="stable")]
        nearest = list(zip(owners[ten].tolist(), near[ten].tolist(), strict=True))
        return cls(
            nearest=nearest, best=dict(zip(known.tolist(), best[known].tolist(), strict=True))
        )

    def rival(self, candidate: int) -> float | None:
        """How near the nearest message of another answer is."""
        return max(
            (near for answer, near in self.best.items() if answer != candidate), default=None
        )


class Kinship:
    """Messages in the space of one model, in the order in which they were added."""

    def __init__(self, model: Plda) -> None:
        scale = np.sqrt(model.ratios / (1 + model.ratios))
        self._basis: Matrix = (model.basis * scale).astype(np.float32)
        self._mean: Matrix = model.mean.astype(np.float32)
        self._count = 0
        self._places: Matrix = np.zeros((_ROOM, len(scale)), dtype=np.float32)
        self._owners: NDArray[np.int64] = np.zeros(_ROOM, dtype=np.int64)
        self._vectors: Matrix = np.zeros_like(self._places)

    def under(self, model: Plda) -> "Kinship":
        """The same messages in the space of another model."""
        moved = Kinship(model)
        moved._count = self._count
        moved._owners, moved._vectors = self._owners, self._vectors
        moved._places = np.zeros_like(self._vectors)
        moved._places[: self._count] = moved._placed(self._vectors[: self._count])
        return moved

    def add(self, answer: int, vector: Vector) -> None:
        if self._count == len(self._owners):
            self._owners = np.concatenate([self._owners, np.zeros_like(self._owners)])
            self._vectors = np.concatenate([self._vectors, np.zeros_like(self._vectors)])
            self._places = np.concatenate([self._places, np.zeros_like(self._places)])
        self._owners[self._count] = answer
        self._vectors[self._count] = vector
        self._places[self._count] = self._placed(vector[None])[0]
        self._count += 1

    def of(self, vector: Vector) -> tuple[NDArray[np.int64], Matrix]:
        """The answers of all messages (n,), and how near each is, in -1 to 1 (n,)."""
        place = self._placed(vector[None])[0]
        return self._owners[: self._count], self._places[: self._count] @ place

    def _placed(self, vectors: Matrix) -> Matrix:
        places = (vectors - self._mean) @ self._basis
        lengths = np.linalg.norm(places, axis=1, keepdims=True).astype(np.float32)
        # A message at the mean is nobody's kin.
        near: Matrix = places / np.maximum(lengths, np.finfo(np.float32).tiny)
        return near
