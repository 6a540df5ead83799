"""Follow-ups: whether a message leans on the question before it, and how it reads alone."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from support_graph.domain.messages import Author, Utterance
from support_graph.models.courtesy import whole_message, without_courtesy
from support_graph.models.folding import fold
from support_graph.models.phrases import any_of, phrases
from support_graph.models.words import stop_words, words

# Longer messages carry their own subject, whatever word they begin with.
_LONGEST_WORDS: Final = 16
_FRAGMENT_WORDS: Final = 4
# "The app crashes when I open it": a pronoun after a noun of the message's own means that one.
_OWN_WORDS_BEFORE_PRONOUN: Final = 1
_NOUN: Final = re.compile(r"\b(?:my|our|your|a|an|the|one) \w+")
_VERBISH: Final = re.compile(
    r"\b(?:how|what|why|when|where|who|which|is|are|am|was|were|do|does|did|can|could|will|would"
    r"|should|have|has|had|may|might|must|i|im|my|we|our|want|need|please|add|change|delete"
    r"|remove|cancel|reset|send|show|tell|give|make|find|set|create|activate|freeze|order)\b"
)


def is_follow_up(message: str, *, history: Sequence[Utterance]) -> bool:
    """Whether `message` can't be understood without an earlier question of the customer."""
    if earlier_question(history) is None:
        return False
    return _leans(without_courtesy(message))


def standalone(message: str, *, history: Sequence[Utterance]) -> str:
    """The earlier question with the follow-up behind it: the customer's words, and no others."""
    question = earlier_question(history)
    follow_up = without_courtesy(message)
    return f"{question} {follow_up}" if question else follow_up


def earlier_question(history: Sequence[Utterance]) -> str | None:
    """The customer's latest message that stands alone, without courtesy."""
    asked = [
        without_courtesy(utterance.text)
        for utterance in history
        if utterance.author is Author.CONTACT and whole_message(utterance.text) is None
    ]
    for index in range(len(asked) - 1, -1, -1):
        if index == 0 or not _leans(asked[index]):
            return asked[index]
    return None


def _leans(question: str) -> bool:
    folded = fold(question).text
    count = len(words(folded))
    if not 0 < count <= _LONGEST_WORDS:
        return False
    if _opener().match(folded) or _refers_back(folded):
        return True
    return count <= _FRAGMENT_WORDS and not _VERBISH.search(folded)


def _refers_back(folded: str) -> bool:
    text = _expletive().sub(" ", folded)
    match = _pronoun().search(text)
    if match is None:
        return False
    before = text[: match.start()]
    own = [word for word in words(before) if word not in stop_words()]
    return len(own) <= _OWN_WORDS_BEFORE_PRONOUN and not _NOUN.search(before)


@cache
def _opener() -> re.Pattern[str]:
    return re.compile(rf"[\W_]*(?:{any_of(phrases('follow_up')['opener']).pattern})(?!\w)")


@cache
def _pronoun() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{any_of(phrases('follow_up')['pronoun']).pattern})(?!\w)")


@cache
def _expletive() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{any_of(phrases('follow_up')['expletive']).pattern})(?!\w)")
