"""Evidence, verdicts and the reasons for them: what a turn rests on and how it was judged."""

from dataclasses import dataclass, field
from enum import StrEnum

from support_graph.domain.ids import ResolutionId
from support_graph.domain.sentences import Sentence


class HandoffReason(StrEnum):
    CUSTOMER_REQUEST = "customer_request"
    MISSING_KNOWLEDGE = "missing_knowledge"
    MISSING_CONTEXT = "missing_context"
    LOW_CONFIDENCE = "low_confidence"
    ALREADY_TRIED = "already_tried"
    POLICY = "policy"
    AUDIT = "audit"
    TOOL_FAILURE = "tool_failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageHit:
    """A passage that was found; `score` is the fused score, `similarity` the cosine."""

    id: str
    score: float
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolutionHit:
    """A resolution that was found.

    `share` is its part of the vote of all evidence (0 to 1), `similarity` the cosine of its
    nearest phrasing, `phrasing_id` that phrasing (None when only the centroid was near),
    `revision` the one that was judged, and `votes` what its share is made of: `near`, `words`,
    `centroid` and `likelihood`.
    """

    id: str
    revision: int
    phrasing_id: str | None
    share: float
    similarity: float
    votes: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A calibrated confidence (0 to 1) in the best candidate of one kind of evidence, with its
    features by name, and the weights that they had: the explanation."""

    confidence: float
    features: dict[str, float] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a draft is sent, and why. `reason` is None when it is.

    `audit_chance` is that with which it goes to a human although it could be sent; None where it
    could not.
    """

    send: bool
    confidence: float
    threshold: float
    reason: HandoffReason | None
    sentences: tuple[Sentence, ...]
    audit_chance: float | None = None

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(sentence.words for sentence in self.sentences)


class EvidenceKind(StrEnum):
    """Each kind of evidence has a calibration of its own."""

    RESOLUTION = "resolution"
    BRAIN = "brain"


class LabelSource(StrEnum):
    """Who said whether a candidate was right: a teammate who answered, one who was asked only for
    that (`audit`), or the customer by the signal of that name."""

    HUMAN = "human"
    AUDIT = "audit"
    RATING = "rating"
    CSAT = "csat"
    THANKS = "thanks"
    COMPLAINT = "complaint"
    REPHRASE = "rephrase"
    REOPENED = "reopened"
    HUMAN_REQUEST = "human_request"
    SILENCE = "silence"

    @property
    def is_human(self) -> bool:
        """Whether a teammate's decision says so."""
        return self in {LabelSource.HUMAN, LabelSource.AUDIT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Whether a turn's best candidate was right; `features` as they were when it was judged."""

    kind: EvidenceKind
    source: LabelSource
    right: bool
    weight: float
    features: tuple[float, ...]
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PhrasingHit:
    """A phrasing near a question: cosine `similarity`, and the resolution it belongs to."""

    phrasing_id: str
    resolution_id: ResolutionId
    similarity: float
