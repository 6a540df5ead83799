"""What a target precision would have meant for questions that were asked already."""

from dataclasses import dataclass

from support_graph.domain.evidence import EvidenceKind
from support_graph.domain.ids import IntentId


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTurn:
    """One question as the gate saw it, the oldest first.

    `sendable` says that nothing but its confidence stood against its draft; `own_target` is the
    target that its intent has by itself; `labels` how many there were when the calibration in use
    was fitted; `similarity` the feature of that name, where the draft rests on a past answer;
    `counted` that it is of the time that is looked at, and not only before it.
    """

    confidence: float
    kind: EvidenceKind
    sendable: bool
    answered: bool
    intent_id: IntentId | None
    intent: str | None
    own_target: float | None
    labels: int
    similarity: float | None
    counted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """Of `questions`, `answered` were answered then; `deflected` would have been at `target`, of
    which `wrong` are expected to be wrong, and `audited` would have gone to a human as audits."""

    target: float
    questions: int
    answered: int
    deflected: float
    audited: float
    wrong: float
