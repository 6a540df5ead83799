"""Locks that the kernel lets go of when their holder dies, however it dies."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self


class FileLock:
    """A flock on an open file. It belongs to the open file, not to the process: two locks taken in
    one process exclude each other too, and a child that inherits the descriptor holds it on."""

    def __init__(self, fd: int) -> None:
        self.fd = fd

    @classmethod
    def wait_for(cls, path: Path, *, shared: bool = False) -> Self:
        lock = cls(_opened(path))
        fcntl.flock(lock.fd, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        return lock

    @classmethod
    def try_for(cls, path: Path, *, shared: bool = False) -> Self | None:
        lock = cls(_opened(path))
        try:
            fcntl.flock(lock.fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock.fd)
            return None
        return lock

    def note(self, text: str) -> None:
        """Replaces what the file says about its holder; for messages, never for decisions."""
        os.ftruncate(self.fd, 0)
        os.pwrite(self.fd, text.encode(), 0)

    def release(self) -> None:
        """Unlocks, even if a forked child still has the descriptor. Releasing twice is harmless."""
        if self.fd >= 0:
            fcntl.flock(self.fd, fcntl.LOCK_UN)
            self.hand_over()

    def hand_over(self) -> None:
        """Closes our descriptor only: whoever inherited it keeps the lock."""
        os.close(self.fd)
        self.fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def _opened(path: Path) -> int:
    # Lock files are never deleted: a lock on a deleted file excludes nobody.
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
