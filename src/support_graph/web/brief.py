"""The brief of an escalation: all that a teammate needs to answer, in one look."""

from dataclasses import asdict
from typing import Any

from support_graph.desk.needed import Needed
from support_graph.domain.turns import Escalation
from support_graph.store.database import Transaction
from support_graph.web.evidence import filled
from support_graph.web.shapes import escalations as shapes
from support_graph.web.similar import SimilarQuestions


async def brief(
    tx: Transaction, escalation: Escalation, similar: SimilarQuestions, needed: Needed | None
) -> shapes.Brief:
    conversation = await tx.conversations.get(escalation.conversation_id)
    known = escalation.brief
    evidence = await filled(
        tx,
        resolutions=known.get("resolutions", []),
        passages=known.get("passages", []),
        internal=True,
    )
    return shapes.Brief.model_validate(
        {
            **asdict(escalation),
            "standalone": known.get("standalone", escalation.question),
            "channel": conversation.channel,
            "customer": conversation.contact,
            "context": known.get("context", {}),
            "transcript": await tx.messages.of_conversation(escalation.conversation_id),
            "suggestion": _suggestion(escalation),
            "evidence": evidence,
            "not_sent": _not_sent(escalation),
            "needed": needed,
            "similar": await similar.to(tx, escalation),
            "history": known.get("history", []),
            "decision": await tx.decisions.of_turn(escalation.turn_id),
        }
    )


def _suggestion(escalation: Escalation) -> dict[str, Any] | None:
    if escalation.draft is None:
        return None
    return {
        "text": escalation.draft,
        "resolution_id": escalation.draft_resolution_id,
        "citations": escalation.brief.get("citations", []),
    }


def _not_sent(escalation: Escalation) -> dict[str, Any]:
    return {
        "reason": escalation.reason,
        "words": escalation.brief.get("words", []),
        "sentences": escalation.brief.get("sentences", []),
        "confidence": escalation.brief.get("confidence", 0.0),
        "threshold": escalation.brief.get("threshold", 0.0),
    }
