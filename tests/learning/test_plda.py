"""The model of answers: its statistics are those of its definition, and it knows its own."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from support_graph.learning.plda import Beliefs, Plda, Scatter, due, milestone

D = 8


def _filed(seed: int, messages: int, answers: int) -> tuple[list[int], NDArray[np.float32]]:
    """Unit vectors near their answers' points."""
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(answers, D))
    owners = rng.integers(0, answers, size=messages)
    vectors = points[owners] + 0.4 * rng.normal(size=(messages, D))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return owners.tolist(), vectors.astype(np.float32)


filed = st.builds(_filed, st.integers(0, 2**32 - 1), st.integers(0, 60), st.integers(1, 12))


@given(filed)
def test_the_running_statistics_are_those_of_all_messages(
    seen: tuple[list[int], NDArray[np.float32]],
) -> None:
    answers, vectors = seen
    scatter = Scatter.of(answers, vectors)

    exact = vectors.astype(np.float64)
    own = np.array(answers)
    within = np.zeros((D, D))
    for row, answer in enumerate(scatter.answers):
        members = exact[own == answer]
        aside = members - members.mean(axis=0)
        within += aside.T @ aside
        assert scatter.counts[row] == len(members)
        assert scatter.sums[row] == pytest.approx(members.sum(axis=0))
    assert scatter.messages == len(answers)
    assert scatter.within == pytest.approx(within, abs=1e-9)
    assert scatter.total == pytest.approx(exact.sum(axis=0), abs=1e-9)


@given(filed)
def test_an_answer_that_is_removed_leaves_no_trace(
    seen: tuple[list[int], NDArray[np.float32]],
) -> None:
    """What A and B had together is what each had alone."""
    answers, vectors = seen
    removed = np.array(answers, dtype=np.int64) == 0
    kept = Scatter.of(np.array(answers, dtype=np.int64)[~removed].tolist(), vectors[~removed])
    gone = Scatter.of([0] * int(removed.sum()), vectors[removed])
    both = Scatter.of(answers, vectors)

    assert both.within == pytest.approx(kept.within + gone.within, abs=1e-9)
    assert both.total == pytest.approx(kept.total + gone.total, abs=1e-9)
    assert set(kept.answers) == set(both.answers) - {0}


@given(filed)
def test_a_solved_model_makes_both_covariances_diagonal(
    seen: tuple[list[int], NDArray[np.float32]],
) -> None:
    """By the formulas of design/gate.md, written down once more."""
    scatter = Scatter.of(*seen)
    n, k = scatter.messages, len(scatter.counts)
    mean = scatter.total / (50 + n)
    w = (500 * 0.6 * np.eye(D) / D + scatter.within) / (500 + n - k)
    b = 0.4 * np.eye(D) / D
    if k > 5:
        means = scatter.sums / scatter.counts[:, None] - mean
        seen_b = means.T @ means / k - w * (1 / scatter.counts).mean()
        b = (50 * b + k * seen_b) / (50 + k)

    model = Plda.solve(scatter)

    assert model.mean == pytest.approx(mean)
    assert model.basis.T @ w @ model.basis == pytest.approx(np.eye(D), abs=1e-9)
    turned = model.basis.T @ b @ model.basis
    assert np.maximum(np.diag(turned), 1e-3) == pytest.approx(model.ratios)
    assert turned == pytest.approx(np.diag(np.diag(turned)), abs=1e-9)


def test_before_the_first_message_no_direction_is_special() -> None:
    model = Plda.solve(Scatter(D))

    assert model.ratios == pytest.approx(np.full(D, 0.4 / 0.6))
    assert model.mean == pytest.approx(np.zeros(D))


@given(filed, st.integers(0, 100))
def test_likelihoods_are_those_of_the_formula(
    seen: tuple[list[int], NDArray[np.float32]], seed: int
) -> None:
    scatter = Scatter.of(*seen)
    model = Plda.solve(scatter)
    message = _filed(seed, 1, 1)[1][0]

    known, new = model.log_likelihoods(scatter, message)

    x = model.basis.T @ (message - model.mean)
    psi = model.ratios
    assert new == pytest.approx(-0.5 * (x**2 / (1 + psi) + np.log(1 + psi)).sum(), abs=1e-4)
    assert len(known) == len(scatter.answers)
    for row, count in enumerate(scatter.counts):
        q = psi / (count * psi + 1)
        m = q * (model.basis.T @ (scatter.sums[row] - count * model.mean))
        expected = -0.5 * ((x - m) ** 2 / (1 + q) + np.log(1 + q)).sum()
        assert known[row] == pytest.approx(expected, abs=1e-3)


@given(filed, st.integers(0, 40))
def test_beliefs_kept_up_to_date_are_those_made_anew(
    seen: tuple[list[int], NDArray[np.float32]], solved_at: int
) -> None:
    answers, vectors = seen
    scatter = Scatter.of(answers[:solved_at], vectors[:solved_at])
    beliefs = Beliefs(Plda.solve(scatter), scatter)
    for answer, vector in zip(answers[solved_at:], vectors[solved_at:], strict=True):
        scatter.add(answer, vector)
        beliefs.refresh(scatter, answer)
    message = _filed(7, 1, 1)[1][0]

    known, new = beliefs.log_likelihoods(message)
    anew, new_anew = beliefs.model.log_likelihoods(scatter, message)

    assert known == pytest.approx(anew, abs=1e-4)
    assert new == new_anew


def test_a_message_is_known_by_its_own_answer_and_a_stranger_by_none() -> None:
    rng = np.random.default_rng(0)
    points = np.eye(D)[:7]
    owners = np.arange(7).repeat(40)
    vectors = points[owners] + 0.1 * rng.normal(size=(len(owners), D))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    scatter = Scatter.of(owners.tolist(), vectors.astype(np.float32))
    model = Plda.solve(scatter)

    known, new = model.log_likelihoods(scatter, points[3].astype(np.float32))
    assert int(np.argmax(known)) == scatter.row(3)
    assert known.max() > new

    known, new = model.log_likelihoods(scatter, np.eye(D, dtype=np.float32)[7])
    assert new > known.max()


def test_nothing_is_believed_of_an_answer_without_messages() -> None:
    scatter = Scatter(D)

    with pytest.raises(KeyError):
        Beliefs(Plda.solve(scatter), scatter).refresh(scatter, 1)


def test_a_model_is_solved_again_at_its_milestones() -> None:
    solved = [n for n in range(1, 401) if due(learned=n - 1, messages=n)]

    assert solved == [20, 50, 100, 200, 300, 400]


@given(learned=st.integers(0, 10_000), messages=st.integers(0, 10_000))
def test_a_model_of_the_last_milestone_is_never_due(learned: int, messages: int) -> None:
    assert milestone(messages) <= messages
    assert not due(learned=milestone(messages), messages=messages)
    assert not due(learned=learned, messages=learned)
