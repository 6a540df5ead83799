"""Intents on the command line: induced from a file, accepted, set, renamed, split and merged."""

import json
from pathlib import Path

import pytest

from support_graph.cli import backlog
from support_graph.cli.failures import CommandFailed
from tests.cli.conftest import CommandLine, Server

# Each command starts anew, which takes seconds.
pytestmark = pytest.mark.timeout(600)

CARD = [f"My {kind} has not arrived yet" for kind in ("card", "new card", "Visa card", "bank card")]
REFUND = [f"Please refund {what}" for what in ("my order", "the order", "that order", "an order")]
LOGIN = [f"I can't log in with my {what}" for what in ("password", "pass word", "old password")]


def test_intents_are_induced_and_accepted(command_line: CommandLine, server: Server) -> None:
    turns = [{"text": text} for text in ("Hi!", *CARD, *REFUND)]
    rows = [{"customer_turns": turns}, *({"text": text} for text in LOGIN)]
    file = command_line.place / "past.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")

    induced = command_line.succeeds("intents", "induce", str(file), "--out", "proposals.jsonl")
    assert "card" in induced.out
    accepted = command_line.succeeds("intents", "accept", "proposals.jsonl", "--json")
    assert len(accepted.json["items"]) == 3
    again = command_line("intents", "accept", "proposals.jsonl")
    assert again.code == 1
    assert "There is already an intent named" in again.err


def test_intents_are_put_in_order(command_line: CommandLine, server: Server) -> None:
    known = command_line.succeeds("intents", "list", "--json").json["items"]
    first, second, _ = (one["name"] for one in known)
    command_line.succeeds("intents", "rename", first, "delivery")
    strict = command_line.succeeds("intents", "set", "delivery", "--mode", "draft", "--target=.99")
    assert "mode draft, target 99.0%" in strict.out
    command_line.succeeds("intents", "merge", second, "delivery", "--note", "the same people ask")
    listed, shown = command_line.all(("intents", "list"), ("intents", "show", "delivery"))
    assert "delivery" in listed.words
    assert second not in listed.words
    assert "the same people ask" in shown.words
    back = command_line.succeeds("intents", "merge", second, "delivery", "--undo")
    assert second in back.out


def test_what_cannot_be_done_is_told_in_one_sentence(
    command_line: CommandLine, server: Server
) -> None:
    target, unknown = command_line.all(
        ("intents", "set", "delivery", "--target", "2"), ("intents", "rename", "no_such", "x")
    )
    assert (target.code, unknown.code) == (1, 1)
    assert "--target is a share" in target.err
    assert "No intent no_such" in unknown.err


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.txt", b"Hi", "read from .jsonl and .csv"),
        ("a.jsonl", b"", "holds no messages"),
        ("a.jsonl", b"{", "line 1: this is not JSON"),
        ("a.jsonl", b"[]", "line 1: a row is a JSON object"),
        ("a.jsonl", b'{"text": 7}', "line 1: text is not a text"),
        ("a.jsonl", b'{"x": 7}', "line 1: there is no text"),
        ("a.jsonl", b'{"customer_turns": [7]}', "customer_turns is not a list of objects"),
        ("a.jsonl", b'{"text": "a\\u0000"}', "contains a NUL character"),
        ("a.jsonl", b'{"text": "\\ud83d"}', "contains half a character"),
        ("a.jsonl", b"\xff", "is not UTF-8 text"),
        ("a.csv", b"question\nHi", "line 2: there is no text"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_its_line(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(CommandFailed, match=words):
        backlog.read(file)


def test_a_table_and_conversations_are_read(tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_text('text,time\n"Where is it?",1\n', encoding="utf-8")
    assert backlog.read(table) == ["Where is it?"]
