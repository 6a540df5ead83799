"""learn: what the decision teaches becomes a resolution. Running it twice changes nothing."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from support_graph.domain.evidence import HandoffReason
from support_graph.domain.ids import ConversationId, PassageId, ResolutionId, TurnId
from support_graph.domain.turns import Action, Decision, DecisionOutcome
from support_graph.graph.state import State, judgement, standalone
from support_graph.graph.tools import Tools, scope
from support_graph.learning.capture import Situation
from support_graph.learning.lessons import Judged
from support_graph.learning.precedents import Circumstances

_SURFACE = "langgraph"


async def learn(state: State, *, tools: Tools) -> dict[str, Any]:
    now = tools.clock()
    decision = _decision(state, now=now)
    async with scope(tools, state).begin() as tx:
        conversation_id = await tx.turns.conversation_of(decision.turn_id)
        settings = (await tx.workspace.read()).settings
        learned = await tools.capture.learn(
            tx, decision, _situation(state, conversation_id), settings=settings, now=now
        )
        intent_id, intent = await tx.turns.intent_of(decision.turn_id)
    return {
        "intent_id": _text(intent_id),
        "intent": intent,
        "learned": {**asdict(learned), "resolution_id": _text(learned.resolution_id)},
        "reply": decision.text if decision.action.replies else None,
    }


def _decision(state: State, *, now: Any) -> Decision:
    given = state["decision"]
    return Decision(
        turn_id=TurnId(UUID(state["turn_id"])),
        interrupt_id=state["interrupt_id"],
        action=Action(given["action"]),
        text=given["text"],
        outcome=DecisionOutcome(given["outcome"]),
        learn=given["learn"],
        resolution_id=ResolutionId(UUID(given["resolution_id"]))
        if given["resolution_id"]
        else None,
        member_id=None,  # whoever comes past the desk has shown no key, so is known by name only
        member_name=given["member_name"],
        surface=_SURFACE,
        created_at=now,
    )


def _situation(state: State, conversation_id: ConversationId) -> Situation:
    drafted = state.get("draft")
    suggested = drafted["resolution_id"] if drafted else None
    hits = state.get("resolutions") or []
    return Situation(
        turn_id=TurnId(UUID(state["turn_id"])),
        question=standalone(state),
        draft=drafted["text"] if drafted else None,
        suggested=ResolutionId(UUID(suggested)) if suggested else None,
        candidates=[ResolutionId(UUID(hit["id"])) for hit in hits],
        provenance={
            "turn_id": state["turn_id"],
            "conversation_id": str(conversation_id),
            "reason": state["verdict"]["reason"],
            "author": state["decision"]["member_name"],
            "outcome": state["decision"]["outcome"],
            "context": state.get("context", {}),
            "passages": [hit["id"] for hit in state.get("passages") or []],
        },
        circumstances=_circumstances(state, conversation_id),
        judged=_judged(state),
    )


def _circumstances(state: State, conversation_id: ConversationId) -> Circumstances:
    reason = state["verdict"]["reason"]
    assert reason is not None
    return Circumstances(
        conversation_id=conversation_id,
        question=state["question"],
        standalone=standalone(state),
        context=state.get("context", {}),
        intent=state.get("intent"),
        reason=HandoffReason(reason),
        words=state["verdict"]["words"],
        passages=[PassageId(UUID(hit["id"])) for hit in state.get("passages") or []],
    )


def _judged(state: State) -> Judged:
    drafted = state.get("draft")
    ids = [ResolutionId(UUID(hit["id"])) for hit in state.get("resolutions") or []]
    # Whether it holds here was not known, so a human's answer says nothing about it.
    known = ids and not state.get("missing")
    return Judged(
        candidate=ids[0] if known else None,
        runner_up=ids[1] if len(ids) > 1 else None,
        resolution=judgement(state.get("resolution")),
        brain=judgement(state.get("brain")),
        draft=drafted["text"] if drafted else None,
        rests_on=drafted["rests_on"] if drafted else None,
        audit=state["verdict"]["reason"] == HandoffReason.AUDIT,
    )


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None
