"""Learning whom to trust: the fit has one end from any start, and few labels mean much doubt."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_graph.domain.calibration import HALF_LIFE, Calibration, Labels, Matrix, due
from support_graph.learning import features

WIDE = 5
coefficients = st.lists(st.floats(-3, 3), min_size=WIDE, max_size=WIDE)


def _labels(seed: int, n: int, hardest: float) -> Labels:
    """Random features in ±4, and outcomes that can be separated or not."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-4, 4, size=(n, WIDE))
    noise = hardest * rng.normal(size=n)
    return Labels(
        features=x,
        right=(x[:, 0] + noise > 0).astype(np.float64),
        weight=rng.choice([1.0, 5.0, 20.0], size=n),
    )


labels = st.builds(_labels, st.integers(0, 2**32 - 1), st.integers(0, 200), st.floats(0, 5))


def _slope(prior: Calibration, fit: Calibration, seen: Labels) -> Matrix:
    p = 1 / (1 + np.exp(-seen.features @ fit.beta))
    slope: Matrix = seen.features.T @ (seen.weight * (p - seen.right))
    return slope + prior.hessian @ (fit.beta - prior.beta)


@given(
    beta=coefficients, start=st.lists(st.floats(-50, 50), min_size=WIDE, max_size=WIDE), seen=labels
)
def test_the_fit_ends_at_the_bottom_from_any_start(
    beta: list[float], start: list[float], seen: Labels
) -> None:
    prior = Calibration.prior(beta, precision=4.0, kappa=0.15)

    fit = prior.fitted(seen, start=np.array(start))

    assert np.abs(_slope(prior, fit, seen)).max() < 1e-4
    assert fit.beta == pytest.approx(prior.fitted(seen).beta, abs=1e-5)


@given(beta=coefficients, x=coefficients)
def test_without_labels_the_posterior_is_the_prior(beta: list[float], x: list[float]) -> None:
    prior = Calibration.prior(beta, precision=4.0, kappa=0.15)
    nothing = Labels(features=np.zeros((0, WIDE)), right=np.zeros(0), weight=np.zeros(0))

    fit = prior.fitted(nothing)

    assert fit.beta == pytest.approx(prior.beta)
    assert fit.hessian == pytest.approx(prior.hessian)
    assert fit.confidence(x) == pytest.approx(prior.confidence(x))


@given(beta=coefficients, seen=labels, x=coefficients)
def test_confidence_is_a_probability_and_labels_only_take_doubt(
    beta: list[float], seen: Labels, x: list[float]
) -> None:
    prior = Calibration.prior(beta, precision=4.0, kappa=0.15)

    fit = prior.fitted(seen)

    assert 0 < fit.confidence(x) < 1
    doubt = [np.array(x) @ np.linalg.solve(c.hessian, np.array(x)) for c in (prior, fit)]
    assert doubt[1] <= doubt[0] + 1e-12


def test_a_weight_is_that_many_labels() -> None:
    prior = Calibration.prior([0.0, 0.0], precision=4.0, kappa=0.15)
    once = Labels(
        features=np.array([[1.0, 2.0], [1.0, -1.0]]),
        right=np.array([0.0, 1.0]),
        weight=np.array([3.0, 1.0]),
    )
    thrice = Labels(
        features=once.features[[0, 0, 0, 1]],
        right=once.right[[0, 0, 0, 1]],
        weight=np.ones(4),
    )

    assert prior.fitted(once).beta == pytest.approx(prior.fitted(thrice).beta)


def test_a_label_counts_less_the_more_humans_have_answered_since() -> None:
    seen = _labels(seed=3, n=2 * HALF_LIFE + 1, hardest=0.0)
    ones = Labels(features=seen.features, right=seen.right, weight=np.ones_like(seen.weight))

    weight = ones.fading(np.ones(len(ones.weight), dtype=np.bool_)).weight

    assert weight[[0, HALF_LIFE, -1]] == pytest.approx([0.25, 0.5, 1.0])
    assert (np.diff(weight) > 0).all()


def test_what_the_assistant_answered_makes_no_label_older() -> None:
    seen = _labels(seed=3, n=2 * HALF_LIFE + 1, hardest=0.0)
    ones = Labels(features=seen.features, right=seen.right, weight=np.ones_like(seen.weight))
    by_humans = np.zeros(len(ones.weight), dtype=np.bool_)
    by_humans[HALF_LIFE:] = True

    weight = ones.fading(by_humans).weight

    assert weight[:HALF_LIFE] == pytest.approx(0.5 ** ((HALF_LIFE + 1) / HALF_LIFE))
    assert weight[-1] == 1.0


def test_what_turned_out_wrong_is_trusted_less() -> None:
    prior = Calibration.prior(features.PRIOR_OF_BANK, precision=4.0, kappa=0.15)
    x = [1.0, 1.5, 1.0, 1.0, 1.0, 0.5, 1.0, 0.0, 0.0, 0.0, 2.0, 2.0, 1.0, -0.8, 0.0, 0.0]
    x += [1.0, 0.5, 1.0, 2.0, 1.0]
    wrong = Labels(features=np.array([x] * 10), right=np.zeros(10), weight=np.ones(10))

    assert prior.fitted(wrong).confidence(x) < 0.5 < prior.confidence(x)


def test_a_fit_is_renewed_every_25_labels() -> None:
    assert [n for n in range(1, 80) if due(labels=n, fitted_at=n - 1)] == [25, 50, 75]
    assert due(labels=60, fitted_at=25)
    assert not due(labels=49, fitted_at=25)


def test_with_few_labels_doubt_weighs_more_and_fades() -> None:
    prior = Calibration.prior((1.0, 1.0), precision=4.0, kappa=0.15)
    confidences = [prior.knowing(n).confidence((1.0, 1.0)) for n in (0, 100, 200, 400, 4000)]

    assert confidences == sorted(confidences)
    assert confidences[0] < confidences[-1]
    assert confidences[-2] == confidences[-1] == prior.confidence((1.0, 1.0))
