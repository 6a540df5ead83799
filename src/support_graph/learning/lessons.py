"""What a human's decision says about the candidates that the gate had judged."""

from dataclasses import dataclass

from support_graph.domain.evidence import EvidenceKind, Judgement, Label, LabelSource
from support_graph.domain.ids import ResolutionId, TurnId
from support_graph.domain.turns import Action, Decision
from support_graph.learning.features import EXTENDED_NAMES
from support_graph.learning.merging import Likeness
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
    decision: Decision,
    judged: Judged,
    *,
    answered_with: ResolutionId | None,
    like_draft: Likeness | None,
) -> tuple[Label, ...]:
    """A label for each candidate of which the decision tells whether it was right.

    `answered_with` is the resolution that the answer was filed under; None for an answer that was
    not to be learned, and then no known answer was right unless it was sent as it stood.
    `like_draft` is how alike the answer and the draft are; None where there was no draft.
    """
    if not decision.action.replies or decision.text is None:
        return ()
    source = LabelSource.AUDIT if judged.audit else LabelSource.HUMAN
    right = {
        EvidenceKind.RESOLUTION: _resolution_was_right(decision, judged, answered_with, like_draft),
        EvidenceKind.BRAIN: _passage_was_right(decision, judged, like_draft),
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
    return tuple(judgement.features[name] for name in sorted(judgement.features))


def _resolution_was_right(
    decision: Decision,
    judged: Judged,
    answered_with: ResolutionId | None,
    like_draft: Likeness | None,
) -> bool | None:
    if judged.candidate is None:
        return None
    if judged.rests_on == "resolution" and decision.action in {Action.ACCEPT, Action.EDIT}:
        return _as_drafted(decision, like_draft)
    return answered_with == judged.candidate


def _passage_was_right(
    decision: Decision, judged: Judged, like_draft: Likeness | None
) -> bool | None:
    """Only a draft from passages is judged by what a teammate made of it.

    Who answers in words of their own may say the same as the passage: an answer that is neither
    the same nor another one tells nothing. Where the draft was a past answer, nothing is told of
    the passages either: that one answers well says nothing against another.
    """
    if judged.rests_on != EvidenceKind.BRAIN:
        return None
    if decision.action is Action.ANSWER and like_draft is Likeness.DOUBTFUL:
        return None
    return _as_drafted(decision, like_draft)


def _as_drafted(decision: Decision, like_draft: Likeness | None) -> bool:
    """An edit that says the same is a polish; one that says something else is a correction."""
    return decision.action is Action.ACCEPT or like_draft is Likeness.SAME


async def take_label(tx: Transaction, turn_id: TurnId, label: Label, judged: Judged) -> None:
    """Keeps a label, and counts it in the candidate's track record instead of an earlier one.

    What a teammate decided is never replaced.
    """
    earlier = await tx.labels.of(turn_id, label.kind)
    if earlier is not None and (earlier.source.is_human or _say_the_same(earlier, label)):
        return
    await tx.labels.add(turn_id, label)
    if earlier is None or earlier.right != label.right:
        await _credit(tx, judged, label, instead_of=earlier)


async def withdraw_label(
    tx: Transaction, turn_id: TurnId, kind: EvidenceKind, judged: Judged
) -> None:
    """Nobody says any more whether the candidate was right."""
    earlier = await tx.labels.of(turn_id, kind)
    if earlier is not None and not earlier.source.is_human:
        await tx.labels.remove(turn_id, kind)
        await _credit(tx, judged, None, instead_of=earlier)


def _say_the_same(one: Label, other: Label) -> bool:
    """The weight of a complaint follows what is known of others, so it may differ."""
    return (one.source, one.right) == (other.source, other.right)


async def _credit(
    tx: Transaction, judged: Judged, label: Label | None, *, instead_of: Label | None
) -> None:
    if judged.candidate is None:
        return
    for one, count in ((instead_of, tx.records.take_back), (label, tx.records.note)):
        if one is not None and one.kind is EvidenceKind.RESOLUTION:
            await count(judged.candidate, judged.runner_up, right=one.right)
