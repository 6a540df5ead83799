"""Signals and outcomes in words, for whoever asks what became of a turn."""

from typing import assert_never

from support_graph.domain.signals import (
    Outcome,
    OutcomeKind,
    Rating,
    Retouch,
    Signal,
    SignalKind,
)


def signal_in_words(signal: Signal) -> str:
    match signal.kind:
        case SignalKind.RATING:
            up = signal.value == Rating.UP
            return f"The customer gave it a thumbs {'up' if up else 'down'}."
        case SignalKind.CSAT:
            return f"The customer's satisfaction is {signal.value} of 5."
        case SignalKind.REPHRASE:
            return f"The customer asked the same again in other words ({_sure(signal)})."
        case SignalKind.REOPENED:
            return f"It was taken to be solved, and the customer asked again ({_sure(signal)})."
        case SignalKind.EDIT:
            return _edit_in_words(signal)
        case kind:
            return _PLAIN[kind]


_PLAIN = {
    SignalKind.THANKS: "The customer said that it helped.",
    SignalKind.COMPLAINT: "The customer said that it did not help.",
    SignalKind.HUMAN_REQUEST: "Right after this answer the customer asked for a human.",
    SignalKind.ABANDONED: "The customer left in the middle: a teammate's words got no reply.",
    SignalKind.SILENCE: "Nobody complained for the set time.",
}


def outcome_in_words(outcome: Outcome) -> str:
    match outcome.kind:
        case OutcomeKind.CONFIRMED:
            return "Solved: the customer said so."
        case OutcomeKind.ASSUMED:
            return "Taken to be solved: nobody complained."
        case OutcomeKind.UNRESOLVED:
            return "Not solved: the customer let that be known."
        case OutcomeKind.ABANDONED:
            return "The customer left in the middle."
        case OutcomeKind.HANDED_OFF:
            return f"Handed to a human ({outcome.why.replace('_', ' ')})."
        case never:
            assert_never(never)


def _edit_in_words(signal: Signal) -> str:
    alike = f"{signal.score or 0:.0%} of the words stayed"
    if signal.value == Retouch.POLISH:
        return f"A teammate polished the draft, which says the same ({alike})."
    return f"A teammate corrected the draft ({alike})."


def _sure(signal: Signal) -> str:
    return f"probability {signal.score or 0:.0%}"
