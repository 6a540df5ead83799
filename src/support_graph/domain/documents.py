"""Documents of the Brain and the passages they are read as."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from support_graph.domain.ids import (
    ConversationId,
    DocumentId,
    EscalationId,
    PassageId,
    ResolutionId,
    TurnId,
)


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
class Removed:
    """A document that was removed, and can be brought back until it is purged."""

    id: DocumentId
    source: str
    title: str
    passage_count: int
    removed_by: str
    removed_at: datetime


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


class How(StrEnum):
    """What became of a reply that quotes a document: the assistant sent it, a teammate did, or it
    is a draft that waits for one."""

    ANSWERED = "answered"
    ACCEPTED = "accepted"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A quotation of a document in a turn's reply or draft.

    `in_force` says whether the document still has these words; `learned_id` is the resolution that
    was learned from the reply.
    """

    how: How
    turn_id: TurnId
    conversation_id: ConversationId
    escalation_id: EscalationId | None
    question: str
    passage_id: str
    in_force: bool
    learned_id: ResolutionId | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """Everything that quotes a document, newest first."""

    all: tuple[Use, ...]

    @property
    def sent(self) -> int:
        """How many turns' replies quote it."""
        return len({use.turn_id for use in self.all if use.how is not How.WAITING})

    @property
    def waiting(self) -> int:
        return len({use.turn_id for use in self.all if use.how is How.WAITING})

    @property
    def learned(self) -> frozenset[ResolutionId]:
        """The resolutions that were learned from replies that quote it."""
        return frozenset(use.learned_id for use in self.all if use.learned_id)

    @property
    def stale(self) -> "Uses":
        """Those whose words the document has no more."""
        return Uses(all=tuple(use for use in self.all if not use.in_force))

    @property
    def by_passage(self) -> Mapping[str, int]:
        """How many turns' replies quote each passage."""
        sent = {(use.passage_id, use.turn_id) for use in self.all if use.how is not How.WAITING}
        return Counter(passage_id for passage_id, _ in sent)
