"""What a run knows, step by step: ids, scores and short texts, never documents.

Plain values only, since the state is written to the checkpoint at every step and read by people
who debug a thread.
"""

from operator import or_
from typing import Annotated, Any, TypedDict


class Understood(TypedDict):
    """`kind` is a MessageKind; `standalone` the question without its conversation."""

    kind: str
    standalone: str


class Judged(TypedDict):
    """A confidence in 0–1, and the features behind it."""

    confidence: float
    features: dict[str, float]


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
    send: bool
    confidence: float
    threshold: float
    reason: str | None
    words: list[str]


class Input(TypedDict, total=False):
    """What starts a turn. `question` is all that a person in Studio has to give."""

    question: str
    context: dict[str, Any]
    turn_id: str
    failures: dict[str, str]


class State(Input, total=False):
    understood: Understood
    intent: str | None
    passages: list[dict[str, Any]]
    brain: Judged | None
    resolutions: list[dict[str, Any]]
    resolution: Judged | None
    store_version: int
    draft: Drafted | None
    verdict: VerdictGiven
    escalation_id: str
    interrupt_id: str
    decision: dict[str, Any]
    learned: dict[str, Any]
    reply: str | None
    # By node; the two searches run side by side, so their failures are joined.
    failures: Annotated[dict[str, str], or_]  # type: ignore[misc]
