"""What if? The memory as it would be if a teammate taught one thing more, for elections held on it.

Nothing is changed: the question is looked up as it would be afterwards, by the same votes. What
stays as it is, and would move a little in life: how rare each word is, and the model of
likelihoods, which is solved again at every hundredth message.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from support_graph.domain.evidence import PhrasingHit
from support_graph.domain.ids import PhrasingId, ResolutionId, new_id
from support_graph.domain.resolutions import Content, Resolution
from support_graph.learning.kinship import Kin
from support_graph.learning.memory import Answer, Memory, typicality
from support_graph.store.embeddings import Vector


class Voters(Protocol):
    """What an election is held on: a Memory, or one as it might be."""

    def row(self, resolution_id: ResolutionId) -> int | None: ...
    def centroid_cosines(self, vector: Vector, rows: Sequence[int]) -> dict[int, float]: ...
    def by_words(
        self, question: str, k: int, *, among: Collection[int]
    ) -> Sequence[tuple[int, float]]: ...
    def likelihoods(
        self, vector: Vector, rows: Collection[int]
    ) -> tuple[dict[int, float], float]: ...
    def kin(self, vector: Vector, rows: Collection[int]) -> Kin: ...
    def wordings(self, question: str, rows: Collection[int]) -> dict[int, float]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A question with what is needed to hold an election on it: the answers that hold, and the
    phrasings near it. `version` is that of the store."""

    question: str
    vector: Vector
    memory: Memory
    holding: Mapping[int, Answer]
    near: Sequence[PhrasingHit]
    version: int


SAID = PhrasingId(new_id())
"""Stands for the question as a phrasing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What would be taught about a question: it is answered `times` with the answer in `row`.

    `answer` is that answer as it would be then, `said` whether the question became one of its
    phrasings, `absorbed` another answer that becomes part of it.
    """

    row: int
    answer: Answer
    times: int
    said: bool
    absorbed: int | None = None

    @property
    def sources(self) -> tuple[int, ...]:
        return (self.row,) if self.absorbed is None else (self.row, self.absorbed)


class Supposed:
    """A memory after a lesson; asked like a Memory, by the question that the lesson is about."""

    def __init__(self, look: Look, lesson: Lesson) -> None:
        self._look = look
        self._lesson = lesson

    def answers(self) -> dict[int, Answer]:
        kept = {row: a for row, a in self._look.holding.items() if row != self._lesson.absorbed}
        return {**kept, self._lesson.row: self._lesson.answer}

    def near(self) -> list[PhrasingHit]:
        if not self._lesson.said:
            return list(self._look.near)
        said = PhrasingHit(
            phrasing_id=str(SAID),
            resolution_id=self._lesson.answer.resolution.id,
            similarity=1.0,
        )
        return [said, *self._look.near]

    def row(self, resolution_id: ResolutionId) -> int | None:
        if resolution_id == self._lesson.answer.resolution.id:
            return self._lesson.row
        return self._after(self._look.memory.row(resolution_id))

    def centroid_cosines(self, vector: Vector, rows: Sequence[int]) -> dict[int, float]:
        own = float(self._lesson.answer.centroid @ vector)
        others = self._look.memory.centroid_cosines(vector, self._others(rows))
        return {**others, self._lesson.row: own}

    def by_words(
        self, question: str, k: int, *, among: Collection[int]
    ) -> Sequence[tuple[int, float]]:
        found = self._look.memory.by_words(question, k, among=self._look.holding)
        scored = [(self._after(row), score) for row, score in found]
        if self._lesson.said:
            scored.append((self._lesson.row, self._look.memory.own_words(question)))
        kept = [(row, score) for row, score in scored if row is not None and row in among]
        return sorted(kept, key=lambda pair: -pair[1])[:k]

    def likelihoods(self, vector: Vector, rows: Collection[int]) -> tuple[dict[int, float], float]:
        known, new = self._look.memory.likelihoods(vector, self._others(rows))
        own = self._look.memory.supposed_likelihood(
            vector, self._lesson.sources, more=self._lesson.times
        )
        return {**known, self._lesson.row: own}, new

    def kin(self, vector: Vector, rows: Collection[int]) -> Kin:
        """Each time the question is answered anew, it is filed, as near to itself as can be."""
        known = self._look.memory.kin(vector, self._look.holding)
        own = [(self._lesson.row, 1.0)] * self._lesson.times
        nearest = [(self._after(row), near) for row, near in known.nearest]
        best: dict[int, float] = {}
        for row, near in [*known.best.items(), *own]:
            after = self._after(row)
            if after is not None and after in rows:
                best[after] = max(near, best.get(after, -1.0))
        kept = [(row, near) for row, near in nearest if row is not None and row in rows]
        return Kin(nearest=[*own, *kept], best=best)

    def wordings(self, question: str, rows: Collection[int]) -> dict[int, float]:
        known = self._look.memory.wordings(question, self._others(rows))
        own = self._look.memory.supposed_wording(
            question, self._lesson.sources, more=self._lesson.times
        )
        return {**known, self._lesson.row: own}

    def _others(self, rows: Collection[int]) -> list[int]:
        return [row for row in rows if row != self._lesson.row]

    def _after(self, row: int | None) -> int | None:
        joined = row is not None and row == self._lesson.absorbed
        return self._lesson.row if joined else row


def phrased(
    resolution: Resolution, vectors: NDArray[np.float32], ids: Collection[PhrasingId]
) -> Answer:
    """The answer with phrasings of these vectors (n, D), in the order in which they came."""
    total = vectors.sum(axis=0)
    mean, sd = typicality(vectors)
    return Answer(
        resolution=resolution,
        centroid=(total / np.linalg.norm(total)).astype(np.float32),
        typical_mean=mean,
        typical_sd=sd,
        phrasings=frozenset(ids),
    )


def unwritten() -> Resolution:
    """An answer that nobody has given yet."""
    never = datetime.min.replace(tzinfo=UTC)
    return Resolution(
        id=ResolutionId(new_id()),
        revision=1,
        content=Content(answer="", phrasings=()),
        intent=None,
        provenance={},
        ok=0.0,
        bad=0.0,
        duplicate_of=None,
        store_version=0,
        created_at=never,
        updated_at=never,
    )
