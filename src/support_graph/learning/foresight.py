"""Replays stored confidences at another target precision, as the gate would have judged them."""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence

from support_graph.domain.foresight import Foreseen, PastTurn
from support_graph.domain.ids import IntentId
from support_graph.domain.precision import Precision
from support_graph.learning.precision import strictest
from support_graph.learning.threshold import CONFIDENCES_USED, audit_probability, needed

_LEAST = 0.5
"""No threshold lies lower, so what is less sure need not be replayed."""


def foresee(
    turns: Sequence[PastTurn],
    *,
    target: float,
    ceiling: float,
    measured: Mapping[str | None, Precision],
) -> Foreseen:
    """`turns` are the oldest first; `measured` is what audits found, by intent (None: of all).

    It supposes that customers would have asked the same, and that each confidence is what it was:
    fewer answers from humans would have taught less. Expected wrong is the sum of 1 - p.
    """
    everything: deque[float] = deque(maxlen=CONFIDENCES_USED - 1)
    own: dict[IntentId, deque[float]] = defaultdict(lambda: deque(maxlen=CONFIDENCES_USED - 1))
    deflected = audited = wrong = 0.0
    for turn in turns:
        compared = everything
        if turn.own_target is not None and turn.intent_id is not None:
            compared = own[turn.intent_id]
        if turn.counted and turn.sendable and turn.confidence >= _LEAST:
            level = _level(turn, target, measured)
            least = needed(
                [*compared],
                turn.confidence,
                level,
                kind=turn.kind,
                labels=turn.labels,
                similarity=turn.similarity,
            )
            if turn.confidence >= least:
                chance = min(ceiling, audit_probability(turn.confidence))
                deflected += 1 - chance
                audited += chance
                wrong += (1 - chance) * (1 - turn.confidence)
        everything.append(turn.confidence)
        if turn.intent_id is not None:
            own[turn.intent_id].append(turn.confidence)
    counted = [turn for turn in turns if turn.counted]
    return Foreseen(
        target=target,
        questions=len(counted),
        answered=sum(turn.answered for turn in counted),
        deflected=deflected,
        audited=audited,
        wrong=wrong,
    )


def _level(turn: PastTurn, target: float, measured: Mapping[str | None, Precision]) -> float:
    applying = [measured[name] for name in {None, turn.intent} if name in measured]
    level, _ = strictest(turn.own_target or target, applying)
    return level
