"""Picks the words of a passage that answer a question, verbatim and in their own order."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from support_graph.models.words import stems

# A passage up to here is given whole: cutting it saves no reading and may lose a condition.
SHORT_PASSAGE: Final = 700
ANSWER_LENGTH: Final = 600
_WORD_WEIGHT: Final = 0.3
_FENCE: Final = re.compile(r"^ {0,3}(```+|~~~+)")
_LISTED: Final = re.compile(r"^\s*(?:[-*+\u2022]|\d{1,3}[.)]|[a-z][.)]|\|)\s?|^\s*>")
_INDENTED: Final = re.compile(r"^(?: {2,}|\t)\S")
# Ends a sentence: a stop with what closes it, before a blank and anything but a small letter.
_SENTENCE_END: Final = re.compile(
    r"[.!?\u2026][\"')\]*_\u201d\u00bb]*\s+(?![a-z\d])|[\u3002\uff01\uff1f]+\s*"
)
_ABBREVIATED: Final = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|No|Mr|Mrs|Ms|Dr|St|approx|Inc|Ltd)|\b[A-Z])\.\s*$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where a unit (a sentence, list, table or code block) stands in its passage."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


def units(text: str) -> list[Span]:
    """The units of a passage in order: sentences of prose, and blocks that stay whole."""
    found: list[Span] = []
    for block, whole in blocks(text):
        spans = [block] if whole else _sentences(text, block)
        found.extend(_trimmed(text, span) for span in spans if span.of(text).strip())
    return found


def relevance(
    question: str, texts: Sequence[str], similarities: NDArray[np.float32]
) -> NDArray[np.float32]:
    """How much each text answers: its cosine, and the share of the question's words in it."""
    asked = set(stems(question))
    if not asked:
        return similarities
    shares = [len(asked.intersection(stems(text))) / len(asked) for text in texts]
    return similarities + np.float32(_WORD_WEIGHT) * np.asarray(shares, dtype=np.float32)


def best_stretch(spans: Sequence[Span], scores: Sequence[float]) -> Span:
    """The adjacent units around the best one that fit into an answer; at least that one.

    It grows to the side that answers better. One stretch reads as its author wrote it, where
    scattered sentences would lose their conditions.
    """
    best = max(range(len(spans)), key=lambda index: scores[index])
    first, last = best, best
    while True:
        sides = [
            index
            for index in (last + 1, first - 1)
            if 0 <= index < len(spans) and _length(spans, min(first, index), max(last, index))
        ]
        if not sides:
            return Span(start=spans[first].start, end=spans[last].end)
        chosen = max(sides, key=lambda index: scores[index])
        first, last = min(first, chosen), max(last, chosen)


def _length(spans: Sequence[Span], first: int, last: int) -> bool:
    return spans[last].end - spans[first].start <= ANSWER_LENGTH


def blocks(text: str) -> Iterator[tuple[Span, bool]]:
    """Runs of lines of one kind; True for those that must not be cut."""
    start, kind, position = 0, "", 0
    fence = ""
    for line in text.splitlines(keepends=True):
        opened = _FENCE.match(line)
        line_kind = "code" if fence else _kind(line, opened=bool(opened), before=kind)
        if line_kind != kind and position > start:
            yield Span(start=start, end=position), kind in {"code", "list"}
            start = position
        if opened and not fence:
            fence = opened[1][:3]
        elif fence and line.strip().startswith(fence):
            fence = ""
        kind = line_kind
        position += len(line)
    if position > start:
        yield Span(start=start, end=position), kind in {"code", "list"}


def _kind(line: str, *, opened: bool, before: str) -> str:
    if opened:
        return "code"
    if not line.strip():
        return before if before == "list" else "blank"
    listed = _LISTED.match(line) or (before == "list" and _INDENTED.match(line))
    return "list" if listed else "prose"


def _sentences(text: str, block: Span) -> list[Span]:
    spans, start = [], block.start
    for match in _SENTENCE_END.finditer(text, block.start, block.end):
        if _ABBREVIATED.search(text[start : match.end()]):
            continue
        spans.append(Span(start=start, end=match.end()))
        start = match.end()
    return [*spans, Span(start=start, end=block.end)]


def _trimmed(text: str, span: Span) -> Span:
    words = span.of(text)
    return Span(
        start=span.start + len(words) - len(words.lstrip()), end=span.start + len(words.rstrip())
    )
