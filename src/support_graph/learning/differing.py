"""What changed between two texts, word by word, for people to read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import Indel

_PIECE = re.compile(r"\w+|\s+|[^\w\s]")


class Kept(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    CAME = "came"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    kept: Kept
    text: str


def differences(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces that are not new make `before`, the ones that are not gone `after`."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    pieces: list[Piece] = []
    gone = came = ""
    for change in Indel.opcodes(old, new):
        was = "".join(old[change.src_start : change.src_end])
        now = "".join(new[change.dest_start : change.dest_end])
        if change.tag != "equal" or (now.isspace() and (gone or came)):
            # A space between two changed words is read with them, not as a text of its own.
            gone, came = gone + was, came + now
            continue
        pieces += [*_changed(gone, came), Piece(kept=Kept.SAME, text=now)]
        gone = came = ""
    return (*pieces, *_changed(gone, came))


def _changed(gone: str, came: str) -> Sequence[Piece]:
    if gone == came:
        return [Piece(kept=Kept.SAME, text=gone)] if gone else []
    both = (Piece(kept=Kept.GONE, text=gone), Piece(kept=Kept.CAME, text=came))
    return [piece for piece in both if piece.text]
