"""What a target would have meant: a higher one never sends more, and never risks more."""

from hypothesis import given
from hypothesis import strategies as st

from support_graph.domain.evidence import EvidenceKind
from support_graph.domain.foresight import PastTurn
from support_graph.learning.foresight import foresee


def _turn(confidence: float, *, sendable: bool = True, counted: bool = True) -> PastTurn:
    return PastTurn(
        confidence=confidence,
        kind=EvidenceKind.RESOLUTION,
        sendable=sendable,
        answered=False,
        intent_id=None,
        intent=None,
        own_target=None,
        labels=1_000,
        similarity=None,
        counted=counted,
    )


_TURNS = st.lists(
    st.builds(_turn, st.floats(0, 1), sendable=st.booleans(), counted=st.booleans()), max_size=60
)


@given(turns=_TURNS, low=st.floats(0.5, 0.99), more=st.floats(0, 0.4))
def test_a_higher_target_sends_no_more_and_risks_no_more(
    turns: list[PastTurn], low: float, more: float
) -> None:
    high = min(0.99, low + more)
    freer = foresee(turns, target=low, ceiling=0.3, measured={})
    stricter = foresee(turns, target=high, ceiling=0.3, measured={})
    assert stricter.deflected <= freer.deflected
    assert stricter.wrong <= freer.wrong
    assert freer.deflected + freer.audited <= sum(t.sendable and t.counted for t in turns) + 1e-9


def test_expected_wrong_is_the_sum_of_what_is_missing_to_certainty() -> None:
    turns = [_turn(0.99), _turn(0.97), _turn(0.4), _turn(0.99, sendable=False)]
    found = foresee(turns, target=0.95, ceiling=0.0, measured={})
    assert (found.questions, found.deflected, found.audited) == (4, 2, 0)
    assert round(found.wrong, 6) == 0.04
