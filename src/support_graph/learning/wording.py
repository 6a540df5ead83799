"""In which words answers were asked for: naive Bayes over words and pairs of neighbouring words.

The questions of an answer are a bag of terms, drawn with frequencies of its own, or of everybody's
where it has few (Dirichlet smoothing: Zhai and Lafferty 2001, "A study of smoothing methods for
language models"). A question speaks for an answer as far as its terms are likelier there:

    sum over its terms of ln((n + mu b) / ((N + mu) b))

with n of the answer's N terms, and b the share of the term among everybody's. Vectors know what a
question is about, and these know how the customers of one company put it; so both say more than
either. What is counted are the messages that humans answered, those that the assistant answered as
far as they count as right, and phrasings that were no message.
"""

import math
import threading
from array import array
from collections import Counter, OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from support_graph.domain.ids import TurnId
from support_graph.models.words import words

_SMOOTHING: Final = 2.0
"""mu, in terms."""

ANSWERED_KEPT: Final = 20_000
"""The latest messages that the assistant answered; some ten megabytes."""


@dataclass(slots=True)
class _Term:
    """Which answers have it, and how often; `everywhere` it stands, one-offs included."""

    rows: "array[int]" = field(default_factory=lambda: array("i"))
    counts: "array[float]" = field(default_factory=lambda: array("f"))
    places: dict[int, int] = field(default_factory=dict)
    everywhere: int = 0

    def of(self, row: int) -> float:
        """How often the answer has it."""
        place = self.places.get(row)
        return 0.0 if place is None else self.counts[place]

    def count(self, row: int | None, more: int) -> None:
        self.everywhere += more
        if row is None:
            return
        place = self.places.get(row)
        if place is None:
            self.places[row] = len(self.rows)
            self.rows.append(row)
            self.counts.append(more)
        else:
            self.counts[place] += more


@dataclass(slots=True)
class _Answer:
    """The texts of one answer, whether or not it is in use: messages by how often they came, and
    phrasings."""

    asked: Counter[str] = field(default_factory=Counter)
    phrased: frozenset[str] = frozenset()
    used: bool = False

    def texts(self) -> list[str]:
        """A phrasing that was a message is counted as a message."""
        return [*self.asked.elements(), *self.phrased_alone(self.phrased)]

    def phrased_alone(self, phrasings: Collection[str]) -> list[str]:
        return [text for text in phrasings if not self.asked[text]]

    def stands_already(self, text: str) -> bool:
        """As a phrasing of its own, which a message with the same words stands in for."""
        return text in self.phrased and not self.asked[text]


