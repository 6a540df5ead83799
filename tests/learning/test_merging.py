"""Is this answer that resolution?"""

import pytest

from support_graph.learning.merging import Likeness, compare


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It is under Billing.", "it is under billing"),
        ("Refunds take two days.", "Refunds take two days!"),
        ("Go to Settings and press Reset.", "Press Reset, go to Settings and"),
    ],
)
def test_the_same_words_are_the_same_answer(one: str, other: str) -> None:
    assert compare(one, other, cosine=0.5) is Likeness.SAME


def test_a_greeting_around_the_same_words_is_the_same_answer() -> None:
    one = "Open Settings, choose API keys, and press Regenerate."
    other = f"Hello Ana, thanks for asking! {one} Have a nice day and come back any time."
    assert compare(one, other, cosine=0.82) is Likeness.SAME


def test_the_same_meaning_in_other_words_is_the_same_answer() -> None:
    one = "You will find it under Billing."
    other = "Have a look at the billing page, it is there."
    assert compare(one, other, cosine=0.95) is Likeness.SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("You can return it within 14 days.", "You can return it within 30 days."),
        ("The plan costs 120 a year.", "The plan costs 1,200 a year."),
    ],
)
def test_other_numbers_are_never_the_same_answer(one: str, other: str) -> None:
    """Nearly every word is shared, and they say different things."""
    assert compare(one, other, cosine=0.99) is Likeness.DOUBTFUL


def test_what_is_merely_alike_is_doubtful() -> None:
    one = "Open Settings and choose Keys."
    other = "Open the settings page; there you choose another plan."
    assert compare(one, other, cosine=0.85) is Likeness.DOUBTFUL


def test_different_answers_are_different() -> None:
    assert compare("Under Billing.", "We ship to Norway.", cosine=0.1) is Likeness.DIFFERENT


@pytest.mark.parametrize("text", ["", "🙂", "  ", "?!"])
def test_odd_texts_are_compared_too(text: str) -> None:
    assert compare(text, text, cosine=1.0) is Likeness.SAME
