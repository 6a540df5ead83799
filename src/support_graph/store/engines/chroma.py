"""A Chroma server in the data folder, on loopback, shared by all processes of that folder.

A server and not a library: two processes that open one Chroma folder return stale and deleted
rows, and a library's writes hold up the event loop.

Chroma has no authentication. It listens on 127.0.0.1 only, so nothing outside this machine
reaches it; but every user of this machine can read and change the index through its port. What is
answered is not decided there (every hit is checked in Postgres), yet passages and phrasings can be
read: on a machine with users you don't trust, set CHROMA_URL to a server behind an
authenticating proxy.
"""

import asyncio
import atexit
import http.client
import json
import os
import signal
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version

import psutil

from support_graph.store.engines.data_folder import DataFolder
from support_graph.store.engines.server_process import POLL_SECONDS, ServerProcess

HOST = "127.0.0.1"
HEARTBEAT = "/api/v2/heartbeat"
HEARTBEAT_SECONDS = 5.0
READY_SECONDS = 60.0
# SIGTERM lets open requests end.
STOP = ((signal.SIGTERM, 10.0), (signal.SIGKILL, 10.0))
# The bindings are all that `chroma run` needs; importing chromadb first would take a second more.
RUN = "import sys, chromadb_rust_bindings; chromadb_rust_bindings.cli(sys.argv[1:])"


# At Chroma's own level every request would write a kilobyte to the log.
QUIET = {"ANONYMIZED_TELEMETRY": "False", "NO_COLOR": "1", "RUST_LOG": "warn"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChromaAddress:
    host: str
    port: int


class EmbeddedChroma:
    """Chroma under `<data>/chroma`; `run/chroma.json` says where the running server listens."""

    def __init__(self, folder: DataFolder) -> None:
        self._home = folder.chroma
        self._port_file = folder.run / "chroma.json"
        self._server = ServerProcess("chroma", run=folder.run, home=folder.chroma)

    async def start(self) -> ChromaAddress:
        """Finds the running server or starts it. Again is harmless. Raises EngineFailed."""
        return await asyncio.to_thread(self._start)

    async def ensure(self) -> ChromaAddress:
        """The address, after a look that it answers (about a millisecond); a dead server is
        started again, on the same port if that is still free. Raises EngineFailed."""
        return await asyncio.to_thread(self._ensure)

    async def stop(self) -> None:
        """Ends our use; the last user stops the server, and so does whoever finds that the last one
        was killed. A clean exit of a user does the same by itself."""
        await asyncio.to_thread(self._stop)

    def _start(self) -> ChromaAddress:
        with self._server.turn():
            self._server.join()
            try:
                address = self._running() or self._launch()
            except BaseException:
                self._server.leave()
                raise
        atexit.unregister(self._stop)
        atexit.register(self._stop)
        return address

    def _ensure(self) -> ChromaAddress:
        if self._server.joined and (process := self._server.process()):
            address = self._published(process)
            if address is not None and answers(address):
                return address
        return self._start()

    def _stop(self) -> None:
        atexit.unregister(self._stop)
        with self._server.turn():
            if self._server.leave() and self._server.alive():
                self._server.end(STOP)

    def _running(self) -> ChromaAddress | None:
        """The running server, once it answers; None if there is none."""
        deadline = time.monotonic() + READY_SECONDS
        while self._server.alive():
            process = self._server.process()
            address = process and (self._published(process) or listening(process))
            if process and address and answers(address):
                self._publish(process, address)
                return address
            if time.monotonic() > deadline:
                raise self._server.failed(f"no answer within {READY_SECONDS:.0f} s")
            time.sleep(POLL_SECONDS)
        return None

    def _launch(self) -> ChromaAddress:
        # The port of before, so that clients of other processes find it again; else any.
        last = int(self._read_port_file().get("port", 0))
        # After a reboot the new server may get the pid that the file speaks of.
        self._port_file.unlink(missing_ok=True)
        for port in (last, 0):
            command = ["chroma", "run", "--path", str(self._home), "--host", HOST]
            argv = [sys.executable, "-P", "-c", RUN, *command, "--port", str(port)]
            self._server.launch(argv, environment={**os.environ, **QUIET})
            address = self._running()
            if address is not None:
                return address
        raise self._server.failed("it ended while starting")

    def _published(self, process: psutil.Process) -> ChromaAddress | None:
        known = self._read_port_file()
        if known.get("pid") != process.pid:
            return None
        return ChromaAddress(host=HOST, port=int(known["port"]))

    def _publish(self, process: psutil.Process, address: ChromaAddress) -> None:
        if self._published(process) is not None:
            return
        started = datetime.fromtimestamp(process.create_time(), UTC).isoformat()
        known = {"pid": process.pid, "started": started, "version": version("chromadb")}
        beside = self._port_file.with_suffix(".new")
        beside.write_text(json.dumps(asdict(address) | known), encoding="utf-8")
        beside.replace(self._port_file)

    def _read_port_file(self) -> dict[str, str | int]:
        try:
            known = json.loads(self._port_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}


def listening(process: psutil.Process) -> ChromaAddress | None:
    """Where the process listens, as the kernel says: nobody can have taken its port before it."""
    try:
        connections = process.net_connections("tcp4")
    except psutil.Error:
        return None
    for connection in connections:
        if connection.status == psutil.CONN_LISTEN:
            return ChromaAddress(host=connection.laddr.ip, port=connection.laddr.port)
    return None


def answers(address: ChromaAddress) -> bool:
    connection = http.client.HTTPConnection(address.host, address.port, timeout=HEARTBEAT_SECONDS)
    try:
        connection.request("GET", HEARTBEAT)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
