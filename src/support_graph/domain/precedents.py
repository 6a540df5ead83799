"""Precedents: each answer a human gave, in the circumstances in which it was given."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from support_graph.domain.evidence import HandoffReason
from support_graph.domain.ids import ConversationId, ResolutionId, TurnId
from support_graph.domain.turns import Action, DecisionOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPassage:
    """A passage as it stood before the teammate; `quote` is its beginning."""

    id: str
    title: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedent:
    """What was asked, what a teammate answered, and all that was known at that moment.

    `resolution_id` is what the answer was filed under (None: not to be learned). `question` are the
    customer's own words, `standalone` the question without its conversation; `before` is what the
    teammate said before deciding. `context` is what was known of the customer's situation.
    """

    turn_id: TurnId
    conversation_id: ConversationId
    resolution_id: ResolutionId | None
    question: str
    standalone: str
    answer: str
    before: tuple[str, ...]
    author: str
    surface: str
    action: Action
    outcome: DecisionOutcome
    intent: str | None
    reason: HandoffReason
    words: tuple[str, ...]
    context: dict[str, Any]
    passages: tuple[SeenPassage, ...]
    decided_at: datetime
