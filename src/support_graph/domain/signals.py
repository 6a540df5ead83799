"""Signals and outcomes: what reality said about a turn, and what became of its problem."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from support_graph.domain.ids import ConversationId, MessageId, TurnId


class SignalKind(StrEnum):
    """See docs/glossary.md for what exactly each of them is."""

    RATING = "rating"
    CSAT = "csat"
    THANKS = "thanks"
    COMPLAINT = "complaint"
    REPHRASE = "rephrase"
    REOPENED = "reopened"
    HUMAN_REQUEST = "human_request"
    EDIT = "edit"
    ABANDONED = "abandoned"
    SILENCE = "silence"


class Rating(StrEnum):
    UP = "up"
    DOWN = "down"


class Retouch(StrEnum):
    """What a teammate's edit of a draft was: it says the same, or something else."""

    POLISH = "polish"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One signal about a turn; a second one of the same kind and message takes its place.

    `message_id` is the message that says it, or the reply that it is about. `value` is the thumb
    (`up`, `down`), the satisfaction (`1` to `5`), or what an edit was (`polish`, `correction`).
    `score` is how sure it is that the signal is one: the probability that a rephrase asks the same;
    of an edit, how alike draft and reply are (0 to 1).
    """

    turn_id: TurnId
    kind: SignalKind
    message_id: MessageId
    value: str | None = None
    score: float | None = None
    comment: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    created_at: datetime | None = None


class OutcomeKind(StrEnum):
    """`unresolved`: the customer let know that the answer did not help."""

    CONFIRMED = "confirmed"
    ASSUMED = "assumed"
    UNRESOLVED = "unresolved"
    ABANDONED = "abandoned"
    HANDED_OFF = "handed_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a turn's problem, as the strongest fact says.

    `why` is the kind of the signal it came from, or the reason of a handoff.
    """

    turn_id: TurnId
    conversation_id: ConversationId
    kind: OutcomeKind
    why: str
    at: datetime
