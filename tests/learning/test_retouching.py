"""An edit is kept as what was changed, and told from a correction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_graph.domain.signals import Retouch
from support_graph.learning.retouching import Edited, retouched

texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=80)


def _redone(draft: str, edited: Edited) -> str:
    """The reply that the delta makes of the draft."""
    made, position = "", 0
    for at, gone, came in edited.delta:
        made += draft[position:at] + came
        position = at + len(gone)
    return made + draft[position:]


@given(texts, texts)
def test_the_delta_makes_the_reply_of_the_draft(draft: str, reply: str) -> None:
    assert _redone(draft, retouched(draft, reply)) == reply


@given(texts)
def test_what_was_not_touched_has_no_delta(text: str) -> None:
    edited = retouched(text, text)
    assert (edited.delta, edited.similarity, edited.kind) == ((), 1.0, Retouch.POLISH)


@pytest.mark.parametrize(
    ("draft", "reply", "kind"),
    [
        ("Press Regenerate.", "press regenerate!", Retouch.POLISH),
        ("You have 14 days.", "You have 30 days.", Retouch.CORRECTION),
        ("Press Regenerate.", "Write to us, please.", Retouch.CORRECTION),
    ],
)
def test_saying_something_else_is_a_correction(draft: str, reply: str, kind: Retouch) -> None:
    assert retouched(draft, reply).kind is kind


def test_the_delta_is_compact() -> None:
    edited = retouched("You have 14 days to send it back.", "You have 30 days to send it back.")
    assert edited.delta == ((9, "14", "30"),)


def test_a_long_rewrite_is_weighed_at_once() -> None:
    words = " ".join(f"word{n}" for n in range(3_000))
    assert _redone(words, retouched(words, words[::-1])) == words[::-1]
