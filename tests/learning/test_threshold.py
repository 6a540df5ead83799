"""The threshold keeps its word, and audits keep it honest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_graph.domain.evidence import EvidenceKind
from support_graph.learning.threshold import (
    audit_probability,
    cautious_threshold,
    needed,
    noticed_share,
    threshold,
)

probabilities = st.floats(0, 1)
confidences = st.lists(probabilities, max_size=60)


@given(latest=confidences, low=probabilities, high=probabilities, floor=probabilities)
def test_a_higher_target_never_lowers_the_threshold(
    latest: list[float], low: float, high: float, floor: float
) -> None:
    low, high = sorted((low, high))

    assert threshold(latest, low, floor=floor) <= threshold(latest, high, floor=floor)


@given(latest=confidences, target=st.floats(0.5, 0.995))
def test_what_passes_the_threshold_meets_the_target_on_average(
    latest: list[float], target: float
) -> None:
    tau = threshold(latest, target)
    passing = [p for p in latest if p >= tau]

    assert tau >= 0.6
    assert not passing or sum(passing) / len(passing) >= target - 1e-9


def test_the_threshold_is_the_lowest_that_will_do() -> None:
    assert threshold([0.2, 0.99, 0.95, 0.90, 0.9], 0.97) == 0.95
    assert threshold([0.99, 0.95, 0.95], 0.97) == 0.99
    assert threshold([0.99] * 40 + [0.5], 0.97) == 0.99
    assert threshold([0.99] * 40 + [0.5], 0.97, floor=0.4) == 0.5


def test_nobody_is_trusted_until_somebody_can_be() -> None:
    assert threshold([], 0.97) == 0.995
    assert threshold([0.96, 0.3], 0.97) == 0.995
    assert threshold([0.997], 0.999) == 0.999


def test_only_the_latest_messages_count() -> None:
    assert threshold([0.99] * 400 + [0.7] * 400, 0.97) == 0.995


@given(low=probabilities, high=probabilities)
def test_the_surer_the_rarer_the_audit(low: float, high: float) -> None:
    low, high = sorted((low, high))

    assert 0.0075 <= audit_probability(high) <= audit_probability(low) <= 0.3
    assert audit_probability(0.9) == pytest.approx(0.1)


@given(noticed=st.integers(0, 500), wrong=st.lists(st.floats(0.0075, 0.3), max_size=60))
def test_the_share_of_noticed_errors_stays_inside_its_bounds(
    noticed: int, wrong: list[float]
) -> None:
    share = noticed_share(noticed=noticed, wrong_audits=wrong)

    assert 0.05 <= share <= 0.6
    assert share <= noticed_share(noticed=noticed + 1, wrong_audits=wrong)
    assert share >= noticed_share(noticed=noticed, wrong_audits=[*wrong, 0.05])


def test_the_share_of_noticed_errors_is_a_fifth_until_it_is_known() -> None:
    assert noticed_share(noticed=0, wrong_audits=[]) == pytest.approx(0.2)
    # Each of these audits stands for 19 wrong answers that were sent: 190, of which 19 noticed.
    assert noticed_share(noticed=19, wrong_audits=[0.05] * 10) == pytest.approx(25 / 220)


@given(st.lists(st.floats(0.01, 0.999), min_size=1, max_size=50), st.floats(0.5, 0.99))
def test_a_stranger_is_never_answered_below_the_target(
    confidences: list[float], target: float
) -> None:
    assert cautious_threshold(confidences, target, labels=0) >= target
    known = cautious_threshold(confidences, target, labels=10_000)
    assert known == threshold(confidences, target)


@given(latest=confidences, p=probabilities, target=st.floats(0.5, 0.99), labels=st.integers(0, 900))
def test_what_is_as_sure_as_the_target_is_always_sure_enough(
    latest: list[float], p: float, target: float, labels: int
) -> None:
    for kind in EvidenceKind:
        assert needed(latest, p, target, kind=kind, labels=labels) <= target


def test_passages_do_not_live_on_what_past_answers_have_to_spare() -> None:
    plenty = [0.999] * 300

    assert needed(plenty, 0.9, 0.97, kind=EvidenceKind.RESOLUTION, labels=4_000) == 0.9
    assert needed(plenty, 0.9, 0.97, kind=EvidenceKind.BRAIN, labels=4_000) == 0.97
