"""Which answer do the phrasings vote for? Three votes, a model and kin beside them, mixed.

V: the ten nearest phrasings; B: the ten best by words; C: the centroids of all answers. Each is a
softmax, summed by answer, and P = .4 V + .2 B + .4 C. Where the likelihoods of plda.py are given,
L is their softmax, and P = .5 (.4 V + .2 B + .4 C) + .5 L. Where the nearest kin of kinship.py are
given, K is their softmax, and they have .45 of the votes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_VOTERS = 10
_NEAR_TEMPERATURE = 0.05
_WORD_TEMPERATURE = 2.0
_CENTROID_TEMPERATURE = 0.04
_LIKELY_TEMPERATURE = 7.0
_NEAR, _WORD, _CENTROID = 0.4, 0.2, 0.4
_LIKELY = 0.5
_KIN_TEMPERATURE = 0.07
_KIN = 0.45

Votes = dict[int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """What the candidates were judged on; answers are rows of the memory.

    `likely` and `kin` are empty where none were given.
    """

    near: Votes
    word: Votes
    centroid: Votes
    likely: Votes
    kin: Votes
    share: Votes
    candidate: int

    @property
    def runner_up(self) -> int | None:
        """Who would be elected without the candidate."""
        return first(self.share, but=self.candidate)

    def parts(self, answer: int) -> dict[str, float]:
        """What the answer's share is made of, by the votes' names; they add up to it."""
        phrasings, model = _halves(self.likely)
        others = 1 - _KIN if self.kin else 1.0
        return {
            "near": others * phrasings * _NEAR * self.near.get(answer, 0.0),
            "words": others * phrasings * _WORD * self.word.get(answer, 0.0),
            "centroid": others * phrasings * _CENTROID * self.centroid.get(answer, 0.0),
            "likelihood": others * model * self.likely.get(answer, 0.0),
            "kin": (1 - others) * self.kin.get(answer, 0.0),
        }

    @property
    def agreement(self) -> int:
        """How many of the votes elect the candidate by themselves: 0 to 4."""
        votes = (self.near, self.word, self.centroid, self.likely)
        return sum(first(vote) == self.candidate for vote in votes)

    @property
    def entropy(self) -> float:
        """Of the shares, in nats: 0 when all vote for one, ln K when nobody knows."""
        shares = np.fromiter(self.share.values(), dtype=np.float64, count=len(self.share))
        shares = shares[shares > 0]
        # Words that elect nobody leave a fifth of the votes uncast, so they need not add up.
        return max(0.0, -float(shares @ np.log(shares)))


def softmax(scores: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    weights = np.exp((scores - scores.max()) / temperature)
    normalised: NDArray[np.float64] = weights / weights.sum()
    return normalised


def count(
    *,
    near: Sequence[tuple[int, float]],
    word: Sequence[tuple[int, float]],
    centroids: Mapping[int, float],
    likelihoods: Mapping[int, float] | None = None,
    kin: Sequence[tuple[int, float]] = (),
) -> Ballot | None:
    """None when there is no answer to vote for.

    `near` and `word` are (answer, score) of single phrasings, best first, and `kin` of single
    messages; `centroids` is the cosine of every answer's centroid, and `likelihoods` the
    log-likelihood of the same answers.
    """
    if not centroids or not near:
        return None
    v = _by_answer(near[:_VOTERS], _NEAR_TEMPERATURE)
    b = _by_answer(word[:_VOTERS], _WORD_TEMPERATURE)
    c = _by_answer(centroids.items(), _CENTROID_TEMPERATURE)
    likely = _by_answer((likelihoods or {}).items(), _LIKELY_TEMPERATURE)
    k = _by_answer(kin[:_VOTERS], _KIN_TEMPERATURE)
    phrasings, model = _halves(likely)
    others = 1 - _KIN if k else 1.0
    share = {
        answer: others
        * (
            phrasings * (_NEAR * v.get(answer, 0.0) + _WORD * b.get(answer, 0.0) + _CENTROID * part)
            + model * likely.get(answer, 0.0)
        )
        + (1 - others) * k.get(answer, 0.0)
        for answer, part in c.items()
    }
    candidate = first(share)
    assert candidate is not None
    return Ballot(
        near=v, word=b, centroid=c, likely=likely, kin=k, share=share, candidate=candidate
    )


def first(votes: Votes, *, but: int | None = None) -> int | None:
    """The answer with the most votes, the older one of equals; `but` doesn't stand."""
    best = max((part for answer, part in votes.items() if answer != but), default=None)
    return min(
        (answer for answer, part in votes.items() if part == best and answer != but), default=None
    )


def _halves(likely: Votes) -> tuple[float, float]:
    """What the votes of the phrasings count, and what the likelihoods do."""
    return (1 - _LIKELY, _LIKELY) if likely else (1.0, 0.0)


def _by_answer(scored: Iterable[tuple[int, float]], temperature: float) -> Votes:
    pairs = list(scored)
    if not pairs:
        return {}
    weights = softmax(np.array([score for _, score in pairs]), temperature)
    votes: Votes = {}
    for (answer, _), weight in zip(pairs, weights.tolist(), strict=True):
        votes[answer] = votes.get(answer, 0.0) + weight
    return votes
