"""What to ask for, so that what is promised is also kept in a bad week, and on the first day."""

from support_graph.domain.calibration import FEW_LABELS

_SPARE = 0.1
"""Aiming at the target itself meets it on average, and misses it in every second window of 2,000
messages: with 1,600 answers in it, chance alone moves 97 % by half a point."""

REPEATED = (1.0 - 0.7) / 0.12
"""A cosine of 1, on the scale of the feature: the question is a known phrasing."""

_CLOSE = (0.75 - 0.7) / 0.12
"""A cosine of .75, on the scale of the feature. In a store that knows few answers the nearest one
is often the only one, and no feature tells it from one that isn't there yet. Of the answers to the
first 300 messages of Banking77 95 % were right without this and 98 % with it."""


_SAME = (0.95 - 0.7) / 0.12
"""A cosine of .95, on the same scale: the known phrasing is the question, but for a word or two."""

_LENIENCE = 3.0

_LAX = 0.9
"""Who promises no more than this may be wrong about as many strangers as there are."""


def aim(target: float) -> float:
    """The precision to aim at for one of `target`: a part of the errors allowed is kept in hand."""
    return 1 - (1 - target) * (1 - _SPARE)


def promised(aimed: float) -> float:
    """The target that is aimed at with `aimed`."""
    return 1 - (1 - aimed) / (1 - _SPARE)


def aim_of_stranger(target: float, similarity: float | None) -> float:
    """What a workspace with few labels aims at. Its doubts are about questions that it doesn't know
    yet, and weigh on all alike. For one that it was taught, word for word, three times as many
    errors may be expected: few of them come true, and who has just answered a question must see it
    answered.
    """
    if similarity is None or similarity < _SAME:
        return aim(target)
    return 1 - (1 - target) * _LENIENCE


def close_enough(similarity: float, *, target: float, labels: int) -> bool:
    """Whether a question is as close to a known phrasing as so few labels demand.

    `similarity` is the feature of that name. What was just taught always is, word for word.
    """
    return labels >= FEW_LABELS or target <= _LAX or similarity >= _CLOSE
