"""A server that the processes of one data folder share, and that outlives the one that started it.

Three lock files in `run/` carry the whole truth, since the kernel drops a lock with its holder,
`kill -9` included, and nothing needs pruning or comparing (pids are recycled, clocks are set):

`<name>.turn`   held while somebody starts or stops the server: one at a time.
`<name>.users`  shared by every process that uses it: who gets it alone was the last user.
`<name>.alive`  inherited by the server and all it forks: locked means running. Its text is the pid.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from fcntl import F_DUPFD_CLOEXEC, fcntl
from pathlib import Path
from typing import Any

import psutil

from support_graph.store.engines.errors import EngineFailed
from support_graph.store.engines.file_lock import FileLock
from support_graph.store.engines.launch import LOCK_FD

OPEN_FILES = 65_536
LOG_BYTES = 4_000_000
POLL_SECONDS = 0.01
SEEN_SECONDS = 10.0

User = tuple[int, int]


class ServerProcess:
    """The server `name`, whose working directory is `home`: by that its pid is recognised."""

    def __init__(self, name: str, *, run: Path, home: Path) -> None:
        self.name = name
        self.home = home
        self.log = run / f"{name}.log"
        self._turn = run / f"{name}.turn"
        self._users = run / f"{name}.users"
        self._alive = run / f"{name}.alive"
        self._membership: FileLock | None = None
        self._child: int | None = None

    def turn(self) -> FileLock:
        """Waits for, and takes, the right to start or stop the server."""
        return FileLock.wait_for(self._turn)

    @property
    def joined(self) -> bool:
        return self._membership is not None

    def join(self) -> None:
        """Counts this process as a user. Only in one's turn."""
        if self._membership is None:
            self._membership = FileLock.wait_for(self._users, shared=True)

    def leave(self) -> bool:
        """Ends the use, if there was one; true if nobody else uses the server, which may have been
        left by one that was killed. Only in one's turn."""
        if self._membership is not None:
            self._membership.release()
            self._membership = None
        alone = FileLock.try_for(self._users)
        if alone is not None:
            alone.release()
        return alone is not None

    def alive(self) -> bool:
        child = self._child  # before the look: a newer child must not be waited for
        lock = FileLock.try_for(self._alive, shared=True)
        if lock is None:
            return True
        lock.release()
        if child is not None:
            with suppress(ChildProcessError):
                os.waitpid(child, 0)
        return False

    def process(self) -> psutil.Process | None:
        """The running server, or None if it isn't there or can't be told from a stranger."""
        try:
            process = psutil.Process(int(self._alive.read_text()))
            return process if Path(process.cwd()) == self.home else None
        except (OSError, ValueError, psutil.Error):
            return None

    def launch(
        self, argv: Sequence[str], *, environment: Mapping[str, str], user: User | None = None
    ) -> None:
        """Starts the server, detached, and returns at once. Only in one's turn, when not alive."""
        uid, gid = user or (None, None)
        order = {"argv": argv, "cwd": str(self.home), "uid": uid, "gid": gid}
        script = str(Path(__file__).with_name("launch.py"))
        told = json.dumps(order | {"open_files": OPEN_FILES})
        self._rotate_log()
        lock = FileLock.wait_for(self._alive)
        try:
            command = [sys.executable, "-I", "-S", script, told]
            self._child = self._spawn(command, environment, lock)
        finally:
            lock.hand_over()

    def _spawn(self, argv: list[str], environment: Mapping[str, str], lock: FileLock) -> int:
        # Above the descriptors that the child arranges, whichever of ours happen to be closed.
        high = fcntl(lock.fd, F_DUPFD_CLOEXEC, LOCK_FD + 1)
        append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        actions: list[tuple[Any, ...]] = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(self.log), append, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
            (os.POSIX_SPAWN_DUP2, high, LOCK_FD),
        ]
        try:
            return os.posix_spawn(argv[0], argv, environment, file_actions=actions)
        finally:
            os.close(high)

    def end(self, signals: Sequence[tuple[signal.Signals, float]]) -> None:
        """Sends each signal in turn, and waits so many seconds for the server to be gone."""
        process = self._seen()
        if process is None:
            return
        for number, seconds in signals:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)
            if self.gone_within(seconds):
                return
        raise self.failed(f"process {process.pid} doesn't stop")

    def _seen(self) -> psutil.Process | None:
        """The server, which says its pid a moment after it is alive; None once it is gone."""
        deadline = time.monotonic() + SEEN_SECONDS
        while self.alive():
            if process := self.process():
                return process
            if time.monotonic() > deadline:
                raise self.failed("is running, but not as a process that this one can see")
            time.sleep(POLL_SECONDS)
        return None

    def gone_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        return True

    def failed(self, problem: str) -> EngineFailed:
        return EngineFailed(self.name, problem, self.log)

    def _rotate_log(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
