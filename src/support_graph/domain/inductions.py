"""Inductions: intents that a backlog of messages suggests, and what teammates make of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from support_graph.domain.ids import InducedId, InductionId, IntentId


class InductionStatus(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class InducedStatus(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Induction:
    """`messages` are to be read, without courtesies and repetitions, and `done` have been; `given`
    are those that were brought along, None for the workspace's own."""

    id: InductionId
    status: InductionStatus
    given: tuple[str, ...] | None
    messages: int
    done: int
    problem: str | None
    started_by: str
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Induced:
    """One intent that is suggested, by so many messages; `intent_id` is what was made of it."""

    id: InducedId
    induction_id: InductionId
    name: str
    description: str
    examples: tuple[str, ...]
    messages: int
    status: InducedStatus
    decided_by: str | None
    intent_id: IntentId | None
