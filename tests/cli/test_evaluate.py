"""`evaluate`: labelled messages through a throw-away installation, and the report about it."""

import asyncio
import csv
import json
import os
import pty
import re
import signal
import subprocess
import sys
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import Any

import pytest

from support_graph import bootstrap
from support_graph.cli import labelled
from support_graph.cli.failures import CommandFailed
from support_graph.settings import Settings
from tests.cli.conftest import CommandLine, Ended

XSS = '<script>alert("x")</script><img src=x onerror=alert(1)>'
ASKED = {
    "refund": ["How do I get a refund?", "I want a refund please", "Can I get a refund?"],
    "password": ["I forgot my password", "How do I reset my password?", "My password is lost"],
    "invoice": ["Where is my invoice?", "I need an invoice", "Please send me the invoice"],
}


def _lines(times: int) -> list[dict[str, Any]]:
    """In which nothing is new after the first few, and two hostile ones have no known answer."""
    asked = [
        {"text": f"{text}{'!' * n}", "intent": intent}
        for n in range(times)
        for number in range(3)
        for intent, texts in ASKED.items()
        for text in texts[number : number + 1]
    ]
    return [{"text": f"{XSS} who are you"}, *asked, {"text": f"What is the weather? {XSS}"}]


def _written(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_labelled_file_is_replayed_measured_and_reported(command_line: CommandLine) -> None:
    changed = [{"text": "How do I get a refund?", "intent": XSS} for _ in range(3)]
    file = _written(command_line.place / "tickets.jsonl", [*_lines(9), *changed])
    ended = command_line.succeeds("evaluate", str(file), "--report", "report.html")
    assert re.search(r"^ *86 +\d+\.\d% ", ended.out, re.MULTILINE), ended.out
    assert "Resolutions per answer" in ended.words
    assert "Wrong automatic answers:" in ended.words
    assert "The report is in report.html." in ended.err
    report = (command_line.place / "report.html").read_text(encoding="utf-8")
    assert "86 messages" in report
    assert "<td>password</td><td>27</td>" in report
    wrong = re.search(r"<h3>How do I get a refund\?</h3>.*?</article>", report)
    assert wrong
    assert f"<dt>Right</dt><dd>{escape(XSS)}</dd>" in wrong[0]
    assert "<dt>Given</dt><dd>refund</dd>" in wrong[0]
    assert "For it: " in wrong[0]
    assert XSS not in report
    assert not command_line.data.exists(), "the user's data folder was touched"
    assert not command_line.at_work()


def test_programs_get_json_with_null_for_rates_without_enough_data(
    command_line: CommandLine,
) -> None:
    file = command_line.place / "tickets.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, ["text", "answer", "context", "time"])
        writer.writeheader()
        for n, row in enumerate(_lines(1)):
            answer = f"This is how: {row['intent']}." if "intent" in row else ""
            writer.writerow(
                {"text": row["text"], "answer": answer, "context": '{"plan": "pro"}', "time": -n}
            )
    told = command_line.succeeds("evaluate", str(file), "--limit", "6", "--json").json
    assert told["complete"]
    assert told["messages"] == 6
    assert (told["deflection"], told["precision"], told["brier"]) == (None, None, None)
    assert told["marks"][-1]["answers"] == 3
    assert told["marks"][-1]["resolutions"] >= 3


def _until(
    command_line: CommandLine, *typed: str, seen: str, sent: signal.Signals = signal.SIGINT
) -> Ended:
    """At a terminal; when `seen` is shown there, `sent` goes to all that it started."""
    terminal, its_end = pty.openpty()
    with (command_line.place / "out").open("w+", encoding="utf-8") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "support_graph", *typed],
            env=command_line._environment(command_line.data) | {"TERM": "xterm"},
            cwd=command_line.place,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=its_end,
            start_new_session=True,
        )
        os.close(its_end)
        shown, interrupted = "", False
        with suppress(OSError):  # how Linux says that nobody writes any more
            while said := os.read(terminal, 65_536):
                shown += said.decode(errors="replace")
                if seen in shown and not interrupted:
                    os.killpg(process.pid, sent)
                    interrupted = True
        os.close(terminal)
        code = process.wait(60)
        out.seek(0)
        return Ended(code=code, out=out.read(), err=shown)


def test_an_interrupted_evaluation_tells_what_it_measured(command_line: CommandLine) -> None:
    _written(command_line.place / "long.jsonl", _lines(200))
    typed = ("evaluate", "long.jsonl", "--json", "--report", "partly.html")
    ended = _until(command_line, *typed, seen="deflected")
    assert ended.code == 130, ended.err
    assert not ended.json["complete"]
    assert 0 < ended.json["messages"] < 1_802
    assert "of 1,802 messages were replayed; with --work FOLDER, an interrupted" in ended.err
    assert "Traceback" not in ended.err
    assert (command_line.place / "partly.html").exists()
    assert not command_line.at_work()


