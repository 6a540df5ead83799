"""Evidence, verdicts and the reasons for them: what a turn rests on and how it was judged."""

from dataclasses import dataclass, field
from enum import StrEnum

from support_graph.domain.ids import ResolutionId


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
    `revision` the one that was judged.
    """

    id: str
    revision: int
    phrasing_id: str | None
    share: float
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A calibrated confidence (0 to 1) in the best candidate of one kind of evidence, with its
    features by name: the explanation."""

    confidence: float
    features: dict[str, float] = field(default_factory=dict)


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
    words: tuple[str, ...]
    audit_chance: float | None = None


class EvidenceKind(StrEnum):
    """Each kind of evidence has a calibration of its own."""

    RESOLUTION = "resolution"
    BRAIN = "brain"


class LabelSource(StrEnum):
    """Who said whether a candidate was right: a teammate who answered, one who was asked only for
    that (`audit`), the customer by a rating, or nobody for long enough."""

    HUMAN = "human"
    AUDIT = "audit"
    RATING = "rating"
    SILENCE = "silence"


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
