"""Asks as a customer would, and shows what came of it."""

from dataclasses import asdict, dataclass
from typing import Any

from support_graph.cli import console
from support_graph.cli.session import DEFAULT_WORKSPACE, Session, session
from support_graph.cli.short_ids import short
from support_graph.cli.working import hands
from support_graph.desk import receive
from support_graph.desk.needed import needed_for
from support_graph.desk.receive import Incoming, Received
from support_graph.domain.explanations import weighed
from support_graph.domain.messages import Citation, Message
from support_graph.domain.turns import Turn, TurnStatus

_CHANNEL = "cli"
_SOURCES = {
    "resolution": "A learned answer",
    "brain": "From the documents",
    "mixed": "From a learned answer and the documents",
    "human": "A teammate's answer",
    "courtesy": "A courtesy",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was typed. Without a `contact` each question is a new customer's."""

    text: str
    contact: str | None
    conversation: str | None
    page_title: str | None

    def incoming(self) -> Incoming:
        return Incoming(
            channel=_CHANNEL,
            text=self.text,
            conversation=self.conversation,
            contact_ids=[self.contact] if self.contact else [],
            context={"page_title": self.page_title} if self.page_title else {},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A question and what became of it so far."""

    received: Received
    turn: Turn
    reply: Message | None
    needed: tuple[str, ...] = ()
    """What it would take to be answered, in words, where it went to a teammate."""


async def ask(workspace: str, question: Question, *, wait: float, as_json: bool) -> None:
    async with session(workspace, listen=True) as at:
        received = await receive.receive(at.desk, at.id, question.incoming())
        with console.waiting("Waiting for the answer"):
            outcome = await _outcome(at, received, wait=wait)
        if as_json:
            console.dump(as_response(outcome))
        else:
            _show(outcome, workspace)


async def _outcome(at: Session, received: Received, *, wait: float) -> Outcome:
    async def look() -> Turn | None:
        async with at.scope.begin() as tx:
            turn = await tx.turns.get(received.turn_id)
        return None if turn.status is TurnStatus.PROCESSING else turn

    if wait > 0:
        async with hands(at.desk):
            await at.desk.listener.until(f"turn:{received.turn_id}", look, seconds=wait)
    async with at.scope.begin() as tx:
        turn = await tx.turns.get(received.turn_id)
        reply = await tx.messages.get(turn.reply_id) if turn.reply_id else None
        needed = await needed_for(at.desk, tx, turn)
    return Outcome(received=received, turn=turn, reply=reply, needed=needed.words if needed else ())


def as_response(outcome: Outcome) -> dict[str, Any]:
    """What `POST /v1/messages` answers."""
    turn, reply = outcome.turn, outcome.reply
    verdict = turn.explanation.get("verdict")
    return {
        "conversation_id": turn.conversation_id,
        "message_id": turn.message_id,
        "turn_id": turn.id,
        "status": turn.status.value,
        "escalation_id": turn.escalation_id,
        "reply": reply
        and {
            "message_id": reply.id,
            "text": reply.text,
            "source": reply.source,
            "citations": [_source(citation) for citation in reply.citations],
        },
        "verdict": verdict
        and {
            "confidence": verdict["confidence"],
            "threshold": verdict["threshold"],
            "reason": verdict["reason"],
            "intent": turn.intent,
        },
    }


def _source(citation: Citation) -> dict[str, Any]:
    """What the customer's side sees of it."""
    return {n: v for n, v in asdict(citation).items() if n != "document_id"}


def _show(outcome: Outcome, workspace: str) -> None:
    match outcome.turn.status:
        case TurnStatus.ANSWERED:
            _show_reply(outcome)
        case TurnStatus.ESCALATED:
            _show_escalation(outcome, workspace)
        case TurnStatus.OPEN:
            console.say("A teammate holds this conversation, and the message went to them.")
        case TurnStatus.ABANDONED:
            console.say("It was begun in LangGraph Studio, and left there.")
        case TurnStatus.PROCESSING:
            console.say("Not answered yet; the message is kept, and a worker will take it up.")


def _show_reply(outcome: Outcome) -> None:
    assert outcome.reply is not None
    console.say(outcome.reply.text)
    console.say("")
    source = _SOURCES[outcome.reply.source.value] if outcome.reply.source else "A reply"
    console.say(f"{source}. {' '.join(outcome.turn.explanation['verdict']['words'])}", "dim")
    weights = {
        hit["id"]: weighed(hit) for hit in outcome.turn.explanation["evidence"]["resolutions"]
    }
    for citation in outcome.reply.citations:
        where = citation.url or f"{citation.kind} {short(citation.id)}"
        weight = weights.get(str(citation.id))
        console.say(f"  · {citation.title} ({where}){f', {weight}' if weight else ''}", "dim")


def _show_escalation(outcome: Outcome, workspace: str) -> None:
    turn = outcome.turn
    assert turn.escalation_id is not None
    verdict = turn.explanation["verdict"]
    escalation = short(turn.escalation_id)
    console.say(f"Escalated to a teammate: {verdict['reason'].replace('_', ' ')}.", "yellow")
    console.say(" ".join(verdict["words"]))
    drafted = turn.explanation.get("draft")
    if drafted:
        console.say(f"Draft, not sent: {drafted['text']}", "dim")
    for words in outcome.needed:
        console.say(f"  · Enough would be: {words[0].lower()}{words[1:]}", "dim")
    there = "" if workspace == DEFAULT_WORKSPACE else f" --workspace {workspace}"
    console.say(f'Escalation {escalation}; answer it: support-graph answer {escalation} "…"{there}')
