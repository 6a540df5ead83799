"""How the assistant is doing, in the terminal."""

from tests.cli.conftest import CommandLine, Server


def test_stats_tell_what_is_known_and_what_is_not(
    command_line: CommandLine, server: Server
) -> None:
    command_line.succeeds("ask", "How do I reset my API key?")
    shown, dumped, refused = command_line.all(
        ("stats",), ("stats", "--json", "--days", "7"), ("stats", "--days", "0")
    )

    assert shown.code == 0, shown.err
    assert "Deflection 0.0% 0 of 1" in shown.words
    assert "Containment 100.0% 1 of 1" in shown.words
    assert "handed off 1" in shown.words
    assert "Brier score: not enough data (0 labels)" in shown.words
    found = dumped.json
    assert found["rates"]["total"]["deflection"] == {"part": 0, "whole": 1, "unknown": 0}
    assert found["outcomes"]["outcomes"]["handed_off"] == 1
    assert found["precision"]["total"]["target"] == 0.97
    assert len(found["calibration"]["bins"]) == 10
    assert refused.code != 0
