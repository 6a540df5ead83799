"""The two dialects in which people are asked and answer: LangChain's and Agent Inbox's.

The question is a `HITLRequest`, whose action requests carry `args` and `arguments` (Agent Inbox
reads one, agent-chat-ui the other). Answers are taken in every shape those programs send, and in
our own.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

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
_OWN = ("action", "text", "outcome", "learn", "resolution_id", "member_name")

_EDITED = ("args", "edited_action")
_SAID = ("args", "message")


class UnreadableDecision(ValueError):
    """An answer to the interrupt that can't be taken; the run still waits."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"{why}. Resume with {{'action': 'answer', 'text': '…'}}, with Agent Inbox's "
            "[{'type': 'response', 'args': '…'}], or with LangChain's "
            "{'decisions': [{'type': 'respond', 'message': '…'}]}."
        )


def request(state: State, *, error: str | None = None) -> dict[str, Any]:
    """What is asked: send this draft, another text, or nothing?

    `error` says why the answer before could not be taken.
    """
    drafted = state.get("draft")
    verdict = state["verdict"]
    args = {"text": drafted["text"] if drafted else ""}
    reasons = "\n".join(f"- {words}" for words in verdict["words"])
    description = f"{state['question']}\n\nNot sent ({verdict['reason']}):\n{reasons}"
    if error is not None:
        # In the description too, since that is what the inboxes show.
        description = f"Not taken: {error}\n\n{description}"
    allowed = ["approve", "edit", "respond", "reject"] if drafted else ["respond", "reject"]
    return {
        "action_requests": [
            {"name": _NAME, "args": args, "arguments": args, "description": description}
        ],
        "review_configs": [{"action_name": _NAME, "allowed_decisions": allowed}],
        "turn_id": state["turn_id"],
        "escalation_id": state["escalation_id"],
        **({} if error is None else {"error": error}),
    }


def read_decision(answer: Any, *, drafted: str | None) -> dict[str, Any]:
    """Our own shape of a decision: action, text, outcome, learn, resolution_id, member_name.

    Raises UnreadableDecision.
    """
    given = _own_shape(answer)
    action = Action(given["action"])
    outcome = DecisionOutcome.RESOLVED if action.replies else DecisionOutcome.UNRESOLVED
    return {
        "action": action.value,
        "text": _text(action, given.get("text"), drafted),
        "outcome": _one_of(DecisionOutcome, "outcome", given.get("outcome") or outcome.value),
        "learn": _learn(given.get("learn")),
        "resolution_id": _resolution_id(given.get("resolution_id")),
        "member_name": _member_name(given.get("member_name")),
    }


def _own_shape(answer: Any) -> Mapping[str, Any]:
    if isinstance(answer, str):
        return {"action": Action.ANSWER.value, "text": answer}
    if isinstance(answer, list):
        return _typed(_only(answer), _AGENT_INBOX)
    if not isinstance(answer, Mapping):
        raise UnreadableDecision(f"Can't read a decision from {type(answer).__name__}")
    if "decisions" in answer:
        return _typed(_only(answer["decisions"]), _LANGCHAIN)
    if "type" in answer:
        return _typed(answer, _AGENT_INBOX)
    return _checked(answer)


def _only(answers: Any) -> Mapping[str, Any]:
    """There is one action request, so there is one decision."""
    if isinstance(answers, list) and len(answers) == 1 and isinstance(answers[0], Mapping):
        return answers[0]
    raise UnreadableDecision("One decision is needed")


def _typed(answer: Mapping[str, Any], actions: Mapping[str, Action]) -> Mapping[str, Any]:
    kind = answer.get("type")
    action = actions.get(kind) if isinstance(kind, str) else None
    if action is None:
        raise UnreadableDecision(f"type is {kind!r:.80}, and can be {', '.join(actions)}")
    return {"action": action.value, "text": _words(action, answer)}


def _words(action: Action, answer: Mapping[str, Any]) -> Any:
    """The text, where the dialects put it: an edit in the arguments of an action, the rest bare."""
    if action is Action.EDIT:
        for edited in (answer.get(key) for key in _EDITED):
            arguments = edited.get("args") if isinstance(edited, Mapping) else None
            if isinstance(arguments, Mapping):
                return arguments.get("text")
    return next((answer[key] for key in _SAID if isinstance(answer.get(key), str)), None)


def _checked(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    unknown = next((field for field in answer if field not in _OWN), None)
    if unknown is not None:
        raise UnreadableDecision(f"{unknown!r:.80} is unknown; known are {', '.join(_OWN)}")
    _one_of(Action, "action", answer.get("action"))
    return answer


def _one_of(choices: type[Action | DecisionOutcome], field: str, value: Any) -> str:
    known = [choice.value for choice in choices]
    if not isinstance(value, str) or value not in known:
        raise UnreadableDecision(f"{field} is {value!r:.80}, and can be {', '.join(known)}")
    return str(value)


def _text(action: Action, text: Any, drafted: str | None) -> str | None:
    if not action.replies:
        return None
    if action is Action.ACCEPT:
        if drafted is None:
            raise UnreadableDecision("There is no draft to accept; answer instead")
        return drafted
    if not isinstance(text, str) or not text.strip():
        raise UnreadableDecision(f"A text is needed to {action.value}")
    return _storable("text", text.strip())


def _learn(value: Any) -> bool:
    if value is None or isinstance(value, bool):
        return value is not False
    raise UnreadableDecision(f"learn is {value!r:.80}, and can be true or false")


def _resolution_id(value: Any) -> str | None:
    if value is None:
        return None
    try:
        return str(UUID(value))
    except (ValueError, TypeError, AttributeError):
        raise UnreadableDecision(f"resolution_id is {value!r:.80}, which is no id") from None


def _member_name(value: Any) -> str:
    if value is None:
        return "Studio"
    if not isinstance(value, str) or not value.strip():
        raise UnreadableDecision(f"member_name is {value!r:.80}, which is no name")
    return _storable("member_name", value.strip())


def _storable(field: str, text: str) -> str:
    """Refused here, while it can be mended, rather than by the database after the interrupt."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UnreadableDecision(f"{field} holds half a character") from None
    if "\x00" in text:
        raise UnreadableDecision(f"{field} holds a NUL character")
    return text
