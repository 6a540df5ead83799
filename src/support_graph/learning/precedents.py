"""Keeps what a human answered, with all that was known at that moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from support_graph.domain.evidence import HandoffReason
from support_graph.domain.ids import ConversationId, PassageId
from support_graph.domain.messages import Author
from support_graph.domain.precedents import Precedent, SeenPassage
from support_graph.domain.turns import Decision, Learned
from support_graph.store.database import Transaction

_QUOTED = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the teammate had before them; `passages` are the ones that were found, best first."""

    conversation_id: ConversationId
    question: str
    standalone: str
    context: Mapping[str, Any]
    intent: str | None
    reason: HandoffReason
    words: Sequence[str]
    passages: Sequence[PassageId]


async def keep(
    tx: Transaction, decision: Decision, circumstances: Circumstances, learned: Learned
) -> None:
    """Only what was answered is a precedent; keeping it again changes nothing."""
    if decision.text is None or not decision.action.replies:
        return
    await tx.precedents.add(
        Precedent(
            turn_id=decision.turn_id,
            conversation_id=circumstances.conversation_id,
            resolution_id=learned.resolution_id,
            question=circumstances.question,
            standalone=circumstances.standalone,
            answer=decision.text,
            before=await _said_before(tx, decision, circumstances),
            author=decision.member_name,
            surface=decision.surface,
            action=decision.action,
            outcome=decision.outcome,
            intent=circumstances.intent,
            reason=circumstances.reason,
            words=tuple(circumstances.words),
            context=dict(circumstances.context),
            passages=await _seen(tx, circumstances.passages),
            decided_at=decision.created_at,
        )
    )


async def _said_before(
    tx: Transaction, decision: Decision, circumstances: Circumstances
) -> tuple[str, ...]:
    """The teammate's replies to this question, without the one that decided it."""
    messages = await tx.messages.of_conversation(circumstances.conversation_id)
    said = [
        message.text
        for message in messages
        if message.turn_id == decision.turn_id and message.author is Author.TEAMMATE
    ]
    # A run that was resumed directly learns first, and tells the customer after.
    if said and said[-1] == decision.text:
        said.pop()
    return tuple(said)


async def _seen(tx: Transaction, ids: Sequence[PassageId]) -> tuple[SeenPassage, ...]:
    """Those that are still there; what a document said then is kept, whatever it says later."""
    found = await tx.passages.among(ids)
    return tuple(
        SeenPassage(id=str(i), title=found[i].title, quote=found[i].text[:_QUOTED])
        for i in ids
        if i in found
    )
