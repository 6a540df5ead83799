"""The gate keeps its rules: some things are never sent, and better evidence never sends less."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_graph.domain.evidence import HandoffReason, Judgement
from support_graph.domain.messages import MessageKind
from support_graph.domain.workspaces import Mode
from support_graph.learning.gate import Case, audited, judge, luck

GOOD = Case(
    kind=MessageKind.QUESTION,
    mode=Mode.AUTO,
    target_precision=0.97,
    resolution=Judgement(confidence=0.99),
    brain=None,
    has_draft=True,
    uses_resolution=True,
    quotes_internal=False,
    pinned_rival=False,
    failures=(),
)
probabilities = st.floats(0, 1)


def test_good_evidence_is_sent() -> None:
    verdict = judge(GOOD, threshold=0.97)

    assert verdict.send
    assert verdict.reason is None
    assert "99.0%" in verdict.words[0]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": MessageKind.HUMAN_REQUEST}, HandoffReason.CUSTOMER_REQUEST),
        ({"kind": MessageKind.COMPLAINT}, HandoffReason.LOW_CONFIDENCE),
        ({"kind": MessageKind.INSTRUCTION}, HandoffReason.POLICY),
        ({"mode": Mode.DRAFT}, HandoffReason.POLICY),
        ({"mode": Mode.SHADOW}, HandoffReason.POLICY),
        ({"mode": Mode.OFF}, HandoffReason.POLICY),
        ({"quotes_internal": True}, HandoffReason.POLICY),
        ({"pinned_rival": True}, HandoffReason.LOW_CONFIDENCE),
        ({"failures": ("search_brain: away",)}, HandoffReason.TOOL_FAILURE),
        ({"has_draft": False}, HandoffReason.MISSING_KNOWLEDGE),
        ({"resolution": None}, HandoffReason.MISSING_KNOWLEDGE),
        ({"resolution": Judgement(confidence=0.9)}, HandoffReason.LOW_CONFIDENCE),
        ({"resolution": Judgement(confidence=0.1)}, HandoffReason.MISSING_KNOWLEDGE),
    ],
)
def test_what_is_never_sent(change: dict[str, object], reason: HandoffReason) -> None:
    verdict = judge(replace(GOOD, **change), threshold=0.97)  # type: ignore[arg-type]

    assert not verdict.send
    assert verdict.reason is reason
    assert verdict.words


@given(low=probabilities, high=probabilities, target=probabilities)
def test_more_confidence_never_sends_less(low: float, high: float, target: float) -> None:
    low, high = sorted((low, high))
    less = replace(GOOD, resolution=Judgement(confidence=low))
    more = replace(GOOD, resolution=Judgement(confidence=high))

    assert judge(more, threshold=target).send >= judge(less, threshold=target).send


@given(confidence=probabilities, low=probabilities, high=probabilities)
def test_a_higher_threshold_never_sends_more(confidence: float, low: float, high: float) -> None:
    low, high = sorted((low, high))
    case = replace(GOOD, resolution=Judgement(confidence=confidence))

    assert judge(case, threshold=high).send <= judge(case, threshold=low).send


@given(resolution=probabilities, brain=probabilities)
def test_the_evidence_that_the_draft_rests_on_decides(resolution: float, brain: float) -> None:
    case = replace(
        GOOD,
        resolution=Judgement(confidence=resolution),
        brain=Judgement(confidence=brain),
        uses_resolution=False,
    )

    assert judge(case, threshold=0.97).confidence == brain


@given(confidence=probabilities, luck=probabilities, ceiling=probabilities)
def test_an_audit_only_ever_asks_a_human(confidence: float, luck: float, ceiling: float) -> None:
    verdict = judge(replace(GOOD, resolution=Judgement(confidence=confidence)), threshold=0.9)
    after = audited(verdict, luck=luck, ceiling=ceiling)

    assert after.send <= verdict.send
    if after.send != verdict.send:
        assert after.reason is HandoffReason.AUDIT
    if not ceiling:
        assert after.send == verdict.send


def test_audits_come_as_often_as_they_should() -> None:
    verdict = judge(replace(GOOD, resolution=Judgement(confidence=0.9)), threshold=0.9)
    asked = [
        audited(verdict, luck=luck(f"turn {n}"), ceiling=0.3).reason is HandoffReason.AUDIT
        for n in range(5000)
    ]

    assert 0.08 < sum(asked) / len(asked) < 0.12


def test_a_turn_keeps_its_luck() -> None:
    assert luck("one") == luck("one") != luck("another")
