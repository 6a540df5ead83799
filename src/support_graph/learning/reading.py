"""What a turn's signals say taken together: a pure function of which there are, not of their order.

Who says it counts before what is said: the customer's judgement (a thumb, a satisfaction score)
before words ("thanks, that worked", "it still fails"), words before what they do (ask again, come
back, want a human), and all of it before silence. Between equals, that something went wrong counts,
because nobody complains for nothing. A teammate's decision stands above all signals; see lessons.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from support_graph.domain.signals import OutcomeKind, Rating, Signal, SignalKind

_JUDGEMENT, _WORDS, _DEEDS, _SILENCE, _LEFT = 4, 3, 2, 1, 0
_HIGHEST_WRONG_CSAT, _LOWEST_RIGHT_CSAT = 2, 4

SURE = 1.0
WANTS_HUMAN = 0.5
"""How certainly an answer was wrong after which the customer wants a human. An assumption: no
public data says it, and some people always want one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one signal says: the answer was `right` or not, and how certainly (0 to 1)."""

    signal: Signal
    right: bool
    certainty: float

    @property
    def outcome(self) -> OutcomeKind:
        if not self.right:
            return OutcomeKind.UNRESOLVED
        silent = self.signal.kind is SignalKind.SILENCE
        return OutcomeKind.ASSUMED if silent else OutcomeKind.CONFIRMED


def read(signal: Signal) -> Reading | None:
    """None for a signal that does not say whether the answer was right."""
    match signal.kind:
        case SignalKind.CSAT:
            return _satisfaction(signal)
        case SignalKind.RATING:
            return _reading(signal, right=signal.value == Rating.UP)
        case SignalKind.THANKS | SignalKind.SILENCE | SignalKind.COMPLAINT:
            return _reading(signal, right=signal.kind is not SignalKind.COMPLAINT)
        case SignalKind.REPHRASE | SignalKind.REOPENED:
            return _reading(signal, right=False, certainty=signal.score or 0.0)
        case SignalKind.HUMAN_REQUEST:
            return _reading(signal, right=False, certainty=WANTS_HUMAN)
        case SignalKind.EDIT | SignalKind.ABANDONED:
            return None
        case never:
            assert_never(never)


def strongest(signals: Iterable[Signal]) -> Reading | None:
    """The reading that holds; None where no signal says whether the answer was right."""
    readings = [found for signal in signals if (found := read(signal))]
    return max(readings, key=_weight, default=None)


def outcome(signal: Signal) -> OutcomeKind | None:
    """What the signal alone tells of the customer's problem."""
    if signal.kind is SignalKind.ABANDONED:
        return OutcomeKind.ABANDONED
    found = read(signal)
    return found.outcome if found else None


def strength(signal: Signal) -> int:
    """Of the outcome that the signal tells of, beside others; never 0, which is a handoff's."""
    found = read(signal)
    return 1 + 2 * _rank(signal.kind) + (found is not None and not found.right)


def _weight(found: Reading) -> tuple[int, float, str]:
    return strength(found.signal), found.certainty, str(found.signal.message_id)


def _rank(kind: SignalKind) -> int:
    match kind:
        case SignalKind.RATING | SignalKind.CSAT:
            return _JUDGEMENT
        case SignalKind.THANKS | SignalKind.COMPLAINT:
            return _WORDS
        case SignalKind.REPHRASE | SignalKind.REOPENED | SignalKind.HUMAN_REQUEST:
            return _DEEDS
        case SignalKind.SILENCE:
            return _SILENCE
        case SignalKind.EDIT | SignalKind.ABANDONED:
            return _LEFT
        case never:
            assert_never(never)


def _satisfaction(signal: Signal) -> Reading | None:
    """3 of 5 says neither."""
    given = int(signal.value or 0)
    if _HIGHEST_WRONG_CSAT < given < _LOWEST_RIGHT_CSAT:
        return None
    return _reading(signal, right=given >= _LOWEST_RIGHT_CSAT)


def _reading(signal: Signal, *, right: bool, certainty: float = SURE) -> Reading:
    return Reading(signal=signal, right=right, certainty=certainty)
