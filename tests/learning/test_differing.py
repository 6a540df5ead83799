"""A difference can be read, and loses nothing of either text."""

from hypothesis import given
from hypothesis import strategies as st

from support_graph.learning.differing import Kept, Piece, differences

_TEXTS = st.text(st.sampled_from("ab \n.,é"), max_size=40) | st.text(max_size=40)


@given(before=_TEXTS, after=_TEXTS)
def test_both_texts_are_in_their_difference(before: str, after: str) -> None:
    pieces = differences(before, after)

    assert "".join(p.text for p in pieces if p.kept is not Kept.CAME) == before
    assert "".join(p.text for p in pieces if p.kept is not Kept.GONE) == after
    assert all(p.text for p in pieces)


@given(text=_TEXTS)
def test_nothing_changed_is_one_piece(text: str) -> None:
    assert len(differences(text, text)) == bool(text)


def test_words_that_changed_stand_together() -> None:
    assert differences("Press the red button.", "Press the big green button.") == (
        Piece(kept=Kept.SAME, text="Press the "),
        Piece(kept=Kept.GONE, text="red"),
        Piece(kept=Kept.CAME, text="big green"),
        Piece(kept=Kept.SAME, text=" button."),
    )
