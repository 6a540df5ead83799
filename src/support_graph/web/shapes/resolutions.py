"""Resolutions, their revisions and uses, and the changes teammates make."""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from support_graph.desk.resolutions import Edit
from support_graph.domain import resolutions as domain
from support_graph.domain.evidence import HandoffReason
from support_graph.domain.merges import Left
from support_graph.domain.resolutions import Change, ResolutionStatus
from support_graph.domain.turns import Action, DecisionOutcome
from support_graph.web.fields import (
    Body,
    Changes,
    Conditions,
    Flag,
    Instant,
    Name,
    Phrase,
    RevisionNumber,
    Shown,
    Text,
)


class Phrasing(Shown):
    id: UUID
    text: str


class Resolution(Shown):
    id: UUID
    revision: int
    answer: str
    phrasings: list[Phrasing]
    intent: str | None
    scope: dict[str, Any]
    status: ResolutionStatus
    pinned: bool
    provenance: dict[str, Any]
    ok: float
    bad: float
    duplicate_of: UUID | None
    store_version: int
    created_at: Instant
    updated_at: Instant


class SeenPassage(Shown):
    id: UUID
    title: str
    quote: str


class Precedent(Shown):
    """A human's answer that became a part of it, with all that was known at that moment.

    `before` is what the teammate said to the customer before deciding; `reason` and `words` say why
    a human was asked; `passages` are the ones that were found then.
    """

    turn_id: UUID
    conversation_id: UUID
    question: str
    standalone: str
    answer: str
    before: list[str]
    author: str
    surface: str
    action: Action
    outcome: DecisionOutcome
    intent: str | None
    reason: HandoffReason
    words: list[str]
    context: dict[str, Any]
    passages: list[SeenPassage]
    decided_at: Instant


class FullResolution(Resolution):
    """With its newest 50 precedents, newest first."""

    precedents: list[Precedent]


class Match(Resolution):
    """A resolution that a search found: its share of the vote, and its nearest phrasing's cosine.

    Both are null in a plain list.
    """

    share: float | None = None
    similarity: float | None = None


class Revision(Shown):
    """One entry of the log; `undone_by` nothing: restoring an earlier one writes the next."""

    revision: int
    change: Change
    actor: str
    note: str | None
    answer: str
    phrasings: list[Phrasing]
    intent: str | None
    scope: dict[str, Any]
    status: ResolutionStatus
    pinned: bool
    store_version: int
    created_at: Instant


class Use(Shown):
    """`answered`: the customer got it; `suggested`: a teammate saw it as the draft."""

    turn_id: UUID
    revision: int
    role: str
    created_at: Instant


_Phrasings = Annotated[list[Phrase], Field(min_length=1, max_length=100)]


class WritableStatus(StrEnum):
    """The states that a teammate may give it; deleting goes by DELETE."""

    ACTIVE = "active"
    REVIEW = "review"
    ARCHIVED = "archived"


class NewResolution(Body):
    answer: Text
    phrasings: _Phrasings
    intent: Name | None = None
    scope: Conditions = Field(default_factory=dict)
    status: WritableStatus = WritableStatus.ACTIVE
    pinned: Flag = False

    def edit(self) -> Edit:
        return _edit(self)


class ResolutionChanges(Changes):
    answer: Text | None = None
    phrasings: _Phrasings | None = None
    intent: Name | None = None
    scope: Conditions | None = None
    status: WritableStatus | None = None
    pinned: Flag | None = None

    def edit(self) -> Edit:
        return _edit(self)


def _edit(asked: NewResolution | ResolutionChanges) -> Edit:
    status = ResolutionStatus(asked.status) if asked.status else None
    return Edit(**{**dict(asked), "status": status})


class Restoring(Body):
    revision: RevisionNumber


class Merging(Body):
    into: UUID


class Moving(Body):
    """`phrasings` by their ids."""

    phrasings: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    into: UUID


class Moved(Shown):
    """Both as they are now."""

    resolution: Resolution
    target: Resolution


class Merge(Shown):
    """That `source` went into `target`; the revisions are those that it wrote."""

    id: UUID
    source: UUID
    target: UUID
    source_revision: int
    target_revision: int
    created_at: Instant
    undone_at: Instant | None
    undone_by: str | None


class Unmerged(Shown):
    """Both as they are now; what `left` names had been changed since the merge, and stays."""

    resolution: Resolution
    target: Resolution
    left: list[Left]


def shown(resolution: domain.Resolution) -> dict[str, Any]:
    """The fields that `Resolution` and `Match` have in common."""
    return {
        **content(resolution.content),
        "id": resolution.id,
        "revision": resolution.revision,
        "intent": resolution.intent,
        "provenance": resolution.provenance,
        "ok": resolution.ok,
        "bad": resolution.bad,
        "duplicate_of": resolution.duplicate_of,
        "store_version": resolution.store_version,
        "created_at": resolution.created_at,
        "updated_at": resolution.updated_at,
    }


def content(of: domain.Content) -> dict[str, Any]:
    return {
        "answer": of.answer,
        "phrasings": of.phrasings,
        "scope": of.scope,
        "status": of.status,
        "pinned": of.pinned,
    }
