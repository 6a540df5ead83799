"""What reality said about a turn, and what became of it."""

from typing import Any
from uuid import UUID

from pydantic import Field

from support_graph.domain.signals import Outcome as Fact
from support_graph.domain.signals import OutcomeKind, SignalKind
from support_graph.domain.signals import Signal as Said
from support_graph.learning.telling import outcome_in_words, signal_in_words
from support_graph.web.fields import Instant, Shown


class Signal(Shown):
    """`message_id` is the message that says it, or the reply that it is about.

    `detail` of an edit holds its `delta`: [where in the draft, what stood there, what does now].
    """

    kind: SignalKind
    value: str | None
    score: float | None
    comment: str | None
    message_id: UUID
    words: str
    detail: dict[str, Any] = Field(default_factory=dict)
    created_at: Instant

    @classmethod
    def of(cls, said: Said) -> "Signal":
        assert said.created_at is not None
        return cls(
            kind=said.kind,
            value=said.value,
            score=said.score,
            comment=said.comment,
            message_id=said.message_id,
            words=signal_in_words(said),
            detail=said.detail,
            created_at=said.created_at,
        )


class Outcome(Shown):
    """`why` is the kind of the signal it came from, or the reason of a handoff."""

    kind: OutcomeKind
    why: str
    words: str
    at: Instant

    @classmethod
    def of(cls, fact: Fact) -> "Outcome":
        return cls(kind=fact.kind, why=fact.why, words=outcome_in_words(fact), at=fact.at)
