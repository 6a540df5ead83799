"""The threshold keeps its word, and audits keep it honest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_graph.domain.evidence import EvidenceKind
from support_graph.learning.aim import aim
from support_graph.learning.threshold import (
    NEVER,
    audit_probability,
    cautious_threshold,
    needed,
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


@given(st.lists(st.floats(0.01, 0.999), min_size=1, max_size=50), st.floats(0.5, 0.99))
def test_a_stranger_is_never_answered_below_the_target(
    confidences: list[float], target: float
) -> None:
    assert cautious_threshold(confidences, target, labels=0) >= target
    known = cautious_threshold(confidences, target, labels=10_000)
    assert known == threshold(confidences, target)


@given(latest=confidences, p=probabilities, target=st.floats(0.5, 0.99), labels=st.integers(0, 900))
def test_what_is_as_sure_as_what_is_aimed_at_is_always_sure_enough(
    latest: list[float], p: float, target: float, labels: int
) -> None:
    for kind in EvidenceKind:
        level = needed(latest, p, target, kind=kind, labels=labels, similarity=4.0)
        assert level <= aim(target)


def test_passages_do_not_live_on_what_past_answers_have_to_spare() -> None:
    plenty = [0.999] * 300

    assert _with_plenty(plenty, EvidenceKind.RESOLUTION) == 0.9
    assert _with_plenty(plenty, EvidenceKind.BRAIN) == 0.97


def _with_plenty(plenty: list[float], kind: EvidenceKind) -> float:
    return needed(plenty, 0.9, 0.97, kind=kind, labels=4_000, similarity=0.0)


def test_a_stranger_wants_a_known_phrasing_near_however_sure_the_rest() -> None:
    def asked(similarity: float, labels: int, target: float = 0.97) -> float:
        return needed(
            [0.999] * 300,
            0.999,
            target,
            kind=EvidenceKind.RESOLUTION,
            labels=labels,
            similarity=similarity,
        )

    assert asked(0.0, labels=0) == NEVER
    assert asked(0.0, labels=400) < 0.999
    assert asked(2.5, labels=0) < 0.999
    assert asked(0.0, labels=0, target=0.9) < 0.999
