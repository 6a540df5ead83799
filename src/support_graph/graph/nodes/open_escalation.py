"""open_escalation: puts the question on a teammate's desk, with all that is known about it."""

from typing import Any
from uuid import UUID

from support_graph.domain.evidence import HandoffReason
from support_graph.domain.ids import ResolutionId, TurnId
from support_graph.graph.state import State, intent_id, standalone
from support_graph.graph.tools import Tools, scope


async def open_escalation(state: State, *, tools: Tools) -> dict[str, Any]:
    drafted = state.get("draft")
    verdict = state["verdict"]
    assert verdict["reason"] is not None
    suggested = drafted["resolution_id"] if drafted else None
    async with scope(tools, state).begin() as tx:
        escalation_id = await tx.escalations.open(
            turn_id=TurnId(UUID(state["turn_id"])),
            reason=HandoffReason(verdict["reason"]),
            question=state["question"],
            draft=drafted["text"] if drafted else None,
            draft_resolution_id=ResolutionId(UUID(suggested)) if suggested else None,
            brief={
                "confidence": verdict["confidence"],
                "threshold": verdict["threshold"],
                "words": verdict["words"],
                # A run that was stopped by an earlier version has none.
                "sentences": verdict.get("sentences", []),
                "standalone": standalone(state),
                "context": state.get("context", {}),
                "citations": drafted["citations"] if drafted else [],
                "resolutions": state.get("resolutions") or [],
                "passages": state.get("passages") or [],
                "history": state.get("history") or [],
            },
            intent_id=intent_id(state),
        )
    return {"escalation_id": str(escalation_id)}
