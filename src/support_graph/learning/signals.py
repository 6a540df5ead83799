"""What reality says about an automatic answer, as labels: a rating, or nothing for long enough.

Most wrong answers are never complained about; silence.py says what nobody's complaint is worth.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from support_graph.domain.evidence import EvidenceKind, Judgement, Label, LabelSource
from support_graph.domain.ids import ResolutionId, TurnId
from support_graph.learning.lessons import Judged, in_order, take_label
from support_graph.store.database import Transaction


async def take_rating(
    tx: Transaction, turn_id: TurnId, explanation: Mapping[str, Any], *, right: bool
) -> None:
    await _take(tx, turn_id, explanation, LabelSource.RATING, right=right)


async def take_silence(tx: Transaction, turn_id: TurnId, explanation: Mapping[str, Any]) -> None:
    await _take(tx, turn_id, explanation, LabelSource.SILENCE, right=True)


async def _take(
    tx: Transaction,
    turn_id: TurnId,
    explanation: Mapping[str, Any],
    source: LabelSource,
    *,
    right: bool,
) -> None:
    """Of the evidence that the answer rested on."""
    judged = _judged(explanation)
    if judged.rests_on not in {EvidenceKind.RESOLUTION.value, EvidenceKind.BRAIN.value}:
        return
    kind = EvidenceKind(judged.rests_on)
    judgement = judged.resolution if kind is EvidenceKind.RESOLUTION else judged.brain
    if judgement is None:
        return
    label = Label(
        kind=kind,
        source=source,
        right=right,
        weight=1.0,
        features=in_order(kind, judgement),
        confidence=judgement.confidence,
    )
    await take_label(tx, turn_id, label, judged)


def _judged(explanation: Mapping[str, Any]) -> Judged:
    hits = explanation["evidence"]["resolutions"]
    ids = [ResolutionId(UUID(hit["id"])) for hit in hits[:2]]
    draft = explanation["draft"]
    return Judged(
        candidate=ids[0] if ids else None,
        runner_up=ids[1] if len(ids) > 1 else None,
        resolution=_judgement(explanation["resolution"]),
        brain=_judgement(explanation["brain"]),
        draft=draft["text"] if draft else None,
        rests_on=draft["rests_on"] if draft else None,
        audit=False,
    )


def _judgement(stored: Mapping[str, Any] | None) -> Judgement | None:
    if stored is None:
        return None
    return Judgement(confidence=stored["confidence"], features=stored["features"])
