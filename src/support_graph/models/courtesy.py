"""Greetings, thanks and sign-offs: messages made of nothing else, and noise around a question."""

import re
from collections.abc import Iterator
from enum import Enum
from functools import cache
from typing import Final

from support_graph.models.folding import Folded, fold
from support_graph.models.phrases import any_of, every_language, phrases

_GROUPS: Final = ("greeting", "small_talk", "opening", "thanks", "settled", "filler")
_BETWEEN: Final = re.compile(r"[\W_]*")
_STOP: Final = re.compile(r" ?(?:[,.!?;:\n\u2026-]|$)| (?=(?:but|however)\b)")
_NAME: Final = re.compile(r"\s*[^\W\d_]+[\W_]*$")
_ADDRESSEE: Final = re.compile(r"\s+(?:[A-Z][\w.-]*\s?){1,2}[,!.:\n]")
_THANKS_FOR: Final = re.compile(r" (?:for|to|you for)\b[^?.!\n]{0,80}")
_THANKS_FOR_SENTENCE: Final = re.compile(rf"{_THANKS_FOR.pattern}[.!\n]")
# After one of these words a message of thanks goes on to complain or to ask.
_ASKS: Final = re.compile(
    r"\b(?:but|however|still|not|no longer|isnt|cant|cannot|doesnt|didnt|wont|dont|how|what|when"
    r"|where|why|which|who|can|could|does|is there|problem|issue|error)\b"
)
_HEAD: Final = 400
_TAIL: Final = 80
_SIGNATURE_LINES: Final = 6


class Courtesy(Enum):
    GREETING = "greeting"
    THANKS = "thanks"


def whole_message(message: str) -> Courtesy | None:
    """What a message is that asks nothing; None when something else is in it."""
    folded = fold(message)
    groups, end = _pieces(folded.text)
    rest = folded.text[end:]
    if not groups:
        return None
    if rest and not _closes(rest, groups=groups, original=message):
        return None
    if groups & {"thanks", "settled"} and "opening" not in groups:
        return Courtesy.THANKS
    return Courtesy.GREETING if groups & {"greeting", "small_talk", "opening"} else None


def without_courtesy(message: str) -> str:
    """The message without greeting, thanks and signature around it; all of it if that is all."""
    body = _without_signature(message)
    start, end = _head(body), len(body)
    end = _tail(body, start=start)
    return body[start:end].strip() or message.strip()


def _pieces(text: str) -> tuple[set[str], int]:
    """The groups of the pieces that `text` begins with, and where the first other word stands."""
    groups: set[str] = set()
    position = _skip(text, 0)
    while position < len(text) and (piece := _longest(text, position)):
        group, end = piece
        groups.add(group)
        position = _skip(text, end)
    return groups, position


def _longest(text: str, position: int) -> tuple[str, int] | None:
    found = [(end, group) for group in _GROUPS for end in _ends(group, text, position)]
    if not found:
        return None
    end, group = max(found, key=lambda piece: piece[0])
    return group, end


def _ends(group: str, text: str, position: int) -> Iterator[int]:
    for pattern in every_language("courtesy", group):
        match = pattern.match(text, position)
        if match and match.end() > position:
            yield match.end()


def _skip(text: str, position: int) -> int:
    match = _BETWEEN.match(text, position)
    return match.end() if match else position


def _closes(rest: str, *, groups: set[str], original: str) -> bool:
    """Whether the rest only names somebody ("thanks Jesse") or what the thanks are for."""
    if "?" in original or _ASKS.search(rest):
        return False
    if "thanks" in groups:
        return bool(_NAME.fullmatch(rest) or _THANKS_FOR.fullmatch(f" {rest.rstrip(' .!')}"))
    # "Hi Robin". If it was no name, a greeting in return asks what is wanted: no harm done.
    return "greeting" in groups and bool(_NAME.fullmatch(rest))


def _head(body: str) -> int:
    """Where the message begins after its greeting, in the original."""
    folded = fold(body[:_HEAD])
    position = _skip(folded.text, 0)
    start = 0
    while piece := _longest(folded.text, position):
        group, end = piece
        stopped = _STOP.match(folded.text, end) is not None
        if group == "thanks" and (reason := _THANKS_FOR_SENTENCE.match(folded.text, end)):
            end = reason.end()
        elif group == "opening" or not (stopped or group == "greeting"):
            break
        position = _skip(folded.text, end)
        start = _after_name(body, folded, end=end, position=position)
        position = max(position, _folded_position(folded, start))
    return start


def _after_name(body: str, folded: Folded, *, end: int, position: int) -> int:
    name = _ADDRESSEE.match(body, folded.origin(end, end=len(body)))
    return name.end() if name else folded.origin(position, end=min(len(body), _HEAD))


def _folded_position(folded: Folded, original: int) -> int:
    return next((i for i, at in enumerate(folded.origins) if at >= original), len(folded.origins))


def _tail(body: str, *, start: int) -> int:
    """Where the message ends before its closing thanks, in the original."""
    offset = max(start, len(body) - _TAIL)
    folded = fold(body[offset:])
    match = _closing_thanks().search(folded.text)
    if match is None or offset + match.start() <= start:
        return len(body)
    return offset + folded.origin(match.start(), end=len(body) - offset)


@cache
def _closing_thanks() -> re.Pattern[str]:
    groups = phrases("courtesy")["thanks"]
    thanks = any_of([pattern for patterns in groups.values() for pattern in patterns])
    # The question mark before the thanks belongs to the question and stays.
    return re.compile(rf"[\s,;-]+(?:please )?(?:{thanks.pattern})(?!\w)[^\w?]*$")


def _without_signature(message: str) -> str:
    lines = message.rstrip().splitlines()
    for index in range(max(1, len(lines) - _SIGNATURE_LINES), len(lines)):
        line = fold(lines[index]).text
        for pattern in every_language("courtesy", "sign_off"):
            match = pattern.match(line)
            if match and _STOP.match(line, match.end()):
                return "\n".join(lines[:index])
    return message
