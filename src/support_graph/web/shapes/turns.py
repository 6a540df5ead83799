"""A turn's explanation: what was found, how it was judged, and why."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from support_graph.domain.evidence import HandoffReason
from support_graph.domain.history import Ending
from support_graph.domain.messages import Author
from support_graph.domain.needs import Step
from support_graph.domain.resolutions import ResolutionStatus
from support_graph.domain.sentences import Told
from support_graph.domain.turns import TurnStatus
from support_graph.web.fields import Instant, Shown
from support_graph.web.shapes.conversations import Citation
from support_graph.web.shapes.signals import Outcome, Signal


class Votes(Shown):
    """What a share of the vote is made of: the nearest phrasings, the words they share with the
    question, how near the answer's phrasings are on the whole, how such questions were answered
    before, and the earlier ones nearest where answers differ. They add up to the share."""

    near: float
    words: float
    centroid: float
    likelihood: float
    kin: float = 0.0


class TrackRecord(Shown):
    """How often the answer was right and wrong of late; older outcomes count less and less."""

    right: float
    wrong: float


class FoundResolution(Shown):
    """A resolution that was found, with its answer as it was judged.

    `current_revision` says whether it has been changed since; null texts are gone for good.
    `votes` say where its `share` comes from, `weight` says it in words, and `record` is today's.
    """

    id: str
    revision: int
    share: float
    similarity: float
    votes: Votes | None = None
    weight: str | None = None
    record: TrackRecord | None = None
    phrasing: str | None = None
    answer: str | None = None
    status: ResolutionStatus | None = None
    current_revision: int | None = None


class FoundPassage(Shown):
    """A passage that was found; null texts belong to a document that was replaced or removed."""

    id: str
    score: float
    similarity: float
    title: str | None = None
    headings: list[str] = Field(default_factory=list)
    text: str | None = None
    url: str | None = None
    document_id: UUID | None = None


class Evidence(Shown):
    """Best first."""

    resolutions: list[FoundResolution] = Field(default_factory=list)
    passages: list[FoundPassage] = Field(default_factory=list)


class Words(Shown):
    """What spoke for the best candidate, and what against it."""

    in_favour: list[str] = Field(default_factory=list, alias="for")
    against: list[str] = Field(default_factory=list)


class Judgement(Shown):
    """How far the best candidate of one kind of evidence is trusted, its features, and the weights
    that the workspace's calibration gave them at the time."""

    confidence: float
    features: dict[str, float]
    weights: dict[str, float] = Field(default_factory=dict)
    words: Words = Words()


class Judgements(Shown):
    resolution: Judgement | None = None
    brain: Judgement | None = None


class Sentence(Shown):
    """A reason by the name of its sentence, for whoever words it in another language."""

    name: Told
    values: dict[str, float | str]


class Verdict(Shown):
    """`words` say why, in whole sentences; `sentences` are the same by name and values, and none
    for a turn from before they were kept."""

    send: bool
    confidence: float
    threshold: float
    reason: HandoffReason | None
    words: list[str]
    sentences: list[Sentence] = Field(default_factory=list)


class Need(Shown):
    """A step that would be enough by itself: the confidence it leads to, and what it is about."""

    step: Step
    words: str
    confidence: float
    times: int
    resolution_id: UUID | None
    other_id: UUID | None
    page: str | None
    target: float | None


class Needed(Shown):
    """What it would take to be answered, as the workspace stands now; the surest first."""

    steps: list[Need]
    words: list[str]


class Episode(Shown):
    """An earlier question of the same contact, in another conversation; long texts are cut."""

    turn_id: UUID
    conversation_id: UUID
    asked: str
    said: str | None
    by: Author | None
    by_name: str | None
    resolution_id: UUID | None
    ended: Ending
    at: Instant


class Draft(Shown):
    text: str
    source: str
    citations: list[Citation] = Field(default_factory=list)


class Turn(Shown):
    """One question and its handling; most is null until it has been judged."""

    id: UUID
    conversation_id: UUID
    message_id: UUID
    status: TurnStatus
    question: str
    standalone: str | None
    kind: str | None
    intent: str | None
    verdict: Verdict | None
    judgements: Judgements
    evidence: Evidence
    draft: Draft | None
    needed: Annotated[
        Needed | None, Field(description="For teammates, of what went to a teammate.")
    ] = None
    history: list[Episode] = Field(default_factory=list)
    missing: list[str] = Field(
        default_factory=list,
        description="Facts without which it can't be said whether the best answer holds.",
    )
    failures: dict[str, str]
    store_version: int | None
    timings_ms: dict[str, float]
    models: dict[str, Any]
    reply_id: UUID | None
    escalation_id: UUID | None
    signals: list[Signal] = Field(default_factory=list)
    outcome: Outcome | None = None
    created_at: Instant
    finished_at: Instant | None
