"""Decisions are read in every shape that inboxes send, and refused clearly in any other."""

from typing import Any, cast
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_graph.domain.turns import Action, DecisionOutcome
from support_graph.graph.hitl import UnreadableDecision, read_decision, request
from support_graph.graph.state import State

DRAFT = "The draft."
TEXT = "Press the button."
EDITED = {"name": "reply_to_customer", "args": {"text": TEXT}}
INBOX_EDITED = {"action": "reply_to_customer", "args": {"text": TEXT}}

ANSWERS: list[Any] = [
    TEXT,
    f"  {TEXT}\n",
    {"action": "answer", "text": TEXT},
    {"type": "response", "args": TEXT},
    [{"type": "response", "args": TEXT}],
    {"decisions": [{"type": "respond", "message": TEXT}]},
]
EDITS: list[Any] = [
    {"action": "edit", "text": TEXT},
    [{"type": "edit", "args": INBOX_EDITED}],
    {"decisions": [{"type": "edit", "edited_action": EDITED}]},
]
ACCEPTED: list[Any] = [
    {"action": "accept"},
    [{"type": "accept", "args": None}],
    [{"type": "accept", "args": INBOX_EDITED}],
    {"decisions": [{"type": "approve"}]},
]
DISMISSALS: list[Any] = [
    {"action": "dismiss"},
    [{"type": "ignore", "args": None}],
    {"decisions": [{"type": "reject", "message": "Not for us."}]},
]


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_an_answer_is_read(answer: Any) -> None:
    decision = read_decision(answer, drafted=None)

    assert (decision["action"], decision["text"]) == ("answer", TEXT)
    assert decision["outcome"] == "resolved"
    assert decision["learn"] is True


@pytest.mark.parametrize("answer", EDITS, ids=str)
def test_an_edit_is_read(answer: Any) -> None:
    decision = read_decision(answer, drafted=DRAFT)

    assert (decision["action"], decision["text"]) == ("edit", TEXT)


@pytest.mark.parametrize("answer", ACCEPTED, ids=str)
def test_accepting_sends_the_draft(answer: Any) -> None:
    decision = read_decision(answer, drafted=DRAFT)

    assert (decision["action"], decision["text"]) == ("accept", DRAFT)


@pytest.mark.parametrize("answer", ACCEPTED, ids=str)
def test_without_a_draft_there_is_nothing_to_accept(answer: Any) -> None:
    with pytest.raises(UnreadableDecision, match="no draft"):
        read_decision(answer, drafted=None)


@pytest.mark.parametrize("answer", DISMISSALS, ids=str)
def test_dismissing_says_nothing_to_the_customer(answer: Any) -> None:
    decision = read_decision(answer, drafted=DRAFT)

    assert (decision["action"], decision["text"]) == ("dismiss", None)
    assert decision["outcome"] == "unresolved"


