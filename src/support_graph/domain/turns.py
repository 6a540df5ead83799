"""Turns, escalations and decisions: one question, its handling, and a human's part in it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from support_graph.domain.evidence import HandoffReason
from support_graph.domain.ids import (
    ConversationId,
    EscalationId,
    IntentId,
    MemberId,
    MessageId,
    ResolutionId,
    TurnId,
)


class TurnStatus(StrEnum):
    """`open`: in other hands than the desk's. A teammate holds the conversation, so the message
    went to them unjudged; or another program, such as LangGraph Studio, runs the turn. One that is
    left there for long is `abandoned`, until somebody goes on with it after all.
    """

    PROCESSING = "processing"
    ANSWERED = "answered"
    ESCALATED = "escalated"
    OPEN = "open"
    ABANDONED = "abandoned"


class EscalationStatus(StrEnum):
    """`opening` lasts until the run has stopped at its interrupt; only then can it be answered."""

    OPENING = "opening"
    WAITING = "waiting"
    CLAIMED = "claimed"
    DECIDED = "decided"


class Action(StrEnum):
    ACCEPT = "accept"
    EDIT = "edit"
    ANSWER = "answer"
    DISMISS = "dismiss"
    RETURN = "return"

    @property
    def replies(self) -> bool:
        """Whether the customer is sent a text by this decision."""
        return self in {Action.ACCEPT, Action.EDIT, Action.ANSWER}


class DecisionOutcome(StrEnum):
    """What the teammate says became of the customer's problem."""

    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"
    SPAM = "spam"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A teammate's word on one interrupt; the first one for (turn, interrupt) holds."""

    turn_id: TurnId
    interrupt_id: str
    action: Action
    text: str | None
    outcome: DecisionOutcome
    learn: bool
    resolution_id: ResolutionId | None
    member_id: MemberId | None
    member_name: str
    surface: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What a decision became: None ids when nothing was to be learned."""

    resolution_id: ResolutionId | None
    revision: int | None
    merged: bool
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """`explanation` holds what the graph found and judged, in the form the API shows.

    `intent` is the name that the turn's intent goes by now.
    """

    id: TurnId
    conversation_id: ConversationId
    message_id: MessageId
    status: TurnStatus
    question: str
    context: dict[str, Any]
    explanation: dict[str, Any] = field(default_factory=dict)
    reply_id: MessageId | None = None
    escalation_id: EscalationId | None = None
    intent_id: IntentId | None = None
    intent: str | None = None
    created_at: datetime
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """A handoff and its record; `brief` is what the teammate sees besides the transcript."""

    id: EscalationId
    turn_id: TurnId
    conversation_id: ConversationId
    interrupt_id: str | None
    status: EscalationStatus
    reason: HandoffReason
    question: str
    draft: str | None
    draft_resolution_id: ResolutionId | None
    brief: dict[str, Any]
    intent_id: IntentId | None
    intent: str | None
    claimed_by: MemberId | None
    claimed_by_name: str | None
    created_at: datetime
    decided_at: datetime | None
