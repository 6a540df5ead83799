"""Customers say whether an answer helped, in many words; about the product they say the same."""

import pytest

from support_graph.models.satisfaction import Satisfaction, satisfaction
from tests.conftest import Rows


@pytest.mark.parametrize(
    "message",
    [
        "Thanks, that worked!",
        "That worked. One more thing: how do I export?",
        "It works now, thank you so much",
        "That fixed it",
        "ok thanks that solved it",
        "Great, that did the trick. Cheers",
        "That answers my question, thanks",
        "Danke, das hat funktioniert",
        "gracias, funcionó",
        "ça marche, merci",
    ],
)
def test_it_helped(message: str) -> None:
    assert satisfaction(message) is Satisfaction.HELPED


@pytest.mark.parametrize(
    "message",
    [
        "That didn't help",
        "Sorry, that does not work",
        "Thanks, but it still doesn't work",
        "I tried that but it still fails",
        "That's not what I asked",
        "Still not working",
        "Das funktioniert leider nicht",
    ],
)
def test_it_failed(message: str) -> None:
    assert satisfaction(message) is Satisfaction.FAILED


@pytest.mark.parametrize(
    "message",
    [
        "thanks",
        "ok",
        "Perfect",
        "Does that work?",
        "That worked for the first one",
        "",
        "?" * 500,
        "The app doesn't work",
        "my card is not working",
        "Where is my parcel?",
    ],
)
def test_it_says_neither(message: str) -> None:
    assert satisfaction(message) is None


def test_real_first_questions_judge_no_answer(rows: Rows) -> None:
    """Nobody had answered these customers of a bank yet."""
    judged = [r["text"] for r in rows("intents_banking77") if satisfaction(r["text"])]
    assert len(judged) <= 1, judged
