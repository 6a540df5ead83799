"""What a customer's message says about the answers that came before it in its conversation."""

from collections.abc import Sequence
from dataclasses import dataclass

from support_graph.domain.ids import MessageId
from support_graph.domain.messages import MessageKind
from support_graph.domain.signals import OutcomeKind, Signal, SignalKind
from support_graph.domain.turns import Turn, TurnStatus
from support_graph.learning.rephrase import CERTAIN, same_question
from support_graph.models.base import Embedder
from support_graph.models.satisfaction import Satisfaction, satisfaction

LOOKED_BACK = 3
"""A customer who asks again does so within so many answers; further back it is another matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An earlier turn of the conversation that had got its answer when the message came.

    `outcome` is what had become of it by then.
    """

    turn: Turn
    outcome: OutcomeKind | None

    @property
    def question(self) -> str:
        return str(self.turn.explanation.get("standalone") or self.turn.question)

    @property
    def settled(self) -> bool:
        """It was taken to be solved: by the customer's word or silence, or by a teammate."""
        by_teammate = self.turn.status is TurnStatus.ESCALATED
        return by_teammate or self.outcome in {OutcomeKind.CONFIRMED, OutcomeKind.ASSUMED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The message: what kind it is, its own words, and the question that it asks by itself."""

    message_id: MessageId
    kind: MessageKind
    text: str
    question: str


async def noticed(
    said: Said, earlier: Sequence[Answered], *, embedder: Embedder
) -> tuple[Signal, ...]:
    """The signals in a message; `earlier` is newest first."""
    if not earlier:
        return ()
    found = [*_words(said, earlier[0]), *_wants_human(said, earlier[0])]
    if said.kind is MessageKind.QUESTION:
        # A follow-up leans on the question before it, so it goes on and does not begin again.
        again = await _asked_again(said, earlier, embedder=embedder)
        found += [again] if again else []
    return tuple(found)


def _words(said: Said, latest: Answered) -> list[Signal]:
    match satisfaction(said.text):
        case Satisfaction.HELPED:
            return [_signal(said, latest, SignalKind.THANKS)]
        case Satisfaction.FAILED:
            return [_signal(said, latest, SignalKind.COMPLAINT)]
        case None:
            return []


def _wants_human(said: Said, latest: Answered) -> list[Signal]:
    """Right after an automatic answer; a teammate's was human already."""
    automatic = latest.turn.status is TurnStatus.ANSWERED
    if said.kind is not MessageKind.HUMAN_REQUEST or not automatic:
        return []
    return [_signal(said, latest, SignalKind.HUMAN_REQUEST)]


async def _asked_again(
    said: Said, earlier: Sequence[Answered], *, embedder: Embedder
) -> Signal | None:
    vectors = await embedder.embed([said.question, *(one.question for one in earlier)])
    probability, again = max(
        (
            (same_question(said.question, one.question, cosine=float(vector @ vectors[0])), one)
            for one, vector in zip(earlier, vectors[1:], strict=True)
        ),
        key=lambda pair: pair[0],
    )
    if probability < CERTAIN:
        return None
    kind = SignalKind.REOPENED if again.settled else SignalKind.REPHRASE
    return _signal(said, again, kind, score=round(probability, 4))


def _signal(said: Said, about: Answered, kind: SignalKind, *, score: float | None = None) -> Signal:
    return Signal(turn_id=about.turn.id, kind=kind, message_id=said.message_id, score=score)
