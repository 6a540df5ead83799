"""What a human's decision says about the candidates that the gate had judged."""

from dataclasses import dataclass

from support_graph.domain.evidence import EvidenceKind, Judgement, Label, LabelSource
from support_graph.domain.ids import ResolutionId, TurnId
from support_graph.domain.turns import Action, Decision
from support_graph.learning.features import EXTENDED_NAMES
from support_graph.learning.merging import Likeness, compare
from support_graph.store.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the gate had before it: the best candidate of each kind, and what the draft rested on.

    `runner_up` is the resolution that came second.
    """

    candidate: ResolutionId | None
    runner_up: ResolutionId | None
    resolution: Judgement | None
    brain: Judgement | None
    draft: str | None
    rests_on: str | None
    audit: bool


def lessons(
    decision: Decision, judged: Judged, *, answered_with: ResolutionId | None
) -> tuple[Label, ...]:
    """A label for each candidate of which the decision tells whether it was right.

    `answered_with` is the resolution that the answer was filed under; None for an answer that was
    not to be learned, and then no known answer was right unless it was sent as it stood.
    """
    if not decision.action.replies or decision.text is None:
        return ()
    source = LabelSource.AUDIT if judged.audit else LabelSource.HUMAN
    right = {
        EvidenceKind.RESOLUTION: _resolution_was_right(decision, judged, answered_with),
        EvidenceKind.BRAIN: _passage_was_right(decision, judged),
    }
    judgements = {
        EvidenceKind.RESOLUTION: judged.resolution,
        EvidenceKind.BRAIN: judged.brain,
    }
    return tuple(
        Label(
            kind=kind,
            source=source,
            right=verdict,
            weight=1.0,
            features=in_order(kind, judgement),
            confidence=judgement.confidence,
        )
        for kind, judgement in judgements.items()
        if judgement is not None and (verdict := right[kind]) is not None
    )


def in_order(kind: EvidenceKind, judgement: Judgement) -> tuple[float, ...]:
    """The features as the calibration of `kind` wants them; storage does not keep their order."""
    if kind is EvidenceKind.RESOLUTION:
        # A turn that was judged before there was a feature says nothing by it.
        return tuple(judgement.features.get(name, 0.0) for name in EXTENDED_NAMES)
    return tuple(value for _, value in sorted(judgement.features.items()))


def _resolution_was_right(
    decision: Decision, judged: Judged, answered_with: ResolutionId | None
) -> bool | None:
    if judged.candidate is None:
        return None
    if judged.rests_on == "resolution" and decision.action in {Action.ACCEPT, Action.EDIT}:
        return _as_drafted(decision, judged)
    return answered_with == judged.candidate


def _passage_was_right(decision: Decision, judged: Judged) -> bool | None:
    """Only a draft from passages is judged by what a teammate made of it."""
    return _as_drafted(decision, judged) if judged.rests_on == "brain" else None


def _as_drafted(decision: Decision, judged: Judged) -> bool:
    """An edit that says the same is a polish; one that says something else is a correction."""
    if decision.action is Action.ACCEPT:
        return True
    if decision.action is not Action.EDIT or not judged.draft or not decision.text:
        return False
    return compare(decision.text, judged.draft, cosine=0.0) is Likeness.SAME


async def take_label(tx: Transaction, turn_id: TurnId, label: Label, judged: Judged) -> None:
    """Keeps a label, and counts it in the candidate's track record; the same again is ignored."""
    first = await tx.labels.add(turn_id, label)
    if first and label.kind is EvidenceKind.RESOLUTION and judged.candidate is not None:
        await tx.records.note(judged.candidate, judged.runner_up, right=label.right)
