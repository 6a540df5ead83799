"""How familiar a question is: likelihoods by answer, learned from all messages that humans handled.

An answer is known by the messages that were filed under it; one that nothing was filed under yet,
because it was written by hand, by its phrasings. The model is a function of those messages and
their order alone, so every process arrives at the same one.
"""

from collections.abc import Collection, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from support_graph.domain.ids import TurnId
from support_graph.learning.kinship import Kinship
from support_graph.learning.plda import Beliefs, Plda, Scatter, due, milestone
from support_graph.store.embeddings import Vector

Matrix = NDArray[np.float32]


class Familiarity:
    """One workspace's. Answers are rows of its memory; `settle` must follow every change."""

    def __init__(self, dimensions: int) -> None:
        self._dimensions = dimensions
        self._filed: dict[TurnId, tuple[int | None, Vector]] = {}
        self._known: set[int] = set()
        self._apart: Matrix | None = None
        self._phrased: dict[int, Matrix] = {}
        self._usable: set[int] = set()
        # Since it was settled: what was filed, in that order, and the phrasings of answers that
        # nothing was filed under.
        self._arrived: list[tuple[int, Vector]] = []
        self._worded: list[tuple[int, Vector]] = []
        self._settled: set[int] = set()
        self._stale = False
        self._scatter = Scatter(dimensions)
        self._beliefs = Beliefs(_prior(dimensions), self._scatter)
        self._kinship = Kinship(self._beliefs.model)

    def file(self, turn_id: TurnId, row: int | None, vector: Vector) -> None:
        """A human answered this with the answer in `row`; None: with none that was to be learned.

        Filing a turn again moves it, or does nothing.
        """
        known = self._filed.get(turn_id)
        if known is not None and known[0] == row:
            return
        if known is not None or (row is not None and row in self._phrased):
            self._stale = True
        self._filed[turn_id] = (row, vector)
        self._apart = None
        if row is not None:
            self._known.add(row)
            self._phrased.pop(row, None)
            self._arrived.append((row, vector))

    def use(self, row: int, phrasings: Matrix) -> None:
        """The answer is in use; it has these phrasings (n, D)."""
        known = row in self._known
        if row not in self._usable:
            self._usable.add(row)
            # What was filed under it before was left out.
            self._stale |= row in self._settled
        if known:
            return
        old = self._phrased.get(row)
        if old is None:
            self._worded.extend((row, vector) for vector in phrasings)
        elif old.shape != phrasings.shape or not np.array_equal(old, phrasings):
            self._stale = True
        self._phrased[row] = phrasings

    def drop(self, row: int) -> None:
        """The answer is not in use any more, and leaves no trace."""
        if row in self._usable:
            self._usable.discard(row)
            self._phrased.pop(row, None)
            self._stale = True

    @property
    def solves(self) -> bool:
        """Whether to settle now takes tens of milliseconds, since the model is solved again."""
        messages = self._scatter.messages + len(self._fresh())
        return self._stale or due(learned=self._beliefs.model.learned, messages=messages)

    def settle(self) -> None:
        """Takes in what changed."""
        if self._stale:
            self._rebuild()
        else:
            self._take_in(self._fresh())
        self._arrived.clear()
        self._worded.clear()
        self._settled |= self._known
        self._stale = False

    def likelihoods(self, vector: Vector, rows: Collection[int]) -> tuple[dict[int, float], float]:
        """Log-likelihoods by row, and that of a new answer."""
        known, new = self._beliefs.log_likelihoods(vector)
        places = {row: self._scatter.row(row) for row in rows}
        return (
            {row: new if at is None else float(known[at]) for row, at in places.items()},
            new,
        )

    def supposed(self, vector: Vector, rows: Collection[int], *, more: int) -> float:
        """The log-likelihood of an answer that had the messages of `rows`, and `more` times this
        very one."""
        count = more
        total: NDArray[np.float64] = more * vector.astype(np.float64)
        for at in (self._scatter.row(row) for row in rows):
            if at is not None:
                count += int(self._scatter.counts[at])
                total = total + self._scatter.sums[at]
        return self._beliefs.log_likelihood(vector, count=count, total=total)

    def kin(self, vector: Vector, rows: Collection[int]) -> tuple[NDArray[np.int64], Matrix]:
        """The rows of all messages filed under one of `rows` (n,), and how near each is (n,)."""
        owners, near = self._kinship.of(vector)
        among = np.isin(owners, np.fromiter(rows, dtype=np.int64, count=len(rows)))
        return owners[among], near[among]

    def unfiled(self, vector: Vector) -> float:
        """The largest cosine of a message that was answered with nothing to be learned; or 0."""
        if self._apart is None:
            apart = [message for row, message in self._filed.values() if row is None]
            self._apart = np.stack([*apart, np.zeros(self._dimensions, dtype=np.float32)])
        return float((self._apart @ vector).max())

    def _fresh(self) -> Sequence[tuple[int, Vector]]:
        return [one for one in (*self._arrived, *self._worded) if one[0] in self._usable]

    def _messages(self) -> Sequence[tuple[int, Vector]]:
        filed = [(row, v) for row, v in self._filed.values() if row in self._usable]
        phrased = [(row, v) for row, vectors in self._phrased.items() for v in vectors]
        return [(row, v) for row, v in (*filed, *phrased) if row is not None]

    def _rebuild(self) -> None:
        self._scatter = Scatter(self._dimensions)
        self._beliefs = Beliefs(_prior(self._dimensions), self._scatter)
        self._kinship = Kinship(self._beliefs.model)
        self._take_in(self._messages())

    def _take_in(self, messages: Sequence[tuple[int, Vector]]) -> None:
        """In their order. Of many at once only the last model that is due is solved: it follows
        from the messages, and not from the models before it."""
        solved = milestone(self._scatter.messages + len(messages))
        for row, vector in messages:
            self._scatter.add(row, vector)
            self._kinship.add(row, vector)
            if self._scatter.messages < solved:
                continue
            if due(learned=self._beliefs.model.learned, messages=self._scatter.messages):
                self._solve()
            else:
                self._beliefs.refresh(self._scatter, row)

    def _solve(self) -> None:
        self._beliefs = Beliefs(Plda.solve(self._scatter), self._scatter)
        self._kinship = self._kinship.under(self._beliefs.model)


@cache
def _prior(dimensions: int) -> Plda:
    """The model of no messages."""
    return Plda.solve(Scatter(dimensions))
