"""How far the gate trails behind its store is told by what humans answered."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_graph.learning.trailing import ANSWERS_USED, Foretold, trailing


def _sigmoid(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def _answers(foretold: float, *, right: int, of: int, shift: float = 0.0) -> list[Foretold]:
    """`right` of so many candidates, spread evenly, that `foretold` had been said of."""
    confidence = _sigmoid(math.log(foretold / (1 - foretold)) + shift)
    return [
        Foretold(confidence=confidence, shift=shift, right=n * right // of != (n - 1) * right // of)
        for n in range(of)
    ]


def test_what_turns_out_as_foretold_is_left_as_it_is() -> None:
    assert trailing(_answers(0.75, right=300, of=400)) == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize(("right", "low", "high"), [(340, 0.4, 0.65), (250, -0.6, -0.4)])
def test_it_follows_what_turns_out_better_or_worse(right: int, low: float, high: float) -> None:
    """In log-odds .64 more and .59 less, of which the prior takes a little."""
    assert low < trailing(_answers(0.75, right=right, of=400)) < high


def test_a_hundred_answers_are_needed() -> None:
    answers = _answers(0.75, right=100, of=100)
    assert trailing(answers[1:]) == 0
    assert trailing(answers) > 0


def test_only_the_latest_answers_count() -> None:
    latest = _answers(0.75, right=700, of=ANSWERS_USED)
    assert trailing([*_answers(0.75, right=0, of=ANSWERS_USED), *latest]) == trailing(latest)


def test_candidates_that_are_far_from_being_sent_say_nothing() -> None:
    near = _answers(0.75, right=340, of=400)
    assert trailing([*_answers(0.3, right=200, of=200), *near]) == pytest.approx(trailing(near))


@given(shift=st.floats(-1.5, 1.5), foretold=st.floats(0.6, 0.95), right=st.integers(0, 200))
def test_a_shift_that_was_in_force_is_not_learned_twice(
    shift: float, foretold: float, right: int
) -> None:
    plain = trailing(_answers(foretold, right=right, of=200))
    shifted = trailing(_answers(foretold, right=right, of=200, shift=shift))
    assert shifted == pytest.approx(plain, abs=1e-6)


@given(foretold=st.floats(0.6, 0.99), right=st.integers(0, 199))
def test_one_more_that_was_right_never_makes_it_more_modest(foretold: float, right: int) -> None:
    fewer = trailing(_answers(foretold, right=right, of=200))
    assert trailing(_answers(foretold, right=right + 1, of=200)) > fewer