def test_our_own_shape_says_everything_that_a_decision_holds() -> None:
    resolution = UUID(int=1)

    decision = read_decision(
        {
            "action": "answer",
            "text": TEXT,
            "outcome": "unresolved",
            "learn": False,
            "resolution_id": str(resolution),
            "member_name": "Tina",
        },
        drafted=None,
    )

    assert decision == {
        "action": "answer",
        "text": TEXT,
        "outcome": "unresolved",
        "learn": False,
        "resolution_id": str(resolution),
        "member_name": "Tina",
    }


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (None, "Can't read a decision from NoneType"),
        (7, "Can't read a decision from int"),
        ("  ", "A text is needed to answer"),
        ([], "One decision is needed"),
        ([{"type": "accept"}, {"type": "accept"}], "One decision is needed"),
        ([{"type": "respond", "message": TEXT}], "type is 'respond', and can be accept, edit"),
        ([{"type": "edit", "args": {"args": {"txt": TEXT}}}], "A text is needed to edit"),
        ({"decisions": []}, "One decision is needed"),
        ({"decisions": [{"type": "response", "args": TEXT}]}, "can be approve, edit"),
        ({}, "action is None"),
        ({"action": "shout"}, "action is 'shout', and can be accept, edit, answer"),
        ({"action": "answer"}, "A text is needed to answer"),
        ({"action": "answer", "text": ["x"]}, "A text is needed to answer"),
        ({"action": "answer", "text": TEXT, "txt": "x"}, "'txt' is unknown; known are action"),
        ({"action": "answer", "text": TEXT, "member_id": "x"}, "'member_id' is unknown"),
        ({"action": "answer", "text": TEXT, "outcome": "great"}, "can be resolved, unresolved"),
        ({"action": "answer", "text": TEXT, "learn": "no"}, "learn is 'no'"),
        ({"action": "answer", "text": TEXT, "resolution_id": "7"}, "which is no id"),
        ({"action": "answer", "text": TEXT, "member_name": ""}, "which is no name"),
        ({"action": "answer", "text": "a\x00b"}, "text holds a NUL character"),
        ({"action": "answer", "text": "a\ud800"}, "text holds half a character"),
    ],
    ids=str,
)
def test_what_cant_be_read_is_refused_with_what_can(answer: Any, complaint: str) -> None:
    with pytest.raises(UnreadableDecision) as refused:
        read_decision(answer, drafted=None)

    assert complaint in str(refused.value)
    assert "{'action': 'answer'" in str(refused.value)


_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=8)
    | st.sampled_from([*Action, *DecisionOutcome, "response", "approve", "reject", "reply"])
)
_FIELDS = ("action", "text", "outcome", "learn", "resolution_id", "member_name")
_DIALECTS = ("type", "args", "decisions", "message", "edited_action", "name")
_KEYS = st.sampled_from([*_FIELDS, *_DIALECTS]) | st.text(max_size=3)
_JUNK = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)


def _read(answer: Any, drafted: str | None) -> dict[str, Any] | str:
    """The decision, or why it was refused."""
    try:
        return read_decision(answer, drafted=drafted)
    except UnreadableDecision as refused:
        return str(refused)


@given(answer=_JUNK, drafted=st.none() | st.just(DRAFT))
def test_junk_is_refused_and_nothing_worse(answer: Any, drafted: str | None) -> None:
    decision = _read(answer, drafted)
    if isinstance(decision, str):
        # It is asked again with these words, which must fit into any store.
        assert b"\x00" not in decision.encode()
        return
    action = Action(decision["action"])
    assert DecisionOutcome(decision["outcome"])
    assert (decision["text"] is not None) is action.replies
    assert isinstance(decision["learn"], bool)


def _state(**more: Any) -> State:
    state = {
        "question": "Where is it?",
        "turn_id": "t",
        "escalation_id": "e",
        "draft": None,
        "verdict": {"reason": "missing_knowledge", "words": ["Nothing fits."]},
        **more,
    }
    return cast("State", state)


def test_both_inboxes_find_the_draft_where_they_look() -> None:
    asked = request(_state(draft={"text": DRAFT}))

    (action,) = asked["action_requests"]
    assert action["args"] == action["arguments"] == {"text": DRAFT}
    assert "Where is it?" in action["description"]
    assert "Nothing fits." in action["description"]
    assert asked["review_configs"] == [
        {
            "action_name": action["name"],
            "allowed_decisions": ["approve", "edit", "respond", "reject"],
        }
    ]


def test_without_a_draft_nobody_is_offered_to_approve_it() -> None:
    (review,) = request(_state())["review_configs"]

    assert review["allowed_decisions"] == ["respond", "reject"]


def test_who_is_asked_again_reads_why() -> None:
    asked = request(_state(), error="A text is needed to answer.")

    assert asked["error"] == "A text is needed to answer."
    assert asked["action_requests"][0]["description"].startswith("Not taken: A text is needed")
