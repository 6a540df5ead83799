"""Whether a message says that the answer before it helped, or that it did not."""

import re
from enum import StrEnum
from functools import cache
from typing import Final

from support_graph.models.courtesy import Courtesy, whole_message
from support_graph.models.folding import fold
from support_graph.models.phrases import any_of, phrases

_CLAUSE: Final = re.compile(r"[^.!?;\n]+[.!?;\n]*")
_COMMA: Final = re.compile(r"\s*,\s*")
_PAUSE: Final = re.compile(r"[\W_]+$|^[\W_]+")
_BEFORE: Final = re.compile(
    r"^(?:(?:yes|yeah|no|nope|sorry|well|hm+|but|ok|okay|great|perfect|super|and|thanks?|thank you"
    r"|ja|nein|danke|si|gracias|oui|non|merci)[ ,]+)+"
)
_BEHIND: Final = re.compile(
    r" (?:thanks?|thank you|danke|gracias|merci)(?: (?:so|very) much| a lot)?$"
)
_ONLY_FIRST_CLAUSES: Final = 3
_LONGEST_CLAUSE: Final = 120
_READ: Final = 1_000


class Satisfaction(StrEnum):
    HELPED = "helped"
    FAILED = "failed"


def satisfaction(message: str) -> Satisfaction | None:
    """None for a message that speaks of something else.

    Only its first clauses are read, since an answer is judged before the next question is asked,
    and a failure must come first of all: later on it is the product that fails.
    """
    clauses = _CLAUSE.findall(message[:_READ])[:_ONLY_FIRST_CLAUSES]
    said = [fold(c).text for c in clauses if "?" not in c and len(c) <= _LONGEST_CLAUSE]
    first = next((clause for clause in said if whole_message(clause) is None), "")
    if _failed().match(_bare(first)):
        return Satisfaction.FAILED
    return Satisfaction.HELPED if any(map(_helped, said)) else None


def _helped(clause: str) -> bool:
    """Every part of the clause is courtesy or says so: "that worked, thanks", and not "that worked
    for one of them"."""
    parts = [part for part in _COMMA.split(clause) if _PAUSE.sub("", part)]
    rest = [part for part in parts if not _says_so().fullmatch(_bare(part))]
    return len(rest) < len(parts) and all(whole_message(part) is Courtesy.THANKS for part in rest)


def _bare(part: str) -> str:
    return _BEHIND.sub("", _BEFORE.sub("", _PAUSE.sub("", part)))


@cache
def _says_so() -> re.Pattern[str]:
    return any_of([p for patterns in phrases("satisfaction")["helped"].values() for p in patterns])


@cache
def _failed() -> re.Pattern[str]:
    patterns = [p for group in phrases("satisfaction")["failed"].values() for p in group]
    return re.compile(rf"(?:{any_of(patterns).pattern})(?!\w)")
