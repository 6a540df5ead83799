"""Whether a message asks for a person, or tries to steer the assistant."""

import re
from functools import cache
from typing import Final

from support_graph.models.folding import fold
from support_graph.models.phrases import any_of, phrases

_CLAUSE_END: Final = re.compile(r"[.!?;\n]+")
_SPELLED_OUT: Final = re.compile(r"\b(?:\w[ .*_-]){5,}\w\b")
_LANGUAGES: Final = ("de", "es", "fr")


def asks_for_human(message: str) -> bool:
    """Whether the customer wants a person instead of the assistant."""
    folded = fold(message).text
    if _whole_request().fullmatch(folded.strip(" .!?,\n")):
        return True
    clauses = (clause.strip() for clause in _CLAUSE_END.split(folded))
    return any(_request().search(clause) for clause in clauses if clause)


def instructs(message: str) -> bool:
    """Whether the message tries to steer the assistant: to override its rules, to reveal its
    instructions, to give it another role, or to forge the markup of a conversation."""
    folded = fold(message).text
    joined = _SPELLED_OUT.sub(lambda match: re.sub(r"[ .*_-]", "", match[0]), folded)
    return any(_steering().search(text) for text in {folded, joined})


@cache
def _request() -> re.Pattern[str]:
    """Patterns of all languages, with the words for a person and for a wish filled in."""
    lists = phrases("human_request")
    human, me = any_of(lists["human"]).pattern, any_of(lists["me"]).pattern
    english = [
        pattern.replace("{human}", f"(?:{human})").replace("{me}", f"(?:{me})")
        for pattern in lists["talk"]
    ]
    return any_of([*english, *(pattern for code in _LANGUAGES for pattern in lists[code])])


@cache
def _whole_request() -> re.Pattern[str]:
    return any_of(phrases("human_request")["whole"])


@cache
def _steering() -> re.Pattern[str]:
    return any_of([pattern for group in phrases("instruction").values() for pattern in group])
