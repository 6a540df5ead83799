"""The command line as it is used: real processes, on data folders whose engines end with them."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from json import loads
from pathlib import Path
from typing import Any

import psutil
import pytest

import support_graph

_COMMAND = (sys.executable, "-m", "support_graph")
_SOURCE = str(Path(support_graph.__file__).resolve().parents[1])
_OURS = ("SUPPORT_GRAPH_", "DATABASE_URL", "CHROMA_URL")
_SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """The output as a reader takes it in: however the lines were broken."""
        return " ".join(self.out.split())

    @property
    def json(self) -> Any:
        return loads(self.out)


class CommandLine:
    """`support-graph`, typed in an empty folder, on a data folder of its own."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.data = place / "data"

    def __call__(self, *typed: str, data: Path | None = None) -> Ended:
        """Types a command, and waits for its end."""
        return self.end(self.begin(*typed, data=data))

    def begin(self, *typed: str, data: Path | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*_COMMAND, *typed],
            env=self._environment(data or self.data),
            cwd=self.place,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def end(self, process: subprocess.Popen[str]) -> Ended:
        out, err = process.communicate(timeout=_SECONDS)
        return Ended(code=process.returncode, out=out, err=err)

    def all(self, *commands: Sequence[str]) -> list[Ended]:
        """Side by side, which saves the seconds that each takes to begin."""
        begun = [self.begin(*command) for command in commands]
        return [self.end(process) for process in begun]

    def succeeds(self, *typed: str) -> Ended:
        ended = self(*typed)
        assert ended.code == 0, f"{typed}: {ended.err}{ended.out}"
        return ended

    def at_work(self) -> list[psutil.Process]:
        """Processes that work below our folder, such as engines that were left behind."""
        return [p for p in psutil.process_iter() if _works_below(p, self.place)]

    def _environment(self, data: Path) -> dict[str, str]:
        kept = {n: v for n, v in os.environ.items() if not n.startswith(_OURS)}
        path = os.pathsep.join([_SOURCE, os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
        return kept | {"PYTHONPATH": path, "SUPPORT_GRAPH_DATA": str(data)}


class Server:
    """A running `support-graph serve` on any free port."""

    def __init__(self, command_line: CommandLine) -> None:
        self._command_line = command_line
        self.process = command_line.begin("serve", "--port", "0")
        assert self.process.stdout is not None
        self.first_line = self.process.stdout.readline()
        found = re.search(r"http://\S+:(\d+)", self.first_line)
        assert found, self.ended().err
        self.url, self.port = found[0], found[1]

    def interrupted(self) -> Ended:
        """As by Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        return self.ended()

    def killed(self) -> Ended:
        self.process.kill()
        return self.ended()

    def ended(self) -> Ended:
        return self._command_line.end(self.process)


def _works_below(process: psutil.Process, place: Path) -> bool:
    try:
        return Path(process.cwd().removesuffix(" (deleted)")).is_relative_to(place)
    except psutil.Error:  # gone, or not ours to look at
        return False


def _place() -> Iterator[CommandLine]:
    place = Path(tempfile.mkdtemp(prefix="sgc")).resolve()
    place.chmod(0o711)  # for the user that Postgres runs as when we are root
    command_line = CommandLine(place)
    yield command_line
    deadline = time.monotonic() + 10
    while (left := command_line.at_work()) and time.monotonic() < deadline:
        for process in left:
            with suppress(psutil.Error):
                process.kill()
        time.sleep(0.05)
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="module")
def command_line() -> Iterator[CommandLine]:
    """One data folder for all tests of a module."""
    yield from _place()


@pytest.fixture(scope="module")
def server(command_line: CommandLine) -> Iterator[Server]:
    """One server for all tests of a module."""
    server = Server(command_line)
    yield server
    server.interrupted()
