"""Takes signals about turns: keeps them, and lets them act on outcome, label and track record.

Everything that follows from a turn's signals is worked out anew from all of them, so it does not
depend on their order, and one that comes twice changes nothing. Most wrong answers are never
complained about; silence.py says what nobody's complaint is worth.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from support_graph.domain.evidence import EvidenceKind, Judgement, Label, LabelSource
from support_graph.domain.ids import ResolutionId
from support_graph.domain.signals import Signal, SignalKind
from support_graph.domain.turns import Turn, TurnStatus
from support_graph.learning import reading
from support_graph.learning.lessons import Judged, in_order, take_label, withdraw_label
from support_graph.learning.reading import Reading
from support_graph.store.database import Transaction


async def take(tx: Transaction, turn: Turn, signal: Signal) -> bool:
    """Whether the signal is a new one; `turn` is the one it is about, and finished."""
    return await take_all(tx, [(turn, signal)])


async def take_all(tx: Transaction, heard: Sequence[tuple[Turn, Signal]]) -> bool:
    """Whether any of them is a new one; each stands beside its turn, which is finished."""
    await _lock(tx, [turn for turn, _ in heard])
    return any([await _take(tx, turn, signal) for turn, signal in heard])


async def _lock(tx: Transaction, turns: Iterable[Turn]) -> None:
    """What is said about an answer counts in its track record, which belongs to the store."""
    by_id = {turn.id: turn for turn in turns}
    if any(turn.status is TurnStatus.ANSWERED for turn in by_id.values()):
        await tx.workspace.lock_store()
    for turn_id in sorted(by_id):
        await tx.serialise(f"signals:{turn_id}")


async def _take(tx: Transaction, turn: Turn, signal: Signal) -> bool:
    if not await tx.signals.add(signal):
        return False
    heard = await tx.signals.of_turn(turn.id)
    await _tell_outcome(tx, turn, [one for one in heard if one.kind is signal.kind])
    if turn.status is TurnStatus.ANSWERED:
        found = reading.strongest(heard)
        await _relabel(tx, turn, found)
        if found is None or not found.right:
            await _unsay(tx, turn)
    return True


async def take_silence(tx: Transaction, turn: Turn) -> bool:
    """Nobody has complained about the answer for long enough."""
    assert turn.reply_id is not None
    silence = Signal(turn_id=turn.id, kind=SignalKind.SILENCE, message_id=turn.reply_id)
    return await take(tx, turn, silence)


async def _tell_outcome(tx: Transaction, turn: Turn, alike: Sequence[Signal]) -> None:
    """One fact for all signals of a kind, as the strongest of them says."""
    telling = [one for one in alike if reading.outcome(one) is not None]
    if not telling:
        await tx.outcomes.take_back(turn.id, alike[0].kind.value)
        return
    signal = max(telling, key=reading.strength)
    told = reading.outcome(signal)
    assert told is not None
    await tx.outcomes.add(
        turn_id=turn.id,
        conversation_id=turn.conversation_id,
        kind=told,
        why=signal.kind.value,
        strength=reading.strength(signal),
    )


async def _relabel(tx: Transaction, turn: Turn, found: Reading | None) -> None:
    """A label for the evidence that the answer rested on; none for a courtesy."""
    judged = judged_in(turn.explanation)
    if judged.rests_on not in set(EvidenceKind):
        return
    kind = EvidenceKind(judged.rests_on)
    judgement = judged.resolution if kind is EvidenceKind.RESOLUTION else judged.brain
    if judgement is None:
        return
    if found is None:
        await withdraw_label(tx, turn.id, kind, judged)
        return
    label = Label(
        kind=kind,
        source=LabelSource(found.signal.kind.value),
        right=found.right,
        weight=found.certainty,
        features=in_order(kind, judgement),
        confidence=judgement.confidence,
    )
    await take_label(tx, turn.id, label, judged)


async def _unsay(tx: Transaction, turn: Turn) -> None:
    """The customer's words don't tell any more how one asks for the answer."""
    if await tx.answered.stands(turn.id):
        version = await tx.workspace.next_store_version()
        await tx.answered.forget(turn.id, store_version=version)


def judged_in(explanation: Mapping[str, Any]) -> Judged:
    """What the gate had before it, from the explanation that was kept."""
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
