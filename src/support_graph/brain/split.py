"""Cuts sections into passages that an embedder reads whole."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Final

from langchain_text_splitters import RecursiveCharacterTextSplitter

from support_graph.domain.documents import ParsedDocument, Section
from support_graph.models.extract import blocks

# MiniLM reads 256 tokens, of which title and headings take some 30; English has ~4 characters a
# token, code and German fewer.
PASSAGE_LENGTH: Final = 900
# Half a code block is worth little, so one may be longer than is embedded.
LONGEST_WHOLE: Final = 2_000
_SEPARATORS: Final = ["\n\n", "\n", ". ", "! ", "? ", "; ", "\u3002", " ", ""]


def split(document: ParsedDocument, *, length: int = PASSAGE_LENGTH) -> tuple[Section, ...]:
    """The document's passages in reading order: sections of about `length` characters at most.

    Paragraphs stay together while they fit, lists and code blocks stay whole up to 2,000
    characters. Headings and anchor come from the section.
    """
    return tuple(
        replace(section, text=text)
        for section in document.sections
        for text in _texts(section.text, length=length)
    )


def _texts(text: str, *, length: int) -> Iterator[str]:
    if len(text) <= length:
        if text.strip():
            yield text.strip()
        return
    start = end = 0
    for span, whole in blocks(text):
        if end > start and span.end - start > length:
            yield from _cut(text[start:end], length=length)
            start = span.start
        end = span.end
        if whole and length < end - start <= LONGEST_WHOLE and start == span.start:
            yield span.of(text).strip()
            start = end
    yield from _cut(text[start:], length=length)


def _cut(text: str, *, length: int) -> Iterator[str]:
    fits = len(text.strip()) <= length
    pieces = [text] if fits else _splitter(length).split_text(text)
    yield from (piece.strip() for piece in pieces if piece.strip())


@cache
def _splitter(length: int) -> RecursiveCharacterTextSplitter:
    return RecursiveCharacterTextSplitter(
        separators=_SEPARATORS, keep_separator="end", chunk_size=length, chunk_overlap=0
    )
