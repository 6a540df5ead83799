"""Gathers headings and text into sections, the same way for every format."""

import re
from collections import Counter
from typing import Final

from support_graph.domain.documents import ParsedDocument, Section

_NOT_IN_SLUG: Final = re.compile(r"[^\w\- ]")


class Outline:
    """A document while it is read: the headings above the reader, and the sections so far."""

    def __init__(self) -> None:
        self._open: list[tuple[int, str]] = []
        self._anchor: str | None = None
        self._text: list[str] = []
        self._sections: list[Section] = []
        self._slugs: Counter[str] = Counter()
        self.first_heading: str | None = None

    def heading(self, level: int, words: str, *, anchor: str | None = None) -> None:
        """Close the section so far; headings of `level` and below are no longer above."""
        self._close()
        self._open = [(above, name) for above, name in self._open if above < level]
        if words:
            self._open.append((level, words))
            self.first_heading = self.first_heading or words
        self._anchor = anchor

    def text(self, words: str) -> None:
        self._text.append(words)

    def slug(self, heading: str) -> str:
        """The anchor GitHub gives a heading; the second of a name gets -1."""
        slug = _NOT_IN_SLUG.sub("", heading.strip().lower()).replace(" ", "-")
        self._slugs[slug] += 1
        count = self._slugs[slug] - 1
        return f"{slug}-{count}" if count else slug

    def document(self, *, title: str) -> ParsedDocument:
        """What was read. A heading that repeats the title is left out of the heading paths."""
        self._close()
        return ParsedDocument(
            title=title,
            sections=tuple(
                Section(
                    headings=section.headings[section.headings[:1] == (title,) :],
                    text=section.text,
                    anchor=section.anchor,
                )
                for section in self._sections
            ),
        )

    def _close(self) -> None:
        text = "".join(self._text).strip("\n").rstrip()
        self._text.clear()
        if text:
            headings = tuple(name for _, name in self._open)
            self._sections.append(Section(headings=headings, text=text, anchor=self._anchor))