class Wordings:
    """One workspace's; answers are rows of its memory. It is a function of what it holds, in any
    order, but for the latest answered ones. Methods may be called from any thread."""

    def __init__(self, *, answered_kept: int = ANSWERED_KEPT) -> None:
        self._answered_kept = answered_kept
        self._terms: dict[str, _Term] = {}
        self._lengths: array[float] = array("f")
        self._everywhere = 0
        self._answers: dict[int, _Answer] = {}
        self._messages: dict[TurnId, tuple[int | None, str]] = {}
        self._answered: OrderedDict[TurnId, None] = OrderedDict()
        self._lock = threading.Lock()

    def file(self, turn_id: TurnId, row: int | None, text: str) -> None:
        """A human answered this with the answer in `row`; None: with none that was to be learned.

        Filing a turn again moves it.
        """
        with self._lock:
            self._take_out(turn_id)
            self._put(turn_id, row, text)

    def answer(self, turn_id: TurnId, row: int | None, text: str) -> None:
        """The assistant answered this with the answer in `row`, rightly; None: not so, after all.

        The oldest of more than `answered_kept` make room.
        """
        with self._lock:
            self._take_out(turn_id)
            if row is None:
                return
            self._put(turn_id, row, text)
            self._answered[turn_id] = None
            if len(self._answered) > self._answered_kept:
                self._take_out(next(iter(self._answered)))

    def use(self, row: int, phrasings: Iterable[str]) -> None:
        """The answer is in use; it has these phrasings."""
        with self._lock:
            answer = self._answers.setdefault(row, _Answer())
            old, answer.phrased = answer.phrased, frozenset(phrasings)
            if answer.used:
                self._count_all(row, answer.phrased_alone(old - answer.phrased), -1)
                self._count_all(row, answer.phrased_alone(answer.phrased - old), 1)
            else:
                answer.used = True
                self._count_all(row, answer.texts(), 1)

    def drop(self, row: int) -> None:
        """The answer is not in use any more, and counts for nothing."""
        with self._lock:
            answer = self._answers.get(row)
            if answer is not None and answer.used:
                answer.used = False
                self._count_all(row, answer.texts(), -1)

    def scores(self, question: str, rows: Collection[int]) -> dict[int, float]:
        """How much likelier the question's words are with each answer than with everybody, as a
        logarithm."""
        with self._lock:
            found = self._scores(question, max(rows, default=-1) + 1)
            return {row: float(found[row]) for row in rows}

    def _scores(self, question: str, wide: int) -> NDArray[np.float64]:
        known = self._known(question)
        scores = np.zeros(wide)
        for term, times in known.items():
            having, counts = _arrays(self._terms[term])
            here = having < wide
            rare = _SMOOTHING * self._terms[term].everywhere / self._everywhere
            scores[having[here]] += times * np.log1p(counts[here] / rare)
        lengths = np.frombuffer(self._lengths, dtype=np.float32)[:wide]
        scores[: len(lengths)] += known.total() * np.log(_SMOOTHING / (lengths + _SMOOTHING))
        return scores

    def supposed(self, question: str, rows: Collection[int], *, more: int) -> float:
        """The score of an answer that had the messages of `rows`, and `more` times this one."""
        with self._lock:
            asked = Counter(terms(question))
            known = asked if more else self._known(question)
            length = float(more * asked.total())
            everywhere = self._everywhere + length
            length += sum(self._lengths[row] for row in rows if 0 <= row < len(self._lengths))
            score = known.total() * math.log(_SMOOTHING / (length + _SMOOTHING))
            for term, times in known.items():
                had = self._terms.get(term, _Term())
                count = more * times + sum(had.of(row) for row in rows)
                rare = _SMOOTHING * (had.everywhere + more * times) / everywhere
                score += times * math.log1p(count / rare)
            return score

    def _known(self, question: str) -> Counter[str]:
        """The question's terms that anybody ever used."""
        found = Counter(terms(question))
        return Counter({t: n for t, n in found.items() if t in self._terms})

    def _put(self, turn_id: TurnId, row: int | None, text: str) -> None:
        self._messages[turn_id] = row, text
        if row is None:
            self._count(None, text, 1)
            return
        answer = self._answers.setdefault(row, _Answer())
        if answer.used and not answer.stands_already(text):
            self._count(row, text, 1)
        answer.asked[text] += 1

    def _take_out(self, turn_id: TurnId) -> None:
        if turn_id not in self._messages:
            return
        self._answered.pop(turn_id, None)
        row, text = self._messages.pop(turn_id)
        if row is None:
            self._count(None, text, -1)
            return
        answer = self._answers[row]
        answer.asked[text] -= 1
        if not answer.asked[text]:
            del answer.asked[text]
        if answer.used and not answer.stands_already(text):
            self._count(row, text, -1)

    def _count_all(self, row: int, texts: Iterable[str], more: int) -> None:
        for text in texts:
            self._count(row, text, more)

    def _count(self, row: int | None, text: str, more: int) -> None:
        found = Counter(terms(text))
        for term, times in found.items():
            known = self._terms.setdefault(term, _Term())
            known.count(row, more * times)
            if not known.everywhere:
                del self._terms[term]
        self._everywhere += more * found.total()
        if row is not None:
            self._lengths.extend([0.0] * (row + 1 - len(self._lengths)))
            self._lengths[row] += more * found.total()


def terms(text: str) -> list[str]:
    """The words of a text, and the pairs of neighbouring ones."""
    found = words(text)
    return [*found, *(f"{one} {other}" for one, other in pairwise(found))]


def _arrays(term: _Term) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Views that must be gone before the term is counted again."""
    return np.frombuffer(term.rows, dtype=np.int32), np.frombuffer(term.counts, dtype=np.float32)
