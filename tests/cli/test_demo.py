"""`support-graph demo`: the first thing anybody sees."""

import re

import pytest

from support_graph.cli.demo.story import STORY
from tests.cli.conftest import CommandLine, Ended

STEPS = (
    "1 A question that the documents answer",
    "2 A question that nothing answers yet",
    "3 A teammate answers it",
    "4 The same question, in other words",
    "5 Why it did that",
    "6 Taken back",
)


@pytest.fixture(scope="module")
def first(command_line: CommandLine) -> Ended:
    """The first demo on this data; the others find what it left."""
    return command_line("demo", "--once", "--port", "0")


def test_the_demo_plays_its_story_and_ends(command_line: CommandLine, first: Ended) -> None:
    assert first.code == 0, first.out + first.err
    assert "Not as told" not in first.words
    documented, unknown, answered, reworded, explained, undone = _steps(first.words)
    assert "Assistant: PostgreSQL 14 or later." in documented
    assert "Source: the document" in documented
    assert "✓ Escalated to a teammate: missing knowledge." in unknown
    assert f"{STORY.teammate}: {STORY.answer}" in answered
    assert "it is learned: resolution" in answered
    assert f"Assistant: {STORY.answer}" in reworded
    assert f"Source: a past answer to “{STORY.unknown}”" in reworded
    assert re.search(r"✓ Answered by itself, \d+\.\d\d s after Tina answered", reworded)
    assert "Verdict: A past answer fits with a probability of" in explained
    assert "For it:" in explained
    assert "✓ Escalated to a teammate" in undone
    assert STORY.answer not in undone
    assert command_line.at_work() == []


@pytest.mark.usefixtures("first")
def test_a_second_demo_plays_it_again_on_the_same_data(command_line: CommandLine) -> None:
    """Also when the first was broken off after the answer, which these commands leave behind."""
    _teach(command_line, STORY.answer)
    demo = command_line("demo", "--once", "--port", "0")
    assert demo.code == 0, demo.out + demo.err
    assert "were known from before" in demo.words
    assert "An earlier demo was broken off; what it left is removed." in demo.words
    assert all(step in demo.words for step in STEPS)


@pytest.mark.usefixtures("first")
def test_a_demo_that_goes_otherwise_says_so(command_line: CommandLine) -> None:
    _teach(command_line, "No, by card only.")
    demo = command_line("demo", "--once", "--port", "0")
    assert demo.code == 1
    assert "✗ Not as told: It should have gone to a teammate." in demo.words
    assert "Not all of that went as told" in demo.words


def _teach(command_line: CommandLine, answer: str) -> None:
    """Without a server: `ask` and `answer` run the jobs themselves."""
    demo = ("--workspace", "demo")
    asked = command_line.succeeds("ask", STORY.unknown, "--json", *demo).json
    assert asked["status"] == "escalated"
    learned = command_line.succeeds("answer", asked["escalation_id"], answer, *demo)
    assert "Learned: a new answer" in learned.words


def _steps(words: str) -> list[str]:
    starts = [words.index(step) for step in STEPS]
    assert starts == sorted(starts)
    return [words[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]
