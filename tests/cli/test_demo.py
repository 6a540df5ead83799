"""`support-graph demo`: the first thing anybody sees."""

from support_graph.cli.demo.story import STORY
from tests.cli.conftest import CommandLine

STEPS = (
    "1 A question that the documents answer",
    "2 A question that nothing answers yet",
    "3 A teammate answers it",
    "4 The same question, in other words",
    "5 Why it did that",
    "6 Taken back",
)


def test_the_demo_plays_its_story_and_ends(command_line: CommandLine) -> None:
    demo = command_line("demo", "--once", "--port", "0")
    assert demo.code == 0, demo.out + demo.err
    assert "Not as told" not in demo.words
    documented, unknown, answered, reworded, explained, undone = _steps(demo.words)
    assert "Assistant: PostgreSQL 14 or later." in documented
    assert "Source: the document" in documented
    assert "✓ Escalated to a teammate: missing knowledge." in unknown
    assert f"{STORY.teammate}: {STORY.answer}" in answered
    assert "it is learned: resolution" in answered
    assert f"Assistant: {STORY.answer}" in reworded
    assert f"Source: a past answer to “{STORY.unknown}”" in reworded
    assert "✓ Answered by itself, 0." in reworded
    assert "Verdict: A past answer fits with a probability of" in explained
    assert "For it:" in explained
    assert "✓ Escalated to a teammate" in undone
    assert STORY.answer not in undone
    assert command_line.at_work() == []


def test_a_second_demo_finds_the_data_of_the_first(command_line: CommandLine) -> None:
    demo = command_line("demo", "--once", "--port", "0")
    assert demo.code == 0, demo.out + demo.err
    assert "were known from before" in demo.words
    assert "broken off" not in demo.words
    assert all(step in demo.words for step in STEPS)


def test_a_demo_that_goes_otherwise_says_so(command_line: CommandLine) -> None:
    """Also without a server: `ask` and `answer` run the jobs themselves."""
    asked = command_line.succeeds("ask", STORY.unknown, "--workspace", "demo", "--json").json
    assert asked["status"] == "escalated"
    answer = ("answer", asked["escalation_id"], "No, by card only.", "--workspace", "demo")
    assert "Learned: a new answer" in command_line.succeeds(*answer).words
    demo = command_line("demo", "--once", "--port", "0")
    assert demo.code == 1
    assert "✗ Not as told: It should have gone to a teammate." in demo.words
    assert "Not all of that went as told" in demo.words


def _steps(words: str) -> list[str]:
    starts = [words.index(step) for step in STEPS]
    assert starts == sorted(starts)
    return [words[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]
