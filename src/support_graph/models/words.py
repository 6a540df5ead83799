"""The words of a text as search sees them: folded, lightly stemmed, stop words apart."""

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from support_graph.models.folding import fold

# A word keeps inner dots, dashes and underscores as cuts: `user_id` is found by "user id".
_WORD: Final = re.compile(r"[^\W_]+")
_SHORTEST_STEM: Final = 3
_TYPOGRAPHY: Final = str.maketrans(
    {
        "'": "",
        "`": "",
        "\u2018": "",
        "\u2019": "",
        "\u201c": '"',
        "\u201d": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\u2026": ".",
        "\u00a0": " ",
        "\u2192": " ",
        "\u2022": " ",
    }
)


def words(text: str) -> list[str]:
    """The folded words of a text in order."""
    plain = text.translate(_TYPOGRAPHY)
    # Folding letter by letter costs fifty times as much, and most passages don't need it.
    return _WORD.findall(plain.lower() if plain.isascii() else fold(text).text)


def stems(text: str) -> list[str]:
    """The stemmed words of a text in order, without stop words."""
    stops = stop_words()
    return [stem(word) for word in words(text) if word not in stops]


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """A word without its English inflection: cheap, and the same for question and passage.

    It need not be a word; "tracking", "tracked" and "tracks" must only become the same.
    """
    if not word.isascii() or not word.isalpha():
        return word
    for suffix, replacement in _SUFFIXES:
        base = word[: -len(suffix)]
        if word.endswith(suffix) and len(base) >= _SHORTEST_STEM:
            return _undoubled(base) + replacement if suffix in _DOUBLING else base + replacement
    return word


_SUFFIXES: Final = (
    ("ies", "y"),
    ("sses", "ss"),
    ("ss", "ss"),
    ("us", "us"),
    ("ing", ""),
    ("ed", ""),
    ("es", ""),
    ("s", ""),
    ("e", ""),
)
_DOUBLING: Final = frozenset({"ing", "ed"})


def _undoubled(base: str) -> str:
    doubled = base[-1] == base[-2] and base[-1] not in "lsz"
    return base[:-1] if doubled else base


@cache
def stop_words() -> frozenset[str]:
    """Words that say nothing about a question's subject, in four languages."""
    source = files("support_graph.models") / "phrases" / "stop_words.txt"
    lines = source.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
