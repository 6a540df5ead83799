"""The data folder: where the embedded engines keep their data, and who may serve from it."""

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path

from support_graph.store.engines.errors import DataFolderInUse
from support_graph.store.engines.file_lock import FileLock

NOTE_SECONDS = 0.5


class DataFolder:
    """`postgres/` and `chroma/` hold data, `run/` the locks, logs and addresses of running engines.

    All are for their owner only. As root the folder itself can be passed through (not listed) by
    others, since Postgres refuses root and runs as a user of its own.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().resolve()
        self.postgres = self.path / "postgres"
        self.chroma = self.path / "chroma"
        self.run = self.path / "run"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, exist_ok=True)
        for folder in (self.postgres, self.chroma, self.run):
            folder.mkdir(mode=0o700, exist_ok=True)

    def hold(self, purpose: str) -> FileLock:
        """The right to serve from this folder, until released or the process ends.

        Raises DataFolderInUse if another process has it.
        """
        path = self.run / "serve.lock"
        lock = FileLock.try_for(path)
        if lock is None:
            raise self._in_use(path)
        note = {"pid": os.getpid(), "since": datetime.now(UTC).isoformat(), "purpose": purpose}
        lock.note(json.dumps(note))
        return lock

    def _in_use(self, path: Path) -> DataFolderInUse:
        deadline = time.monotonic() + NOTE_SECONDS
        while time.monotonic() < deadline:
            try:
                note = json.loads(path.read_text(encoding="utf-8"))
                since = datetime.fromisoformat(note["since"])
                return DataFolderInUse(self.path, note["pid"], since, note["purpose"])
            except ValueError:
                time.sleep(0.02)  # the holder has the lock and hasn't signed yet
        return DataFolderInUse(self.path, None, None)
