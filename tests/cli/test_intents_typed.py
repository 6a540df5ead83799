"""Intents on the command line: induced from a file, accepted, set, renamed, split and merged."""

import json
from pathlib import Path

import pytest

from support_graph.cli import backlog
from support_graph.cli.failures import CommandFailed
from tests.cli.conftest import CommandLine

CARD = [f"My {kind} has not arrived yet" for kind in ("card", "new card", "Visa card", "bank card")]
REFUND = [f"Please refund {what}" for what in ("my order", "the order", "that order", "an order")]
LOGIN = [f"I can't log in with my {what}" for what in ("password", "pass word", "old password")]


def test_intents_are_induced_accepted_and_put_in_order(typed: CommandLine) -> None:
    turns = [{"text": text} for text in ("Hi!", *CARD, *REFUND)]
    rows = [{"customer_turns": turns}, *({"text": text} for text in LOGIN)]
    file = typed.place / "past.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")

    induced = typed.succeeds("intents", "induce", str(file), "--out", "proposals.jsonl")
    assert "card" in induced.out
    assert typed.succeeds("intents", "list", "--json").json == {"items": []}

    accepted = typed.succeeds("intents", "accept", "proposals.jsonl", "--json").json["items"]
    assert len(accepted) == 3
    again = typed("intents", "accept", "proposals.jsonl")
    assert again.code == 1
    assert "There is already a intent named" in again.err or "already" in again.err
    assert "Traceback" not in again.err

    first, second, _ = (one["name"] for one in accepted)
    typed.succeeds("intents", "rename", first, "delivery")
    strict = typed.succeeds("intents", "set", "delivery", "--mode", "draft", "--target", ".99")
    assert "mode draft, target 99.0%" in strict.out
    typed.succeeds("intents", "merge", second, "delivery", "--note", "the same people ask")
    names = [one["name"] for one in typed.succeeds("intents", "list", "--json").json["items"]]
    assert "delivery" in names
    assert second not in names
    assert "the same people ask" in typed.succeeds("intents", "show", "delivery").words
    typed.succeeds("intents", "merge", second, "delivery", "--undo")
    assert second in typed.succeeds("intents", "list").out

    for wrong, words in (
        (("set", "delivery"), "Say what to set"),
        (("set", "delivery", "--target", "2"), "--target is a share"),
        (("rename", "no_such", "x"), "No intent no_such"),
        (("split", "delivery", "apart", "ffff"), "No resolution ffff"),
    ):
        ended = typed("intents", *wrong)
        assert ended.code == 1, wrong
        assert words in ended.err


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
