"""The two dialects in which people are asked and answer: LangChain's and Agent Inbox's.

The question is a `HITLRequest`, whose action requests carry `args` and `arguments` (Agent Inbox
reads one, agent-chat-ui the other). Answers are taken in every shape those programs send, and in
our own.
"""

from collections.abc import Mapping
from typing import Any

from support_graph.domain.turns import Action, DecisionOutcome
from support_graph.graph.state import State

_NAME = "reply_to_customer"

_AGENT_INBOX = {
    "accept": Action.ACCEPT,
    "edit": Action.EDIT,
    "response": Action.ANSWER,
    "ignore": Action.DISMISS,
}
_LANGCHAIN = {
    "approve": Action.ACCEPT,
    "edit": Action.EDIT,
    "respond": Action.ANSWER,
    "reject": Action.DISMISS,
}


class UnreadableDecision(ValueError):
    """An answer to the interrupt that is in none of the known shapes; the run still waits."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"{why}. Resume with {{'action': 'answer', 'text': '…'}}, with Agent Inbox's "
            "[{'type': 'response', 'args': '…'}], or with LangChain's "
            "{'decisions': [{'type': 'respond', 'message': '…'}]}."
        )


def request(state: State) -> dict[str, Any]:
    """What is asked: send this draft, another text, or nothing?"""
    drafted = state.get("draft")
    verdict = state["verdict"]
    args = {"text": drafted["text"] if drafted else ""}
    reasons = "\n".join(f"- {words}" for words in verdict["words"])
    description = f"{state['question']}\n\nNot sent ({verdict['reason']}):\n{reasons}"
    allowed = ["approve", "edit", "respond", "reject"] if drafted else ["respond", "reject"]
    return {
        "action_requests": [
            {"name": _NAME, "args": args, "arguments": args, "description": description}
        ],
        "review_configs": [{"action_name": _NAME, "allowed_decisions": allowed}],
        "turn_id": state["turn_id"],
        "escalation_id": state["escalation_id"],
    }


def read_decision(answer: Any, *, drafted: str | None) -> dict[str, Any]:
    """Our own shape of a decision: action, text, outcome, learn, resolution_id, member.

    Raises UnreadableDecision.
    """
    decision = _read(answer)
    action = Action(decision["action"])
    if action is Action.ACCEPT:
        decision["text"] = drafted
    if action.replies and not (decision.get("text") or "").strip():
        raise UnreadableDecision(f"A decision to {action.value} needs a text")
    return {
        "text": None,
        "outcome": DecisionOutcome.RESOLVED.value
        if action.replies
        else DecisionOutcome.UNRESOLVED.value,
        "learn": True,
        "resolution_id": None,
        "member_id": None,
        "member_name": "Studio",
        "surface": "langgraph",
        **decision,
    }


def _read(answer: Any) -> dict[str, Any]:
    if isinstance(answer, str):
        return {"action": Action.ANSWER.value, "text": answer}
    if isinstance(answer, list) and len(answer) == 1 and isinstance(answer[0], Mapping):
        return _typed(answer[0], _AGENT_INBOX)
    if isinstance(answer, Mapping):
        decisions = answer.get("decisions")
        if isinstance(decisions, list) and len(decisions) == 1:
            return _typed(decisions[0], _LANGCHAIN)
        if answer.get("action") in list(Action):
            return dict(answer)
        if "type" in answer:
            return _typed(answer, _AGENT_INBOX)
    raise UnreadableDecision(f"Can't read a decision from {type(answer).__name__}")


def _typed(answer: Mapping[str, Any], actions: Mapping[str, Action]) -> dict[str, Any]:
    action = actions.get(str(answer.get("type")))
    if action is None:
        raise UnreadableDecision(f"Unknown decision type {answer.get('type')!r}")
    return {"action": action.value, "text": _text_in(answer)}


def _text_in(answer: Mapping[str, Any]) -> str | None:
    """The text, wherever this dialect puts it."""
    for key in ("args", "edited_action", "message", "text"):
        value = answer.get(key)
        while isinstance(value, Mapping):
            value = value.get("text") or value.get("args") or value.get("arguments")
        if isinstance(value, str):
            return value
    return None
