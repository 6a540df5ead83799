"""Inductions: the job that proposes intents for a backlog, and what teammates make of each."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from support_graph.desk.backlog import MOST_GIVEN
from support_graph.domain.inductions import InducedStatus, InductionStatus
from support_graph.web.fields import Body, Instant, Name, Phrase, Shown
from support_graph.web.shapes.intents import Description


class NewInduction(Body):
    """`messages` null: the workspace's own newest ones that have no intent yet."""

    messages: Annotated[list[Phrase], Field(min_length=1, max_length=MOST_GIVEN)] | None = None


class Induction(Shown):
    """`messages` are to be read, without courtesies and repetitions, and `done` have been."""

    id: UUID
    status: InductionStatus
    messages: int
    done: int
    problem: str | None
    started_by: str
    created_at: Instant
    finished_at: Instant | None


class InducedIntent(Shown):
    """An intent that so many messages suggest; `intent_id` is what was made of it."""

    id: UUID
    name: str
    description: str
    examples: list[str]
    messages: int
    status: InducedStatus
    decided_by: str | None
    intent_id: UUID | None


class FullInduction(Induction):
    """`proposals` are there once it is done, those with the most messages first."""

    proposals: list[InducedIntent]


class AcceptedAs(Body):
    """What is left out is as it was proposed."""

    name: Name | None = None
    description: Description | None = None
