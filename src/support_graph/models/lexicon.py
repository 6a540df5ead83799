"""The lexical index of a workspace's texts, in memory: BM25 over a growing inverted index.

BM25 as Lucene computes it (idf = ln(1 + (N - n + ½)/(n + ½)), k1 = 1.5, b = .75), from the counts
of the moment: a text added a second ago is weighed like all others and a removed one leaves no
trace, which a frozen index with a small one beside it can't do. It is given as a share of the most
that any text could reach, so that scores of different questions can be compared.
benchmarks/lexical_engines.py compares it with bm25s and with Postgres full text.
"""

import math
import threading
from array import array
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from support_graph.models.words import stems

Id = TypeVar("Id", bound=Hashable)

K1: Final = 1.5
B: Final = 0.75


@dataclass(frozen=True, slots=True)
class _Postings:
    """Where a term stands: rows, and how often in each. Arrays grow cheaply at their end."""

    rows: "array[int]" = field(default_factory=lambda: array("i"))
    counts: "array[float]" = field(default_factory=lambda: array("f"))


_NOWHERE: Final = _Postings()


class Lexicon(Generic[Id]):
    """BM25 over texts that come and go. Methods may be called from any thread.

    A search takes 0.1 ms at 6k passages and 0.4 ms at 100k, so it may run anywhere; `build` reads
    some 12,000 passages a second and belongs into a thread.
    """

    def __init__(self, *, terms: Callable[[str], list[str]] = stems) -> None:
        """`terms` are what a text is indexed and asked by."""
        self._terms = terms
        self._postings: dict[str, _Postings] = {}
        self._lengths: array[float] = array("f")
        self._ids: list[Id] = []
        self._rows: dict[Id, int] = {}
        self._lock = threading.Lock()

    @classmethod
    def build(cls, ids: Sequence[Id], texts: Sequence[str]) -> "Lexicon[Id]":
        """An index of `texts`."""
        lexicon = cls()
        lexicon.add(ids, texts)
        return lexicon

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, ids: Sequence[Id], texts: Sequence[str]) -> None:
        """Index texts, in place of those that had the same ids."""
        for text_id, text in zip(ids, texts, strict=True):
            counts = Counter(self._terms(text))
            with self._lock:
                self._forget(text_id)
                self._append(text_id, counts)

    def remove(self, ids: Iterable[Id]) -> None:
        """Forget texts; unknown ids are none of its business."""
        with self._lock:
            for text_id in ids:
                self._forget(text_id)
            if len(self._ids) > 2 * len(self._rows):
                self._compact()

    def search(self, query: str, k: int) -> list[tuple[Id, float]]:
        """The k best texts that share a word with `query`, with their shares (0-1) of the BM25
        that is possible, best first; equal ones in the order of indexing."""
        with self._lock:
            scores = self._shares(query)
            best = _top(scores, k)
            return [(self._ids[row], float(scores[row])) for row in best]

    def scores(self, query: str, ids: Sequence[Id]) -> list[float]:
        """The shares of given texts; 0 for those not indexed."""
        with self._lock:
            scores = self._shares(query)
            rows = [self._rows.get(text_id) for text_id in ids]
            return [0.0 if row is None else float(scores[row]) for row in rows]

    def ceiling(self, query: str) -> float:
        """What BM25 can't exceed for `query`: a share times this is the usual score."""
        with self._lock:
            lengths = np.frombuffer(self._lengths, dtype=np.float32)
            return (K1 + 1) * sum(
                weight * self._idf(int(np.count_nonzero(lengths[self._standing(term)[0]])))
                for term, weight in Counter(self._terms(query)).items()
            )

    def own(self, query: str) -> float:
        """The BM25 that a text with just the words of `query` would have, were it here too."""
        with self._lock:
            counts = Counter(self._terms(query))
            lengths = np.frombuffer(self._lengths, dtype=np.float32)
            length, texts = max(counts.total(), 1), len(self._rows) + 1
            mean = (float(lengths.sum()) + length) / texts
            norm = K1 * (1 - B + B * length / mean)
            found = {t: int(np.count_nonzero(lengths[self._standing(t)[0]])) + 1 for t in counts}
            return (K1 + 1) * sum(
                n * math.log(1 + (texts - found[t] + 0.5) / (found[t] + 0.5)) * n / (n + norm)
                for t, n in counts.items()
            )

    def rarity(self, term: str) -> float:
        """The idf of a stem: 0.3 where most texts have it, about 9 for a single one in 6k."""
        with self._lock:
            lengths = np.frombuffer(self._lengths, dtype=np.float32)
            return self._idf(int(np.count_nonzero(lengths[self._standing(term)[0]])))

    def _shares(self, query: str) -> NDArray[np.float32]:
        scores = np.zeros(len(self._ids), dtype=np.float32)
        if not self._rows:
            return scores
        lengths = np.frombuffer(self._lengths, dtype=np.float32)
        mean = float(lengths.sum()) / len(self._rows)
        possible = 0.0
        for term, weight in Counter(self._terms(query)).items():
            rows, counts = self._standing(term)
            # A forgotten row has length 0 until it is compacted away.
            spans = lengths[rows]
            idf = weight * self._idf(int(np.count_nonzero(spans)))
            possible += idf
            saturation = counts + K1 * (1 - B + B * spans / mean)
            scores[rows] += idf * counts / saturation
        scores[lengths == 0] = 0
        return scores / np.float32(possible or 1)

    def _standing(self, term: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Rows and counts of a term, as views that must be gone before the arrays grow."""
        postings = self._postings.get(term, _NOWHERE)
        return (
            np.frombuffer(postings.rows, dtype=np.int32),
            np.frombuffer(postings.counts, dtype=np.float32),
        )

    def _idf(self, found: int) -> float:
        return math.log(1 + (len(self._rows) - found + 0.5) / (found + 0.5))

    def _append(self, text_id: Id, counts: Counter[str]) -> None:
        row = len(self._ids)
        self._ids.append(text_id)
        self._rows[text_id] = row
        self._lengths.append(max(counts.total(), 1))
        for term, count in counts.items():
            postings = self._postings.setdefault(term, _Postings())
            postings.rows.append(row)
            postings.counts.append(count)

    def _forget(self, text_id: Id) -> None:
        row = self._rows.pop(text_id, None)
        if row is not None:
            self._lengths[row] = 0

    def _compact(self) -> None:
        """Drop the rows of forgotten texts; the others keep their order."""
        alive = np.frombuffer(self._lengths, dtype=np.float32) > 0
        renumbered = np.cumsum(alive) - 1
        for term in list(self._postings):
            rows, counts = self._standing(term)
            kept = alive[rows]
            moved = renumbered[rows][kept].astype(np.int32)
            if len(moved):
                self._postings[term] = _Postings(
                    array("i", moved.tobytes()), array("f", counts[kept].tobytes())
                )
            else:
                del self._postings[term]
        self._ids = [self._ids[row] for row in np.flatnonzero(alive)]
        self._lengths = array("f", np.frombuffer(self._lengths, dtype=np.float32)[alive].tobytes())
        self._rows = {text_id: row for row, text_id in enumerate(self._ids)}


def _top(scores: NDArray[np.float32], k: int) -> NDArray[np.intp]:
    """The rows of the k best positive scores, best first."""
    found = np.flatnonzero(scores > 0)
    if len(found) > k:
        found = found[np.argpartition(-scores[found], k - 1)[:k]]
    best: NDArray[np.intp] = found[np.lexsort((found, -scores[found]))]
    return best
