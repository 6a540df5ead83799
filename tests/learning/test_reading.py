"""What signals say together does not depend on their order, and the stronger one holds."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_graph.domain.ids import MessageId, TurnId
from support_graph.domain.signals import OutcomeKind, Signal, SignalKind
from support_graph.learning.reading import outcome, read, strength, strongest
from support_graph.learning.telling import signal_in_words

_TURN = TurnId(UUID(int=1))


def _signal(
    kind: SignalKind, value: str | None = None, score: float | None = None, message: int = 1
) -> Signal:
    return Signal(
        turn_id=_TURN, kind=kind, message_id=MessageId(UUID(int=message)), value=value, score=score
    )


_VALUES = {
    SignalKind.RATING: st.sampled_from(["up", "down"]),
    SignalKind.CSAT: st.sampled_from(list("12345")),
    SignalKind.EDIT: st.sampled_from(["polish", "correction"]),
}
signals = st.sampled_from(SignalKind).flatmap(
    lambda kind: st.builds(
        _signal,
        st.just(kind),
        _VALUES.get(kind, st.none()),
        st.floats(0.95, 1),
        st.integers(1, 3),
    )
)


@given(st.lists(signals, max_size=8), st.randoms())
def test_the_order_of_signals_does_not_matter(told: list[Signal], chance: object) -> None:
    shuffled = list(told)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = strongest(told), strongest(shuffled)
    assert (first is None) == (second is None)
    if first and second:
        assert (first.right, first.outcome) == (second.right, second.outcome)


@given(st.lists(signals, max_size=8))
def test_a_signal_that_comes_twice_changes_nothing(told: list[Signal]) -> None:
    assert strongest([*told, *told]) == strongest(told)


@given(st.lists(signals, min_size=1, max_size=8))
def test_the_outcome_that_holds_is_that_of_the_reading_that_holds(told: list[Signal]) -> None:
    facts = [(strength(one), kind) for one in told if (kind := outcome(one))]
    found = strongest(told)
    if found:
        highest = max(level for level, _ in facts)
        assert highest == strength(found.signal)
        assert found.outcome in {kind for level, kind in facts if level == highest}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([_signal(SignalKind.SILENCE)], OutcomeKind.ASSUMED),
        (
            [_signal(SignalKind.SILENCE), _signal(SignalKind.REPHRASE, score=0.96)],
            OutcomeKind.UNRESOLVED,
        ),
        (
            [_signal(SignalKind.REPHRASE, score=0.96), _signal(SignalKind.THANKS)],
            OutcomeKind.CONFIRMED,
        ),
        ([_signal(SignalKind.THANKS), _signal(SignalKind.COMPLAINT)], OutcomeKind.UNRESOLVED),
        ([_signal(SignalKind.COMPLAINT), _signal(SignalKind.RATING, "up")], OutcomeKind.CONFIRMED),
        (
            [_signal(SignalKind.CSAT, "1"), _signal(SignalKind.RATING, "up")],
            OutcomeKind.UNRESOLVED,
        ),
        ([_signal(SignalKind.CSAT, "3"), _signal(SignalKind.SILENCE)], OutcomeKind.ASSUMED),
    ],
)
def test_judgements_count_before_words_before_deeds_before_silence(
    told: list[Signal], expected: OutcomeKind
) -> None:
    found = strongest(told)
    assert found is not None
    assert found.outcome is expected


@given(signals)
def test_every_signal_can_be_told(signal: Signal) -> None:
    assert signal_in_words(signal).endswith(".")


@given(signals)
def test_a_certainty_is_a_probability(signal: Signal) -> None:
    found = read(signal)
    assert found is None or 0 < found.certainty <= 1
