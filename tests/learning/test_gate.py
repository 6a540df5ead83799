"""The gate keeps its rules: some things are never sent, and better evidence never sends less."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_graph.domain.evidence import HandoffReason, Judgement
from support_graph.domain.messages import MessageKind
from support_graph.domain.workspaces import Mode
from support_graph.learning.gate import Case, judge

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
    verdict = judge(GOOD)

    assert verdict.send
    assert verdict.reason is None
    assert "99.0%" in verdict.words[0]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": MessageKind.HUMAN_REQUEST}, HandoffReason.CUSTOMER_REQUEST),
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
    verdict = judge(replace(GOOD, **change))  # type: ignore[arg-type]

    assert not verdict.send
    assert verdict.reason is reason
    assert verdict.words


@given(low=probabilities, high=probabilities, target=probabilities)
def test_more_confidence_never_sends_less(low: float, high: float, target: float) -> None:
    low, high = sorted((low, high))
    less = replace(GOOD, resolution=Judgement(confidence=low), target_precision=target)
    more = replace(less, resolution=Judgement(confidence=high))

    assert judge(more).send >= judge(less).send


@given(confidence=probabilities, low=probabilities, high=probabilities)
def test_a_higher_target_never_sends_more(confidence: float, low: float, high: float) -> None:
    low, high = sorted((low, high))
    case = replace(GOOD, resolution=Judgement(confidence=confidence))

    strict = judge(replace(case, target_precision=high))
    assert strict.send <= judge(replace(case, target_precision=low)).send


@given(resolution=probabilities, brain=probabilities)
def test_the_evidence_that_the_draft_rests_on_decides(resolution: float, brain: float) -> None:
    case = replace(
        GOOD,
        resolution=Judgement(confidence=resolution),
        brain=Judgement(confidence=brain),
        uses_resolution=False,
    )

    assert judge(case).confidence == brain
