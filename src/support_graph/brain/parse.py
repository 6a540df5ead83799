"""Bytes of any supported format in, a parsed document out."""

import codecs
import re
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Final, assert_never
from urllib.parse import unquote, urlsplit

from support_graph.brain.errors import UnreadableDocument
from support_graph.brain.parsers import markdown, plain
from support_graph.domain.documents import ParsedDocument

MAX_BYTES: Final = 10_000_000


class Format(StrEnum):
    MARKDOWN = "markdown"
    HTML = "html"
    PLAIN = "plain"
    PDF = "pdf"


SUFFIXES: Final = {
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".mdx": Format.MARKDOWN,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".xhtml": Format.HTML,
    ".txt": Format.PLAIN,
    ".text": Format.PLAIN,
    ".pdf": Format.PDF,
}
_MEDIA_TYPES: Final = {
    "text/markdown": Format.MARKDOWN,
    "text/x-markdown": Format.MARKDOWN,
    "text/html": Format.HTML,
    "application/xhtml+xml": Format.HTML,
    "application/pdf": Format.PDF,
}
# Said by servers which don't know better, so the suffix decides before them.
_VAGUE: Final = frozenset({"", "text/plain", "application/octet-stream", "binary/octet-stream"})
_HTML_START: Final = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html)", re.IGNORECASE
)
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META_CHARSET: Final = re.compile(rb"""<meta[^>]{0,200}charset=["']?([\w-]{2,30})""", re.IGNORECASE)


def parse(
    content: bytes, *, source: str, media_type: str | None = None, max_bytes: int = MAX_BYTES
) -> ParsedDocument:
    """Read a document; `source` is its file name or address, `media_type` may bear a charset.

    Busy for up to seconds (PDF): call it in a thread. Raises UnreadableDocument.
    """
    if len(content) > max_bytes:
        raise UnreadableDocument(source=source, reason=f"it is larger than {max_bytes:,} bytes")
    kind, charset = _media_type(media_type)
    form = _format(content, source=source, media_type=kind)
    title = _title(source)
    if form is Format.PDF:
        from support_graph.brain.parsers import pdf  # noqa: PLC0415 - most commands read none

        return pdf.parse(content, source=source, fallback_title=title)
    text = decoded(content, charset=charset)
    if not text.strip():
        raise UnreadableDocument(source=source, reason="it is empty")
    return _parsed(text, form=form, title=title, source=source)


def decoded(content: bytes, *, charset: str | None = None) -> str:
    """The text of `content`: by its byte order mark, as declared, UTF-8, or Windows-1252.

    Never fails; line ends become \\n, and NUL, which Postgres refuses, goes.
    """
    declared = [encoding for mark, encoding in _MARKS if content.startswith(mark)]
    meta = _META_CHARSET.search(content[:2048])
    declared += [charset] if charset else []
    declared += [meta[1].decode("ascii")] if meta else []
    text = _first_that_fits(content, [*declared, "utf-8"])
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")


def _first_that_fits(content: bytes, encodings: list[str]) -> str:
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("cp1252", errors="replace")


def _parsed(text: str, *, form: Format, title: str, source: str) -> ParsedDocument:
    match form:
        case Format.MARKDOWN:
            document = markdown.parse(text, fallback_title=title)
        case Format.HTML:
            from support_graph.brain.parsers import html  # noqa: PLC0415 - as for PDF

            document = html.parse(text, fallback_title=title)
        case Format.PLAIN:
            document = plain.parse(text, fallback_title=title)
        case Format.PDF:
            raise AssertionError("a PDF is bytes, not text")
        case _:
            assert_never(form)
    if not document.sections:
        raise UnreadableDocument(source=source, reason="it holds no text")
    return document


def _format(content: bytes, *, source: str, media_type: str) -> Format:
    suffix = PurePosixPath(urlsplit(source).path).suffix.lower()
    if content.startswith(b"%PDF-"):
        return Format.PDF
    if media_type in _MEDIA_TYPES:
        return _MEDIA_TYPES[media_type]
    if media_type not in _VAGUE:
        raise UnreadableDocument(source=source, reason=f"{media_type} is not a supported format")
    if suffix in SUFFIXES:
        return SUFFIXES[suffix]
    if _HTML_START.match(content):
        return Format.HTML
    if media_type == "text/plain" or not suffix:
        return Format.PLAIN
    raise UnreadableDocument(source=source, reason=f"{suffix} is not a supported format")


def _media_type(header: str | None) -> tuple[str, str | None]:
    kind, _, parameters = (header or "").partition(";")
    charset = re.search(r"charset=[\"']?([\w-]+)", parameters, re.IGNORECASE)
    return kind.strip().lower(), charset[1] if charset else None


def _title(source: str) -> str:
    """A title from a file name or address, for documents that name themselves nowhere."""
    path = PurePosixPath(unquote(urlsplit(source).path))
    stem = path.parent.name if path.stem in {"index", "README"} else path.stem
    return re.sub(r"[-_\s]+", " ", stem or path.stem or source).strip() or source
