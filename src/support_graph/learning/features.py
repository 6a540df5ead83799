"""Ten features of the best candidate: what tells a right answer from a near miss.

Each is scaled to a few units and clipped to ±4, so that one of them can't outvote the rest. The
reference, with what each brought, is docs/evaluation.md.
"""

import math
from dataclasses import dataclass

NAMES = (
    "always",
    "vote",
    "similarity",
    "lead",
    "centroid_lead",
    "typicality",
    "words",
    "experience",
    "track_record",
    "novelty",
)

PRIOR = (0.56, 1.07, 0.15, 0.45, 0.29, 0.93, 0.66, 0.14, 0.31, -0.36)
"""Fitted on question streams whose right answers are public: what is believed on day one."""

PRIOR_PRECISION = 8.0
KAPPA = 1.0

UNKNOWN_RIVAL = 0.4
"""The cosine of the rival that a small store has not met yet.

A store with one answer has no rival for it, which says nothing in its favour. Unrelated questions
of one company are about this close to each other.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the candidate stands among the others.

    Shares and `novelty` are in 0 to 1; similarities are cosines; `typical_mean` and `typical_sd`
    say how close new phrasings of this answer came to its centroid so far.
    """

    share: float
    similarity: float
    rival_similarity: float
    centroid: float
    rival_centroid: float
    typical_mean: float
    typical_sd: float
    word_share: float
    phrasings: int
    ok: float
    bad: float
    novelty: float


def of(standing: Standing) -> list[float]:
    s = standing
    z = (s.centroid - s.typical_mean) / s.typical_sd
    raw = [
        1.0,
        0.5 * math.log((s.share + 0.01) / (1.01 - s.share)),
        (s.similarity - 0.7) / 0.12,
        (s.similarity - s.rival_similarity) / 0.1,
        (s.centroid - s.rival_centroid) / 0.1,
        z / 1.5,
        (s.word_share - 0.5) / 0.35,
        math.log(1 + s.phrasings) - 2,
        math.log((s.ok + 2.7) / (s.bad + 0.3)) - math.log(9),
        0.5 * math.log(s.novelty / (1 - s.novelty)) + 1,
    ]
    return [min(4.0, max(-4.0, value)) for value in raw]


def novelty(*, answers: int, merged: int) -> float:
    """The share of recent human `answers` that were new, smoothed towards "nearly all".

    An empty store has seen nothing, so nearly every question is a new one.
    """
    return (answers - merged + 4.5) / (answers + 5.0)
