"""Whether a customer asks the same thing again, in other words.

The cosine of the two messages' vectors, and how many letter trigrams they share, weighed by a
logistic model that was fitted on pairs of Banking77: two messages of one intent, or a message and
the nearest of ten of other intents, since a customer's next question is about something near.
`python -m benchmarks.rephrase` fits it, and measures it on data that it has not seen.
"""

import math

from support_graph.models.words import words

_CONSTANT, _COSINE, _TRIGRAMS = -3.24, 5.22, 2.61

CERTAIN = 0.85
"""From which probability on a message counts as a rephrase: half of them are caught, and four in a
thousand other questions are taken for one; see docs/evaluation.md."""


def same_question(one: str, other: str, *, cosine: float) -> float:
    """The probability that two messages ask the same; `cosine` is that of their vectors."""
    logit = _CONSTANT + _COSINE * cosine + _TRIGRAMS * shared_trigrams(one, other)
    return 1 / (1 + math.exp(-logit))


def shared_trigrams(one: str, other: str) -> float:
    """Dice's coefficient of the letter trigrams of two texts, from 0 to 1.

    Trigrams and not words, because "refunds", "refunded" and "refnd" share most of theirs.
    """
    mine, theirs = _trigrams(one), _trigrams(other)
    return 2 * len(mine & theirs) / max(1, len(mine) + len(theirs))


def _trigrams(text: str) -> set[str]:
    folded = f" {' '.join(words(text))} "
    return {folded[i : i + 3] for i in range(len(folded) - 2)}
