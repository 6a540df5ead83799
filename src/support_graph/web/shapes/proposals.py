"""Proposals: what the desk would change in what was learned, and why."""

from typing import Any
from uuid import UUID

from support_graph.domain.proposals import ProposalKind, ProposalStatus
from support_graph.domain.resolutions import ResolutionStatus
from support_graph.web.fields import Instant, Shown


class Concerned(Shown):
    """A resolution that a proposal is about, as it stands now.

    `role` says what would become of it: the `source` of a merge goes `into` the other one; a
    `scoped` one would hold for `values` only.
    """

    id: UUID
    role: str
    revision: int
    answer: str
    phrasings: list[str]
    status: ResolutionStatus
    scope: dict[str, Any]
    values: list[Any] | None = None


class Proposal(Shown):
    """`words` say why, `evidence` in numbers; `attribute` is the fact that a scope is about."""

    id: UUID
    kind: ProposalKind
    status: ProposalStatus
    attribute: str | None
    resolutions: list[Concerned]
    words: list[str]
    evidence: dict[str, Any]
    decided_by: str | None
    decided_at: Instant | None
    created_at: Instant
    updated_at: Instant
