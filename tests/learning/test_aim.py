"""What is asked for: more than is promised, and of a stranger that it is about something known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_graph.learning.aim import aim, close_enough


@given(st.floats(0.5, 1.0))
def test_more_is_aimed_at_than_is_promised(target: float) -> None:
    assert target <= aim(target) <= 1.0
    assert aim(0.97) == pytest.approx(0.973)


@given(st.floats(-4, 4), st.integers(400, 10_000))
def test_a_workspace_with_labels_wants_nothing_but_confidence(similarity: float, n: int) -> None:
    assert close_enough(similarity, target=0.97, labels=n)


def test_a_stranger_wants_a_known_phrasing_nearby_and_a_repetition_is_one() -> None:
    of_cosine = {cosine: (cosine - 0.7) / 0.12 for cosine in (0.6, 0.74, 0.76, 1.0)}

    asked = [close_enough(s, target=0.97, labels=0) for s in of_cosine.values()]

    assert asked == [False, False, True, True]
    assert close_enough(of_cosine[0.6], target=0.5, labels=0)
