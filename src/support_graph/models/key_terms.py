"""Short snake_case names for what a customer wants, made of the customer's own words."""

import re
import unicodedata
from typing import Final

from support_graph.models.words import stop_words, words

NAMELESS: Final = "general_question"
LONGEST_NAME: Final = 48
_WORDS_READ: Final = 24
_FEW: Final = 2
_NOT_A_NAME: Final = re.compile(r"[\W_]+")


def candidates(question: str) -> list[tuple[str, ...]]:
    """Runs of two to four telling words, in the order of the question; all words if fewer."""
    telling = key_words(question)
    if len(telling) <= _FEW:
        return [tuple(telling)] if telling else []
    return [
        tuple(telling[start : start + size])
        for size in (3, 2, 4)
        for start in range(len(telling) - size + 1)
    ]


def key_words(question: str) -> list[str]:
    """The words of a question that say what it is about, each once, at most 24."""
    telling = (word for word in words(question) if word not in stop_words() and len(word) > 1)
    return [word for word in dict.fromkeys(telling) if not word.isdigit()][:_WORDS_READ]


def snake_case(terms: tuple[str, ...]) -> str:
    """The terms as a name of at most 48 characters; never empty."""
    name = _NOT_A_NAME.sub("_", "_".join(terms)).strip("_")
    if len(name) > LONGEST_NAME:
        cut = name[: LONGEST_NAME + 1].rpartition("_")[0]
        name = cut or name[:LONGEST_NAME]
    return unicodedata.normalize("NFC", name) or NAMELESS