def test_a_killed_evaluation_goes_on_where_it_was(command_line: CommandLine) -> None:
    _written(command_line.place / "long.jsonl", _lines(20))
    typed = ("evaluate", "long.jsonl", "--json", "--work", "kept")
    killed = _until(command_line, *typed, seen="deflected", sent=signal.SIGKILL)
    assert killed.code == -signal.SIGKILL
    kept = (command_line.place / "kept" / "outcomes.jsonl").read_text(encoding="utf-8")
    before = kept.count("\n") - 1
    assert 0 < before < 182
    told = command_line.succeeds(*typed).json
    assert (told["complete"], told["messages"]) == (True, 182)
    assert told["marks"][-1]["answers"] == 3
    after = (command_line.place / "kept" / "outcomes.jsonl").read_text(encoding="utf-8")
    assert after.startswith(kept[: kept.rindex("\n") + 1])
    assert asyncio.run(_messages_in(command_line.place / "kept")) == 182
    other = command_line(*typed, "--seed", "1")
    assert other.code == 1
    assert "kept holds an evaluation of other messages, or with another seed" in other.err


async def _messages_in(data: Path) -> int:
    settings = Settings(data=data, database_url=None, chroma_url=None)
    async with bootstrap.desk(settings) as desk, desk.stores.across() as workspaces:
        own = await workspaces.named("evaluation")
        async with desk.stores.within(own.id).begin() as tx:
            conversations = await tx.conversations.list(status=None, cursor=None, limit=1_000)
        return len(conversations.items)


def test_an_answer_that_changes_is_edited_and_its_recovery_is_shown(
    command_line: CommandLine,
) -> None:
    changed = [
        {"text": f"{text}{'?' * n}", "intent": "refund in May", "replaces": "refund"}
        for n in range(20)
        for text in ASKED["refund"]
    ]
    file = _written(command_line.place / "a.jsonl", [*_lines(9), *changed])
    told = command_line.succeeds("evaluate", str(file), "--json", "--report", "report.html").json
    last = told["marks"][-1]
    # The fourth was taught by hand, or came about where a customer had complained.
    assert last["answers"] in (3, 4)
    assert last["resolutions"] < 9
    report = (command_line.place / "report.html").read_text(encoding="utf-8")
    assert "<h2>After an answer has changed</h2>" in report
    wrong = [one for one in told["wrong"] if one["right"] == "refund in May"]
    assert len(wrong) < 30, "the old answer went on being given"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", b"", ": labelled messages are read from .jsonl and .csv files."),
        ("a.jsonl", b"\n", " holds no messages."),
        ("a.jsonl", b'{"text": "Hi"}\n{"text"', ", line 2: this is not JSON."),
        ("a.jsonl", b"[1]\n", ", line 1: a row is a JSON object."),
        ("a.jsonl", b'{"intent": "x"}\n', ", line 1: there is no text."),
        ("a.jsonl", b'{"text": 3}\n', ", line 1: text is not a text."),
        ("a.jsonl", b'{"text": "a\\u0000"}\n', ", line 1: text contains a NUL character."),
        ("a.jsonl", b'{"text": "\\ud800"}\n', ", line 1: text contains half a character."),
        (
            "a.jsonl",
            b'{"text": "Hi", "context": [1]}\n',
            ", line 1: context is not a JSON object.",
        ),
        (
            "a.jsonl",
            b'{"text": "Hi", "context": {"a": "\\u0000"}}\n',
            ", line 1: context contains a NUL character.",
        ),
        (
            "a.jsonl",
            b'{"text": "Hi", "time": "soon"}\n',
            ", line 1: time is neither like 2026-05-01T09:30:00Z nor a number.",
        ),
        (
            "a.jsonl",
            b'{"text": "Hi", "time": 1}\n{"text": "Ho"}\n',
            ", line 2: there is no time, though other rows have one.",
        ),
        ("a.csv", b"question\nHi\n", ", line 1: there is no column named text."),
        ("a.csv", b"text\nHi,you\n", ", line 2: there are more values than columns."),
        ("a.csv", b'text\n"Hi\n', " is not CSV as it should be: unexpected end of data."),
        ("a.csv", b"text\n\xff\n", " is not UTF-8 text."),
    ],
)
def test_a_bad_file_is_one_sentence_with_the_line(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CommandFailed) as failed:
        labelled.read(path, limit=None)
    assert str(failed.value) == f"{path}{said}"


def test_a_file_or_a_place_for_the_report_that_is_not_there_is_a_sentence(
    command_line: CommandLine,
) -> None:
    _written(command_line.place / "one.jsonl", _lines(1))
    absent, nowhere = command_line.all(
        ["evaluate", "absent.jsonl"], ["evaluate", "one.jsonl", "--report", "absent/report.html"]
    )
    assert (absent.code, absent.err) == (1, "Error: absent.jsonl: No such file or directory.\n")
    assert nowhere.code == 1
    assert nowhere.err.startswith("Error: The report can't be written to absent/report.html")
    assert nowhere.err.count("\n") == 1


def test_rows_go_by_time_and_an_intent_alone_has_answers_of_its_own(tmp_path: Path) -> None:
    path = _written(
        tmp_path / "a.jsonl",
        [
            {"text": "second", "intent": "a", "time": "2026-05-01T12:00:00+02:00"},
            {"text": "third", "intent": "b", "time": "2026-05-01T10:30:00Z"},
            {"text": "first", "answer": "So.", "time": "2026-05-01"},
        ],
    )
    first, second, third = labelled.read(path, limit=None)
    assert [first.text, second.text, third.text] == ["first", "second", "third"]
    assert (first.gold, list(first.wordings)) == ("So.", ["So."])
    assert not set(second.wordings) & set(third.wordings)
    assert [row.text for row in labelled.read(path, limit=1)] == ["first"]
