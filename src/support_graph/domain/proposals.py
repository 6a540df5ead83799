"""Proposals: what the desk would change in what was learned, if a teammate agrees."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from support_graph.domain.ids import ProposalId, ResolutionId


class ProposalKind(StrEnum):
    MERGE = "merge"
    SCOPE = "scope"


class ProposalStatus(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """That `source` is `into` in other words."""

    source: ResolutionId
    into: ResolutionId

    @property
    def resolutions(self) -> tuple[ResolutionId, ...]:
        return (self.source, self.into)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoping:
    """That each of these answers holds only where `attribute` has one of its values."""

    attribute: str
    values: Mapping[ResolutionId, tuple[Any, ...]]

    @property
    def resolutions(self) -> tuple[ResolutionId, ...]:
        return tuple(sorted(self.values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """`evidence` are the numbers behind it by name, `words` the same for people.

    `decided_by` is a teammate's name, or the desk's own where it did it by itself.
    """

    id: ProposalId
    kind: ProposalKind
    status: ProposalStatus
    what: Merge | Scoping
    words: tuple[str, ...]
    evidence: dict[str, Any]
    decided_by: str | None
    decided_at: datetime | None
    created_at: datetime
    updated_at: datetime
