"""Resolutions: learned answers, their phrasings, and the audited log of their revisions."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from support_graph.domain.ids import IntentId, PhrasingId, ResolutionId


class ResolutionStatus(StrEnum):
    """Only an `active` one is ever used; `review` waits for a teammate's yes."""

    ACTIVE = "active"
    REVIEW = "review"
    ARCHIVED = "archived"
    DELETED = "deleted"


class Change(StrEnum):
    """Why a revision was written."""

    LEARNED = "learned"
    PHRASING = "phrasing"
    EDITED = "edited"
    CORRECTED = "corrected"
    MERGED = "merged"
    SCOPED = "scoped"
    DELETED = "deleted"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrasing:
    """A way customers ask for this answer, in their words."""

    id: PhrasingId
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything about a resolution that people decide; a revision stores it whole."""

    answer: str
    phrasings: tuple[Phrasing, ...]
    intent_id: IntentId | None = None
    scope: dict[str, Any] = field(default_factory=dict)
    status: ResolutionStatus = ResolutionStatus.ACTIVE
    pinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """The head of a resolution's log.

    `store_version` is the workspace's store version at its last change; `provenance` names the
    turn, conversation, teammate and passages it came from; `ok` and `bad` count outcomes.
    """

    id: ResolutionId
    revision: int
    content: Content
    intent: str | None
    provenance: dict[str, Any]
    ok: float
    bad: float
    duplicate_of: ResolutionId | None
    store_version: int
    created_at: datetime
    updated_at: datetime

    @property
    def usable(self) -> bool:
        return self.content.status is ResolutionStatus.ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One entry of the log: who changed what, when and why, with the full content after it."""

    resolution_id: ResolutionId
    revision: int
    change: Change
    actor: str
    note: str | None
    content: Content
    store_version: int
    created_at: datetime
