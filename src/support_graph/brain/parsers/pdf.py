"""PDF: one section a page, linked as `#page=3`, which every viewer understands."""

import io
import re
from typing import Final

from pypdf import PdfReader

from support_graph.brain.errors import UnreadableDocument
from support_graph.domain.documents import ParsedDocument, Section

_MOST_PAGES: Final = 3_000
_HYPHENATED: Final = re.compile(r"(?<=[a-z])-\n(?=[a-z])")


def parse(content: bytes, *, source: str, fallback_title: str) -> ParsedDocument:
    """Raises UnreadableDocument for a locked, broken, overlong or wordless file."""
    try:
        title, pages = _read(content, source=source)
    except UnreadableDocument:
        raise
    except Exception as error:  # pypdf lets through whatever a broken file provokes
        raise UnreadableDocument(source=source, reason=f"a broken PDF ({error})") from error
    sections = _sections(pages)
    if not sections:
        raise UnreadableDocument(source=source, reason="a PDF without text, perhaps a scan")
    return ParsedDocument(title=title or fallback_title, sections=sections)


def _read(content: bytes, *, source: str) -> tuple[str, list[str]]:
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnreadableDocument(source=source, reason="it is locked with a password")
    if len(reader.pages) > _MOST_PAGES:
        raise UnreadableDocument(source=source, reason=f"it has over {_MOST_PAGES} pages")
    title = reader.metadata.title if reader.metadata else None
    return str(title or "").strip(), [page.extract_text() for page in reader.pages]


def _sections(pages: list[str]) -> tuple[Section, ...]:
    texts = (_HYPHENATED.sub("", page).replace("\x00", "").strip() for page in pages)
    return tuple(
        Section(headings=(), text=text, anchor=f"page={number}")
        for number, text in enumerate(texts, start=1)
        if text
    )
