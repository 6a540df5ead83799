"""Features of the best candidate, ten and eleven more: what tells a right answer from a near miss.

Each is scaled to a few units and clipped to ±4, so that one of them can't outvote the rest. The
reference, with what each brought, is docs/evaluation.md. The ten need the phrasings alone (`of`);
the eleven (`extended`) need plda.py, kinship.py, wording.py, the pair counters, and what was
answered without being filed.
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

EXTENDED_NAMES = (
    *NAMES,
    "likelihood_lead",
    "familiarity",
    "agreement",
    "uncertainty",
    "pair_record",
    "unanswerable",
    "kin_lead",
    "kin_vote",
    "kin",
    "wording_lead",
    "wording",
)

PRIOR_OF_BANK = (
    *(0.14, 1.47, -0.06, 0.38, 0.01, 0.46, 0.32, 0.11, 0.08, -1.07),
    *(0.18, 0.02, 0.08, 0.40, 0.17, -0.02, 0.18, 0.65, 0.06, 0.30, -0.14),
)
"""Fitted on Banking77: one subject, 77 answers that are hard to tell apart, all in scope."""

PRIOR_OF_ASSISTANT = (
    *(0.58, 1.00, -0.35, -0.15, 0.71, 0.95, 0.92, 0.38, 0.18, -0.43),
    *(0.21, 0.27, -0.05, 0.96, 0.10, -1.04, 0.62, 0.03, -0.03, 0.27, 0.06),
)
"""Fitted on CLINC150: 150 subjects that are easy to tell apart, an eighth of it out of scope."""

EXTENDED_PRECISION = 4.0
EXTENDED_KAPPA = 0.15

_LIMIT = 4.0
_EXPECTED_VOTERS = 2.8
"""The published 3.5 of five voters, for the four that there are."""

_NO_KIN = -0.2
_FADING = 0.9

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """How clearly the candidate won, and against whom.

    Log-likelihoods as `Beliefs.log_likelihoods` gives them: of the candidate, of the best other
    answer (None where there is none), of a new answer. `voters` is `Ballot.agreement` and `entropy`
    is `Ballot.entropy`. `pair_ok` and `pair_bad` count how often the candidate was right and wrong
    with this runner-up. `unfiled` is the largest cosine of a message that a human answered without
    filing it under an answer (0 where there is none). `kin` and `rival_kin` say how near
    the candidate's nearest kin and that of others is (None where nothing was filed), and
    `kin_share` is the vote of the kin. `wording` and `rival_wording` are the scores of wording.py,
    of the candidate and the best other answer.
    """

    likelihood: float
    rival_likelihood: float | None
    new_likelihood: float
    voters: int
    entropy: float
    pair_ok: float
    pair_bad: float
    unfiled: float
    kin: float | None
    rival_kin: float | None
    kin_share: float
    wording: float
    rival_wording: float


def of(standing: Standing) -> list[float]:
    """The ten, in the order of `NAMES`."""
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
    return _clipped(raw)


def extended(standing: Standing, contest: Contest) -> list[float]:
    """All of them, in the order of `EXTENDED_NAMES`."""
    c = contest
    rival = c.new_likelihood if c.rival_likelihood is None else c.rival_likelihood
    kin = _NO_KIN if c.kin is None else c.kin
    rival_kin = max(0.0, c.rival_kin or 0.0)
    raw = [
        2 * _squashed((c.likelihood - rival) / 12),
        2 * _squashed((c.likelihood - c.new_likelihood) / 15),
        c.voters - _EXPECTED_VOTERS,
        c.entropy - 1,
        math.log((c.pair_ok + 1.8) / (c.pair_bad + 0.2)) - math.log(9),
        max(0.0, c.unfiled - standing.similarity + 0.2) / 0.15,
        (kin - rival_kin) / 0.15,
        0.5 * math.log((c.kin_share + 0.01) / (1.01 - c.kin_share)) - 1,
        (kin - 0.6) / 0.2,
        2 * _squashed((c.wording - c.rival_wording) / 6),
        2 * _squashed(c.wording / 10) - 2,
    ]
    return of(standing) + _clipped(raw)


def counted(ok: float, bad: float, *, right: bool) -> tuple[float, float]:
    """(ok, bad) of a track record after one more outcome, which fades its own kind."""
    return (ok * _FADING + 1, bad) if right else (ok, bad * _FADING + 1)


def novelty(*, answers: int, merged: int) -> float:
    """The share of recent human `answers` that were new, smoothed towards "nearly all".

    An empty store has seen nothing, so nearly every question is a new one.
    """
    return (answers - merged + 4.5) / (answers + 5.0)


def _squashed(value: float) -> float:
    return math.copysign(math.log1p(abs(value)), value)


def _clipped(raw: list[float]) -> list[float]:
    return [min(_LIMIT, max(-_LIMIT, value)) for value in raw]
