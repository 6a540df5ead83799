"""An answer that did not help is not given to the same contact again."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from support_graph.domain.history import Ending, Episode
from support_graph.domain.ids import ConversationId, TurnId, new_id
from support_graph.domain.messages import Author
from support_graph.learning.history import in_words, tried

SAID = "Press Regenerate."
EPISODE = Episode(
    turn_id=TurnId(new_id()),
    conversation_id=ConversationId(new_id()),
    asked="How do I reset my key?",
    said=SAID,
    by=Author.ASSISTANT,
    by_name=None,
    resolution_id=None,
    ended=Ending.SILENT,
    at=datetime(2026, 5, 4, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("by", "ended", "again"),
    [
        (Author.ASSISTANT, Ending.SILENT, False),
        (Author.ASSISTANT, Ending.DID_NOT_HELP, False),
        (Author.ASSISTANT, Ending.HELPED, True),
        (Author.TEAMMATE, Ending.RESOLVED, True),
        (Author.TEAMMATE, Ending.DID_NOT_HELP, False),
        (Author.TEAMMATE, Ending.WAITING, True),
    ],
)
def test_how_it_ended_decides_whether_it_may_be_said_again(
    by: Author, ended: Ending, *, again: bool
) -> None:
    found = tried([replace(EPISODE, by=by, ended=ended)], SAID)
    assert (found is None) is again


def test_another_answer_may_be_tried() -> None:
    assert tried([EPISODE], "Ask your administrator.") is None
    assert tried([replace(EPISODE, said=None, by=None)], SAID) is None
    assert tried([], SAID) is None


def test_the_same_words_are_the_same_answer_however_they_are_set() -> None:
    assert tried([EPISODE], "press  REGENERATE.\n") == EPISODE


def test_a_teammate_is_told_what_was_tried() -> None:
    words = in_words(EPISODE).words
    assert "the assistant" in words
    assert "4 May 2026" in words
    tina = replace(EPISODE, by=Author.TEAMMATE, by_name="Tina", ended=Ending.DID_NOT_HELP)
    assert "Tina" in in_words(tina).words
    assert "did not help" in in_words(tina).words
