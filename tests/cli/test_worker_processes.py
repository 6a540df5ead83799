"""An evaluation in several processes: whoever is killed, it goes on or nothing of it is left."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import psutil

from tests.cli.conftest import CommandLine, Ended

_PATIENCE = 300.0
_TOPICS = ("refund", "password", "invoice", "delivery", "address", "receipt")
_FORMS = ("How do I get my {}?", "I have lost my {}", "Where is the {} of my order")
_TIMES = 10


class Evaluation:
    """`evaluate` in two processes, in a kept folder, on messages that take more than a moment."""

    count = _TIMES * len(_FORMS) * len(_TOPICS)

    def __init__(self, command_line: CommandLine, folder: str) -> None:
        self._command_line = command_line
        self._folder = command_line.place / folder
        rows = [
            {"text": f"{form.format(topic)}{'!' * n}", "intent": topic}
            for n in range(_TIMES)
            for form in _FORMS
            for topic in _TOPICS
        ]
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (command_line.place / "long.jsonl").write_text(lines, encoding="utf-8")
        typed = ("--json", "--work", folder, "--processes", "2")
        self.process = command_line.begin("evaluate", "long.jsonl", *typed)

    def until_something_is_replayed(self) -> None:
        """Which its worker has done."""
        deadline = time.monotonic() + _PATIENCE
        while not self.replayed():
            assert self.process.poll() is None, self.ended().err
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def replayed(self) -> int:
        path = self._folder / "outcomes.jsonl"
        return path.read_text(encoding="utf-8").count("\n") - 1 if path.exists() else 0

    def workers(self) -> list[psutil.Process]:
        typed = f"support_graph.cli.worker_process {self._folder} "
        return [p for p in self._command_line.at_work() if typed in _typed(p)]

    def ended(self) -> Ended:
        out, err = self.process.communicate(timeout=3 * _PATIENCE)
        return Ended(code=self.process.returncode, out=out, err=err)


def _typed(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


def test_nothing_is_left_of_a_killed_evaluation_and_it_goes_on_where_it_was(
    command_line: CommandLine,
) -> None:
    killed = Evaluation(command_line, "one")
    killed.until_something_is_replayed()
    killed.process.kill()
    killed.ended()
    before = killed.replayed()
    assert 0 < before < Evaluation.count
    deadline = time.monotonic() + _PATIENCE
    while command_line.at_work():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    told = Evaluation(command_line, "one").ended()
    assert told.code == 0, told.err
    assert (told.json["complete"], told.json["messages"]) == (True, Evaluation.count)
    assert told.json["marks"][-1]["answers"] == len(_TOPICS)
    assert not command_line.at_work()


def test_what_a_killed_worker_had_begun_is_done_by_another(command_line: CommandLine) -> None:
    evaluation = Evaluation(command_line, "two")
    evaluation.until_something_is_replayed()
    (worker,) = evaluation.workers()
    worker.kill()
    told = evaluation.ended()
    assert told.code == 0, told.err
    assert "A worker process has ended (killed by signal 9); another one takes" in told.err
    assert (told.json["complete"], told.json["messages"]) == (True, Evaluation.count)
    assert not command_line.at_work()


def test_nothing_is_left_of_an_evaluation_whose_worker_hangs(command_line: CommandLine) -> None:
    evaluation = Evaluation(command_line, "hanging")
    evaluation.until_something_is_replayed()
    (worker,) = evaluation.workers()
    worker.suspend()
    evaluation.process.send_signal(signal.SIGINT)
    told = evaluation.ended()
    assert told.code == 130, told.err
    assert 0 < told.json["messages"] < Evaluation.count
    assert not command_line.at_work()


def test_workers_that_keep_dying_end_an_evaluation_with_a_sentence(
    command_line: CommandLine,
) -> None:
    evaluation = Evaluation(command_line, "three")
    while evaluation.process.poll() is None:
        for worker in evaluation.workers():
            with suppress(psutil.Error):
                worker.kill()
        time.sleep(0.05)
    told = evaluation.ended()
    assert told.code == 1
    assert "has ended, 5 by now; the last: killed by signal 9)" in told.err
    assert "other messages" not in told.err
    assert not command_line.at_work()


def test_a_process_of_ours_does_not_share_a_message_out_among_threads() -> None:
    counting = "import support_graph.cli, numpy, psutil; print(psutil.Process().num_threads())"
    environment = {n: v for n, v in os.environ.items() if not n.endswith("_NUM_THREADS")}
    counted = subprocess.run(
        [sys.executable, "-c", counting], env=environment, capture_output=True, check=True
    )
    assert int(counted.stdout) == 1
