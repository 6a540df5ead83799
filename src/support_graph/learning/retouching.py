"""What a teammate's edit did to a draft: which words went and came, and if it says the same."""

import re
from dataclasses import dataclass
from itertools import accumulate

from rapidfuzz.distance import Indel

from support_graph.domain.signals import Retouch
from support_graph.learning.merging import Likeness, compare

_PIECE = re.compile(r"\w+|\W+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """`similarity` from 0 to 1; `delta` has one entry for each place that was changed.

    An entry is [where in the draft, what stood there, what stands there now], in characters.
    """

    kind: Retouch
    similarity: float
    delta: tuple[tuple[int, str, str], ...]


def retouched(draft: str, reply: str) -> Edited:
    """The edit that made `reply` of `draft`; see merging for when two answers say the same."""
    before, after = _PIECE.findall(draft), _PIECE.findall(reply)
    says_the_same = compare(reply, draft, cosine=0.0) is Likeness.SAME
    return Edited(
        kind=Retouch.POLISH if says_the_same else Retouch.CORRECTION,
        similarity=Indel.normalized_similarity(before, after),
        delta=_delta(before, after),
    )


def _delta(before: list[str], after: list[str]) -> tuple[tuple[int, str, str], ...]:
    starts = list(accumulate(map(len, before), initial=0))
    places: list[tuple[int, str, str]] = []
    for change in Indel.opcodes(before, after):
        if change.tag == "equal":
            continue
        at = starts[change.src_start]
        gone = "".join(before[change.src_start : change.src_end])
        came = "".join(after[change.dest_start : change.dest_end])
        if places and places[-1][0] + len(places[-1][1]) == at:
            first = places.pop()
            at, gone, came = first[0], first[1] + gone, first[2] + came
        places.append((at, gone, came))
    return tuple(places)
