"""Which answer do the phrasings vote for? Three votes and their mixture.

V: the ten nearest phrasings; B: the ten best by words; C: the centroids of all answers. Each is a
softmax, summed by answer, and P = .4 V + .2 B + .4 C.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_VOTERS = 10
_NEAR_TEMPERATURE = 0.05
_WORD_TEMPERATURE = 2.0
_CENTROID_TEMPERATURE = 0.04
_NEAR, _WORD, _CENTROID = 0.4, 0.2, 0.4

Votes = dict[int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """What the candidates were judged on; answers are rows of the memory."""

    near: Votes
    word: Votes
    share: Votes
    candidate: int


def softmax(scores: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    weights = np.exp((scores - scores.max()) / temperature)
    normalised: NDArray[np.float64] = weights / weights.sum()
    return normalised


def count(
    *,
    near: Sequence[tuple[int, float]],
    word: Sequence[tuple[int, float]],
    centroids: Mapping[int, float],
) -> Ballot | None:
    """None when there is no answer to vote for.

    `near` and `word` are (answer, score) of single phrasings, best first; `centroids` is the
    cosine of every answer's centroid.
    """
    if not centroids or not near:
        return None
    v = _by_answer(near[:_VOTERS], _NEAR_TEMPERATURE)
    b = _by_answer(word[:_VOTERS], _WORD_TEMPERATURE)
    c = _by_answer(list(centroids.items()), _CENTROID_TEMPERATURE)
    share = {
        answer: _NEAR * v.get(answer, 0.0) + _WORD * b.get(answer, 0.0) + _CENTROID * part
        for answer, part in c.items()
    }
    candidate = max(share, key=lambda answer: (share[answer], -answer))
    return Ballot(near=v, word=b, share=share, candidate=candidate)


def _by_answer(scored: Sequence[tuple[int, float]], temperature: float) -> Votes:
    if not scored:
        return {}
    weights = softmax(np.array([score for _, score in scored]), temperature)
    votes: Votes = {}
    for (answer, _), weight in zip(scored, weights.tolist(), strict=True):
        votes[answer] = votes.get(answer, 0.0) + weight
    return votes
