"""Audits measure the precision with an interval that holds; the gate asks for what is missing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_graph.domain.precision import Audit, Precision
from support_graph.learning.precision import by_intent, in_words, measured, required, strictest

Stratum = tuple[float, float, float]
"""A share of what could be answered, its chance of being audited, and how often it is wrong."""

_CALIBRATED: list[Stratum] = [(0.7, 0.0075, 0.005), (0.2, 0.02, 0.02), (0.1, 0.1, 0.1)]
_TOO_SURE: list[Stratum] = [(0.7, 0.0075, 0.05), (0.2, 0.02, 0.1), (0.1, 0.1, 0.3)]
_EVENLY: list[Stratum] = [(0.5, 0.3, 0.3), (0.5, 0.1, 0.1)]


def _audits(strata: list[Stratum], messages: int, chance: np.random.Generator) -> list[Audit]:
    return [
        Audit(intent=None, chance=a, right=bool(chance.random() >= wrong))
        for share, a, wrong in strata
        for _ in range(chance.binomial(int(messages * share), a))
    ]


@pytest.mark.parametrize("strata", [_CALIBRATED, _TOO_SURE, _EVENLY])
@pytest.mark.parametrize("messages", [1_000, 5_000])
def test_the_interval_holds_the_truth_in_95_of_100_cases(
    strata: list[Stratum], messages: int
) -> None:
    chance = np.random.default_rng(7)
    truth = 1 - sum(share * wrong for share, _, wrong in strata)
    found = [measured(_audits(strata, messages, chance), intent=None) for _ in range(800)]
    held = np.mean([one.low <= truth <= one.high for one in found])
    assert held >= 0.94  # 95 %, less the chance of 800 draws


def test_an_audit_stands_for_those_that_were_not_audited() -> None:
    """One error where one in a hundred is audited weighs as much as ten where one in ten is."""
    audits = [Audit(intent=None, chance=0.01, right=False)]
    audits += [Audit(intent=None, chance=0.1, right=True) for _ in range(10)]
    found = measured(audits, intent=None)
    assert found.estimate == pytest.approx(0.5)
    assert found.effective < len(audits)


def test_an_error_of_which_little_is_known_is_not_a_certain_one() -> None:
    found = measured([Audit(intent=None, chance=0.1, right=False)] * 5, intent=None)
    assert found.high > 0.4


audits = st.lists(
    st.builds(
        Audit,
        intent=st.sampled_from([None, "refund", "login"]),
        chance=st.floats(0.0075, 0.3),
        right=st.booleans(),
    ),
    min_size=1,
    max_size=60,
)
targets = st.floats(0.5, 0.995)


@given(audits)
def test_the_estimate_lies_in_its_interval(told: list[Audit]) -> None:
    for one in by_intent(told):
        assert 0 <= one.low <= one.estimate + 1e-9
        assert one.estimate - 1e-9 <= one.high <= 1
        assert one.effective <= one.audits * (1 + 1e-9)


def _found(high: float, *, audits: int = 100, intent: str | None = None) -> Precision:
    return Precision(
        intent=intent,
        audits=audits,
        wrong=0,
        effective=audits,
        estimate=high,
        low=high / 2,
        high=high,
    )


@given(targets, st.floats(0, 1))
def test_nothing_less_than_the_target_is_ever_required(target: float, high: float) -> None:
    level = required(target, _found(high))
    assert target <= level < 1
    if high >= target:
        assert level == target


@given(targets, st.floats(0.01, 1), st.floats(0.01, 1))
def test_the_worse_the_audits_come_out_the_more_is_required(
    target: float, one: float, other: float
) -> None:
    worse, better = sorted([one, other])
    assert required(target, _found(worse)) >= required(target, _found(better))


def test_few_audits_require_nothing() -> None:
    assert required(0.97, _found(0.5, audits=19)) == 0.97
    assert required(0.97, _found(0.5, audits=20)) > 0.97
    assert required(0.97, None) == 0.97


def test_the_gap_is_made_up_for_in_log_odds() -> None:
    assert required(0.9, _found(0.9 - 1e-9)) == pytest.approx(0.9)
    assert required(0.9, _found(0.5)) == pytest.approx(0.9**2 / (0.9**2 + 0.1**2))


def test_the_strictest_of_all_holds_and_says_why() -> None:
    level, because = strictest(0.9, [_found(0.95), _found(0.6, intent="refund")])
    assert because is not None
    assert level == required(0.9, because)
    said = in_words(because, target=0.9, level=level).words
    assert "answers about refund" in said
    assert "90%" in said
    assert strictest(0.9, [_found(0.95)]) == (0.9, None)
    assert strictest(0.9, []) == (0.9, None)
