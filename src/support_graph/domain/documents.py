"""Documents of the Brain and the passages they are read as."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from support_graph.domain.ids import DocumentId, PassageId


class Visibility(StrEnum):
    """Who may be shown a document's words: an internal one informs teammates, never a customer."""

    PUBLIC = "public"
    INTERNAL = "internal"


class DocumentStatus(StrEnum):
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A stretch of a parsed document under one heading path, before it is cut into passages."""

    headings: tuple[str, ...]
    text: str
    anchor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedDocument:
    """What a parser read: a title and the sections in reading order."""

    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One retrievable piece of a document; `position` counts from 0 in reading order."""

    id: PassageId
    document_id: DocumentId
    position: int
    headings: tuple[str, ...]
    text: str
    url: str | None
    title: str
    visibility: Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    id: DocumentId
    title: str
    url: str | None
    source: str
    visibility: Visibility
    status: DocumentStatus
    error: str | None
    digest: str
    passage_count: int
    created_at: datetime
    updated_at: datetime
