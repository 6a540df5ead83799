"""Is this answer that resolution? Texts are compared; what stays doubtful is shown, not guessed.

The words of two answers are compared without regard to order and repetition (rapidfuzz's token sort
and token set ratios), and their vectors by cosine. Numbers are compared by themselves: "within 14
days" and "within 30 days" share nearly every word and say different things.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz
from rapidfuzz.utils import default_process

from support_graph.domain.ids import ResolutionId

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_SAME_WORDS = 88.0
_SAME_MEANING = 0.92
_SHARED_WORDS, _SHARED_MEANING = 90.0, 0.80
"""Together: nearly all words of the shorter text stand in the longer one, and it means the same."""
_ALIKE_WORDS = 65.0
_ALIKE_MEANING = 0.80


class Likeness(StrEnum):
    SAME = "same"
    DOUBTFUL = "doubtful"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The known resolution that an answer is most like.

    `cosine` is that of the answers' vectors, `words_shared` the ratio of their words (0 to 1).
    """

    resolution_id: ResolutionId
    likeness: Likeness
    cosine: float
    words_shared: float
    same_numbers: bool


def best_match(
    answer: str, known: Sequence[tuple[ResolutionId, str]], cosines: Sequence[float]
) -> Match | None:
    """The first of `known` that is the same, else the first doubtful one; None for neither."""
    found: dict[Likeness, Match] = {}
    for (resolution_id, other), cosine in zip(known, cosines, strict=True):
        likeness = compare(answer, other, cosine=cosine)
        ratio = fuzz.token_sort_ratio(default_process(answer), default_process(other))
        match = Match(
            resolution_id=resolution_id,
            likeness=likeness,
            cosine=cosine,
            words_shared=ratio / 100,
            same_numbers=_numbers(answer) == _numbers(other),
        )
        found.setdefault(likeness, match)
    return found.get(Likeness.SAME) or found.get(Likeness.DOUBTFUL)


def compare(one: str, other: str, *, cosine: float) -> Likeness:
    """How alike two answers are; `cosine` is that of their vectors."""
    processed = default_process(one), default_process(other)
    if processed[0] == processed[1]:
        return Likeness.SAME
    ratio = fuzz.token_sort_ratio(*processed)
    if _numbers(one) != _numbers(other):
        near = ratio >= _ALIKE_WORDS or cosine >= _ALIKE_MEANING
        return Likeness.DOUBTFUL if near else Likeness.DIFFERENT
    shared = fuzz.token_set_ratio(*processed) >= _SHARED_WORDS and cosine >= _SHARED_MEANING
    if ratio >= _SAME_WORDS or cosine >= _SAME_MEANING or shared:
        return Likeness.SAME
    if ratio >= _ALIKE_WORDS or cosine >= _ALIKE_MEANING:
        return Likeness.DOUBTFUL
    return Likeness.DIFFERENT


def _numbers(text: str) -> set[str]:
    return set(_NUMBER.findall(text))
