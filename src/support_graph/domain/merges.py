"""Merges of resolutions, and what undoing one can't give back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from support_graph.domain.ids import MergeId, ProposalId, ResolutionId, TurnId
from support_graph.domain.resolutions import Resolution


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """That `source` went into `target`.

    The revisions are those that the merge wrote; `filed` and `precedents` are the turns whose
    messages and precedents it moved; `duplicate_of` and `proposal_id` what was settled by it.
    """

    id: MergeId
    source: ResolutionId
    target: ResolutionId
    source_revision: int
    target_revision: int
    filed: tuple[TurnId, ...]
    precedents: tuple[TurnId, ...]
    duplicate_of: ResolutionId | None
    proposal_id: ProposalId | None
    created_at: datetime
    undone_at: datetime | None
    undone_by: str | None


class Left(StrEnum):
    """What undoing a merge leaves as it is, because it was changed since."""

    SOURCE = "source"
    TARGET = "target"
    SCOPE = "scope"
    PHRASINGS_GONE = "phrasings_gone"
    LAST_PHRASINGS = "last_phrasings"
    MESSAGES = "messages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmerged:
    """Both as they are now; without `left`, exactly as they were before the merge."""

    source: Resolution
    target: Resolution
    left: Sequence[Left]
