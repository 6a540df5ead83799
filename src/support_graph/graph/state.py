"""What a run knows, step by step: ids, scores and short texts, never documents.

Plain values only, since the state is written to the checkpoint at every step and read by people
who debug a thread.
"""

from operator import or_
from typing import Annotated, Any, NotRequired, Required
from uuid import UUID

# Before Python 3.12 pydantic, which makes Studio's schemas, can't look into typing's own TypedDict.
from typing_extensions import TypedDict

from support_graph.domain.evidence import Judgement
from support_graph.domain.ids import IntentId


class Understood(TypedDict):
    """`kind` is a MessageKind; `standalone` the question without its conversation."""

    kind: str
    standalone: str


class Judged(TypedDict):
    """A confidence in 0 to 1, the features behind it, and their weights (of late: a run may have
    waited since before they were kept)."""

    confidence: float
    features: dict[str, float]
    weights: NotRequired[dict[str, float]]


class Drafted(TypedDict):
    """`rests_on` is `resolution`, `brain` or `courtesy`."""

    text: str
    source: str
    rests_on: str
    resolution_id: str | None
    citations: list[dict[str, Any]]
    quotes_internal: bool
    pinned_rival: bool


class VerdictGiven(TypedDict):
    """`audit_chance` is that with which this went to a human although it could be answered; None
    where it could not. `sentences` are `words` by name and values (see domain.sentences)."""

    send: bool
    confidence: float
    threshold: float
    reason: str | None
    words: list[str]
    sentences: list[dict[str, Any]]
    audit_chance: float | None


class Remembered(TypedDict):
    """An earlier question of the contact (see domain.history.Episode); `said` is cut."""

    turn_id: str
    conversation_id: str
    asked: str
    said: str | None
    by: str | None
    by_name: str | None
    resolution_id: str | None
    ended: str
    at: str


class Question(TypedDict, total=False):
    """What a person gives; `context` says more of the situation, such as plan and page_title."""

    question: Required[str]
    context: dict[str, Any]


class Input(Question, total=False):
    """What starts a turn whose rows are written; `returning` says that the contact has been here
    before, `first` that nothing was said before in this conversation. A question that is only tried
    has no `turn_id`. The workspace is here so that it can't change while the run waits for a human:
    LangGraph keeps the state, and nothing else.
    """

    workspace_id: str
    turn_id: str
    returning: bool
    first: bool
    failures: dict[str, str]


class State(Input, total=False):
    """`history` are the contact's earlier questions, newest first; `missing` the facts without
    which it can't be said whether the best resolution holds."""

    history: list[Remembered]
    understood: Understood
    intent_id: str | None
    intent: str | None
    passages: list[dict[str, Any]]
    brain: Judged | None
    resolutions: list[dict[str, Any]]
    resolution: Judged | None
    missing: list[str]
    store_version: int
    draft: Drafted | None
    verdict: VerdictGiven
    escalation_id: str
    interrupt_id: str
    decision: dict[str, Any]
    learned: dict[str, Any]
    reply: str | None
    # Both by node, and joined, since the two searches run side by side.
    failures: Annotated[dict[str, str], or_]
    timings_ms: Annotated[dict[str, float], or_]


def judgement(judged: Judged | None) -> Judgement | None:
    if judged is None:
        return None
    return Judgement(
        confidence=judged["confidence"],
        features=judged["features"],
        weights=judged.get("weights", {}),
    )


def standalone(state: State) -> str:
    """The question without its conversation, as far as it was understood."""
    understood = state.get("understood")
    return understood["standalone"] if understood else state["question"]


def intent_id(state: State) -> IntentId | None:
    """What the customer seems to want; None until it is known, and where nothing is near."""
    known = state.get("intent_id")
    return IntentId(UUID(known)) if known else None
