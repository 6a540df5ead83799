"""Escalations: the list, the brief, and what a teammate does with one."""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from support_graph.desk.decisions import Resolve
from support_graph.domain.evidence import HandoffReason
from support_graph.domain.ids import ResolutionId
from support_graph.domain.turns import Action, DecisionOutcome, EscalationStatus
from support_graph.web.fields import Body, Flag, Instant, Shown, Text
from support_graph.web.shapes.conversations import Citation, Contact, Message
from support_graph.web.shapes.turns import Episode, Evidence, Needed, Sentence


class ListedStatus(StrEnum):
    """The states that a teammate can see a list of."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    DECIDED = "decided"


class Escalation(Shown):
    id: UUID
    turn_id: UUID
    conversation_id: UUID
    status: EscalationStatus
    reason: HandoffReason
    intent: str | None
    question: str
    draft: str | None
    claimed_by: UUID | None
    claimed_by_name: str | None
    created_at: Instant
    decided_at: Instant | None


class Suggestion(Shown):
    """What the assistant would have said."""

    text: str
    resolution_id: UUID | None
    citations: list[Citation]


class NotSent(Shown):
    """Why a human answers, in words first; `sentences` are the same by name and values."""

    reason: HandoffReason
    words: list[str]
    sentences: list[Sentence]
    confidence: float
    threshold: float


class Similar(Shown):
    """Another escalation that waits with nearly the same question."""

    id: UUID
    conversation_id: UUID
    question: str
    similarity: float
    created_at: Instant


class Decided(Shown):
    action: Action
    text: str | None
    outcome: DecisionOutcome
    learn: bool
    member_name: str
    surface: str
    created_at: Instant


class Brief(Escalation):
    """All that a teammate needs to answer."""

    standalone: str
    channel: str
    customer: Contact
    context: dict[str, Any]
    transcript: list[Message]
    suggestion: Suggestion | None
    evidence: Evidence
    not_sent: NotSent
    needed: Needed | None
    similar: list[Similar]
    history: list[Episode]
    decision: Decided | None


class Assignment(Body):
    teammate_id: UUID


class Unlearned(Shown):
    """False where there was nothing to take back, or it was taken back before."""

    unlearned: bool


class NewReply(Body):
    text: Text


class NewDecision(Body):
    """`text` is needed to edit and to answer."""

    action: Action
    text: Text | None = None
    outcome: DecisionOutcome | None = None
    learn: Flag = True
    resolution_id: Annotated[
        UUID | None, Field(description="The resolution that this answer is, if it is one.")
    ] = None

    def asked(self) -> Resolve:
        return Resolve(
            action=self.action,
            text=self.text,
            outcome=self.outcome,
            learn=self.learn,
            resolution_id=ResolutionId(self.resolution_id) if self.resolution_id else None,
        )


class Learning(StrEnum):
    """`pending`: the answer is out, and what it teaches will be known in a moment."""

    DONE = "done"
    PENDING = "pending"
    NOTHING = "nothing"


class LearnedResolution(Shown):
    """`merged`: the question became another phrasing of a known answer."""

    id: UUID
    revision: int
    merged: bool


class Resolved(Shown):
    turn_id: UUID
    resolution: LearnedResolution | None
    learning: Learning
    how: Annotated[str | None, Field(description="What became of the answer, in words.")]
