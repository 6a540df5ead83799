"""Text folded for comparison: lower case, no accents or apostrophes, every letter traceable."""

import unicodedata
from dataclasses import dataclass
from typing import Final

# Joiners, direction marks and soft hyphens, which hide a word from a search but not from a reader.
_INVISIBLE: Final = frozenset(
    "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
)
_APOSTROPHES: Final = frozenset("'\u2018\u2019\u02bc`\u00b4")
_QUOTES: Final = frozenset("\u201c\u201d\u201e\u00ab\u00bb")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """The folded `text`; `origins[i]` is where its i-th character stands in the original."""

    text: str
    origins: tuple[int, ...]

    def origin(self, position: int, *, end: int) -> int:
        """Where `position` stands in the original of length `end`."""
        return self.origins[position] if position < len(self.origins) else end


def fold(text: str) -> Folded:
    """Case, accents, apostrophes and invisible characters folded away; blanks are single."""
    letters: list[str] = []
    origins: list[int] = []
    for position, character in enumerate(text):
        for letter in _folded(character):
            if letter in " \n" and (not letters or letters[-1] in " \n"):
                # A line break wins over the blanks around it: it ends a clause.
                if letter == "\n" and letters:
                    letters[-1] = letter
                continue
            letters.append(letter)
            origins.append(position)
    return Folded(text="".join(letters), origins=tuple(origins))


def _folded(character: str) -> str:
    if character in _APOSTROPHES or character in _INVISIBLE:
        return ""
    if character in _QUOTES:
        return '"'
    if character in "\n\r\u2028\u2029":
        return "\n"
    if character.isspace():
        return " "
    decomposed = unicodedata.normalize("NFKD", character).casefold()
    if decomposed[:1].isascii():
        return "".join(c for c in decomposed if not unicodedata.combining(c))
    # Beyond Latin letters a mark makes another letter, as in Cyrillic or Japanese.
    return unicodedata.normalize("NFKC", character).casefold()
