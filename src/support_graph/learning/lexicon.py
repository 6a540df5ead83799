"""BM25 over phrasings that takes one more phrasing, or one less, at any moment.

bm25s and its like index a whole corpus at once; the resolution store grows by a phrasing at every
human answer and the next message must already see it, so the postings here are growable arrays.
Formula: Robertson & Zaragoza (2009), with the idf that can't be negative.
"""

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

_K1 = 1.5
_B = 0.75
_WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


@dataclass(slots=True)
class _Postings:
    """The documents a word stands in, and how often."""

    documents: "array[int]" = field(default_factory=lambda: array("q"))
    counts: "array[int]" = field(default_factory=lambda: array("q"))


class Lexicon:
    """Texts under integer owners; removing marks, adding appends."""

    def __init__(self) -> None:
        self._postings: dict[str, _Postings] = defaultdict(_Postings)
        self._alive_in: Counter[str] = Counter()
        self._lengths: array[int] = array("q")
        self._owners: array[int] = array("q")
        self._live: bytearray = bytearray()
        self._texts: list[list[str]] = []
        self._total_length = 0

    def __len__(self) -> int:
        return sum(self._live)

    def add(self, owner: int, text: str) -> int:
        """The handle to remove it by."""
        handle = len(self._owners)
        terms = words(text)
        for word, count in Counter(terms).items():
            self._postings[word].documents.append(handle)
            self._postings[word].counts.append(count)
            self._alive_in[word] += 1
        self._owners.append(owner)
        self._lengths.append(len(terms))
        self._live.append(1)
        self._texts.append(terms)
        self._total_length += len(terms)
        return handle

    def remove(self, handle: int) -> None:
        if not self._live[handle]:
            return
        self._live[handle] = 0
        self._total_length -= self._lengths[handle]
        for word in set(self._texts[handle]):
            self._alive_in[word] -= 1
        self._texts[handle] = []

    def best(
        self, query: str, k: int, *, allowed: NDArray[np.bool_] | None = None
    ) -> Sequence[tuple[int, float]]:
        """(owner, score) of the `k` best texts that share a word, best first.

        `allowed` masks owners: shape (owners,), True where an owner may be found.
        """
        live = np.frombuffer(bytes(self._live), dtype=np.uint8)
        count = int(live.sum())
        if count == 0:
            return []
        owners = np.frombuffer(self._owners.tobytes(), dtype=np.int64)
        scores = self._scores(query, count) * live
        if allowed is not None:
            scores = scores * allowed[owners]
        top = np.argsort(-scores, kind="stable")[:k]
        return [(int(owners[i]), float(scores[i])) for i in top if scores[i] > 0]

    def _scores(self, query: str, count: int) -> NDArray[np.float64]:
        lengths = np.frombuffer(self._lengths.tobytes(), dtype=np.int64)
        mean = max(self._total_length / count, 1e-9)
        scores = np.zeros(len(lengths))
        for word in set(words(query)):
            postings = self._postings.get(word)
            if postings is None:
                continue
            documents = np.frombuffer(postings.documents.tobytes(), dtype=np.int64)
            counts = np.frombuffer(postings.counts.tobytes(), dtype=np.int64)
            within = self._alive_in[word]
            idf = np.log1p((count - within + 0.5) / (within + 0.5))
            norm = _K1 * (1 - _B + _B * lengths[documents] / mean)
            scores[documents] += idf * counts * (_K1 + 1) / (counts + norm)
        return scores
