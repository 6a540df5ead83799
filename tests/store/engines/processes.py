"""Other processes that use the engines, and the servers that work in a folder."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

import support_graph
from support_graph.store.engines import DataFolder

PROGRAM = Path(__file__).with_name("user_of_engines.py")
SOURCE = str(Path(support_graph.__file__).resolve().parents[1])
SEARCHED = os.pathsep.join([SOURCE, os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
# For programs that use the library as the tests do, installed or not.
ENVIRONMENT = {**os.environ, "PYTHONPATH": SEARCHED}


class Other:
    """Another process that uses the engines of a folder."""

    def __init__(self, folder: Path, *what: str, account: int | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM), str(folder), *what],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=ENVIRONMENT,
            text=True,
            user=account,
            group=account,
            extra_groups=None if account is None else [],
            cwd="/",
        )

    @property
    def pid(self) -> int:
        return self.process.pid

    def ready(self) -> dict[str, Any]:
        """What it said once its engines ran."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"ended with {self.process.wait()} before it was ready"
        return dict(json.loads(line))

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def leave(self, word: str = "stop") -> None:
        """A clean exit, with its own stop() or, at any other word, without."""
        self.process.communicate(f"{word}\n", timeout=120)
        assert self.process.returncode == 0

    def close(self) -> None:
        with suppress(OSError):
            self.process.kill()
        self.process.communicate()


def servers(path: Path) -> list[psutil.Process]:
    """The living processes at work below `path`: postmasters, their sessions, Chroma servers."""
    return [process for process in psutil.process_iter() if works_below(process, path)]


def works_below(process: psutil.Process, path: Path) -> bool:
    try:
        return Path(process.cwd().removesuffix(" (deleted)")).is_relative_to(path)
    except psutil.Error:  # gone, a zombie, or not ours to look at
        return False


def server_pid(folder: DataFolder, name: str) -> int:
    return int((folder.run / f"{name}.alive").read_text())


def kill_server(folder: DataFolder, name: str) -> int:
    pid = server_pid(folder, name)
    os.kill(pid, signal.SIGKILL)
    return pid
