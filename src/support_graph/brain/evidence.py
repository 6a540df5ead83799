"""How far the best passage can be trusted to answer: its features, and the prior that weighs them.

Same form as that of resolutions (domain/calibration.py), with features of its own: a question
resembles a passage less than it resembles a question. The prior was fitted by
benchmarks/brain_gate_fit.py, which prints it; a workspace's own labels make more of it.
"""

import math
from collections.abc import Callable, Hashable, Sequence
from typing import Final, TypeVar

from support_graph.brain.ranking import Ranked
from support_graph.domain.calibration import Calibration
from support_graph.models.words import stems

Id = TypeVar("Id", bound=Hashable)

LIMIT: Final = 4.0
_NEIGHBOURS: Final = 9

NAMES: Final = (
    "agreement",
    "asked",
    "constant",
    "cosine",
    "lead",
    "length",
    "missing",
    "other_page",
    "same_page",
    "share",
    "shared",
    "size",
    "spread",
)
"""The features in the order of the prior, which is the alphabet's, because labels keep it so:

- cosine, share: of the best passage with the plain question, by meaning and by words.
- lead: its fused score above the next score.
- spread: its cosine above the mean of the next nine passages.
- missing: how rare the rarest word of the question is that the passage lacks (1: the rarest).
- shared, asked: the logarithms of how many words they share, and of how many were asked.
- agreement: whether meaning and words, each alone, put this passage first.
- same_page, other_page: whether it is of the customer's page, if the Brain holds that page.
- length, size: logarithms of the passage's characters and of the Brain's passages.
"""


PRIOR: Final = Calibration.prior(
    (0.17, -1.26, -2.12, 0.17, 0.97, -0.59, 0.24, 0.79, 1.75, 0.05, 2.49, 0.21, 0.34),
    precision=8.0,
    kappa=0.15,
    strange=1.0,
)
"""Fitted on 12,180 searches in Segment's documentation, whole and in parts of 10 to 150 documents
that hold the answer or lack it. Cross-validated: AUROC .93; of what it gives p >= .95, 97.7 % are
right (6.9 % of the searches). What stands in title and headings is not a feature on purpose: the
data set's answers have lost their headings, which would teach that a matching heading is bad.

The weights were fitted beneath the doubt of a workspace without labels, which goes as they come.
With these numbers passages keep a target of 97 % on documents that the weights were not fitted on,
and also with a prior that is far too sure of itself (benchmarks/brain_calibration.py).
"""


def features(
    question: str,
    *,
    ranked: Sequence[Ranked[Id]],
    place: str,
    text: str,
    rarity: Callable[[str], float],
    passages: int,
) -> tuple[float, ...]:
    """The features of the best of `ranked` (at least one), in the order of NAMES, within ±4.

    `place` is its title and headings, `text` its words; `rarity` the idf of a stem in this Brain
    of so many `passages`.
    """
    best, others = ranked[0], ranked[1:]
    asked = set(stems(question))
    held = {*stems(place), *stems(text)}
    values = {
        "agreement": _agreement(best, others),
        "asked": math.log1p(len(asked)) - 1.5,
        "constant": 1.0,
        "cosine": (best.similarity - 0.55) / 0.12,
        "lead": (best.score - max((other.score for other in others), default=0.0)) / 0.08,
        "length": math.log((len(text) + 1) / 400),
        "missing": _missing(asked, held, rarity=rarity),
        "other_page": float(not best.same_page and any(other.same_page for other in others)),
        "same_page": float(best.same_page),
        "share": (best.share - 0.35) / 0.2,
        "shared": math.log1p(len(asked & held)) - 1.0,
        "size": (math.log1p(passages) - 6.0) / 2,
        "spread": _spread(best, others) / 0.1 - 1.0,
    }
    return tuple(max(-LIMIT, min(LIMIT, values[name])) for name in NAMES)


def _spread(best: Ranked[Id], others: Sequence[Ranked[Id]]) -> float:
    near = sorted((other.similarity for other in others), reverse=True)[:_NEIGHBOURS]
    return best.similarity - sum(near) / len(near) if near else 0.0


def _missing(asked: set[str], held: set[str], *, rarity: Callable[[str], float]) -> float:
    rarest = max((rarity(term) for term in asked), default=0.0)
    lacking = max((rarity(term) for term in asked - held), default=0.0)
    return lacking / rarest if rarest else 1.0


def _agreement(best: Ranked[Id], others: Sequence[Ranked[Id]]) -> float:
    nearest = all(best.similarity >= other.similarity for other in others)
    wordiest = best.share > 0 and all(best.share >= other.share for other in others)
    return float(nearest) + float(wordiest) - 1.0
