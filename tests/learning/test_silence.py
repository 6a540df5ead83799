"""Silence: who is hardly ever complained about may still be wrong, whatever share is noticed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_graph.domain.calibration import Calibration, Labels
from support_graph.domain.evidence import LabelSource
from support_graph.learning.silence import heard, noticed_share, right_in_silence

ANSWERS = 4_000


def _labels(p: float, noticed: float) -> tuple[Labels, list[LabelSource]]:
    """Answers that are right to the share `p`, and what customers let us know of them."""
    wrong = round(ANSWERS * (1 - p))
    complaints = round(wrong * noticed)
    right = np.ones(ANSWERS)
    right[:complaints] = 0.0
    labels = Labels(features=np.ones((ANSWERS, 1)), right=right, weight=np.ones(ANSWERS))
    silent = [LabelSource.SILENCE] * (ANSWERS - complaints)
    return labels, [LabelSource.RATING] * complaints + silent


def _believed(labels: Labels, sources: list[LabelSource], logit: float) -> float:
    """What is believed in the end, from one belief to the next."""
    prior = Calibration.prior([logit], precision=4.0, kappa=0.0)
    fit = prior
    for _ in range(40):
        fit = prior.fitted(heard(labels, sources, beta=fit.beta), start=fit.beta)
    return fit.confidence([1.0])


@pytest.mark.parametrize("noticed", [0.1, 0.2])
def test_no_complaints_do_not_make_errors_disappear(noticed: float) -> None:
    labels, sources = _labels(0.95, noticed)

    assert _believed(labels, sources, logit=3.0) == pytest.approx(0.95, abs=0.015)
    # Silence taken at its word hides nearly all of them.
    assert labels.right.mean() > 0.985


def test_what_people_said_stands_as_they_said_it() -> None:
    sources = [LabelSource.HUMAN, LabelSource.AUDIT, LabelSource.RATING, LabelSource.SILENCE]
    labels = Labels(
        features=np.full((4, 1), 2.0),
        right=np.array([0.0, 1.0, 0.0, 1.0]),
        weight=np.array([1.0, 1.0, 5.0, 1.0]),
    )

    soft = heard(labels, sources, beta=np.array([1.0]))

    assert soft.right[:3].tolist() == [0.0, 1.0, 0.0]
    assert 1 / (1 + np.exp(-2.0)) < soft.right[3] < 1.0
    assert soft.weight.tolist() == [1.0] * 4


@given(p=st.floats(0.01, 0.99), few=st.floats(0, 1), many=st.floats(0, 1))
def test_silence_speaks_for_an_answer_and_the_more_the_more_is_noticed(
    p: float, few: float, many: float
) -> None:
    few, many = sorted((few, many))
    some, more = (right_in_silence(np.array([p]), noticed=share)[0] for share in (few, many))

    assert p - 1e-12 <= some <= more + 1e-12
    assert more <= 1.0


@given(st.lists(st.floats(0.5, 0.999), max_size=300), st.integers(0, 50))
def test_the_share_of_noticed_errors_stays_inside_its_bounds(
    silent: list[float], complaints: int
) -> None:
    share = noticed_share(np.array(silent), complaints=complaints)

    assert 0.03 <= share <= 0.6
    assert share <= noticed_share(np.array(silent), complaints=complaints + 1) + 1e-12
    assert share >= noticed_share(np.array([*silent, 0.5]), complaints=complaints) - 1e-6


def test_the_share_of_noticed_errors_is_found_where_there_are_enough() -> None:
    assert noticed_share(np.zeros(0), complaints=0) == pytest.approx(0.12)
    # 40,000 answers of which 1,200 were wrong, and a quarter of those was complained about.
    silent = np.full(40_000 - 300, 0.97)
    assert noticed_share(silent, complaints=300) == pytest.approx(0.25, abs=0.03)
