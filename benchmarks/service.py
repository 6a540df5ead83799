"""A real server process in a folder of its own, and keys to talk to it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

_START_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    url: str
    environment: dict[str, str]
    keys: dict[str, str]

    def client(self, role: str, *, connections: int = 1) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self.url,
            headers={"Authorization": f"Bearer {self.keys[role]}"},
            timeout=60,
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
        )


@contextmanager
def running(*, port: int = 18231, kept: Path | None = None) -> Iterator[Service]:
    """`support-graph serve`, embedded, in a new folder that is removed at the end, or one that is
    `kept`."""
    folder = kept or Path(tempfile.mkdtemp(prefix="sgbench"))
    environment = os.environ | {
        "SUPPORT_GRAPH_DATA": str(folder),
        "SUPPORT_GRAPH_PORT": str(port),
        "SUPPORT_GRAPH_LOG_LEVEL": "WARNING",
    }
    command = [sys.executable, "-m", "support_graph", "serve"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        _await_ready(url, server)
        keys = {role: _key(environment, role) for role in ("channel", "teammate")}
        yield Service(url=url, environment=environment, keys=keys)
    finally:
        server.terminate()
        server.wait(timeout=60)
        if kept is None:
            shutil.rmtree(folder, ignore_errors=True)


def _await_ready(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise SystemExit(f"the server ended with {server.returncode}")
        try:
            if httpx.get(f"{url}/readyz").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise SystemExit("the server did not get ready")


def _key(environment: dict[str, str], role: str) -> str:
    made = subprocess.run(
        [sys.executable, "-m", "support_graph", "keys", "create", "--role", role, "--json"],
        env=environment,
        check=True,
        capture_output=True,
    )
    key: dict[str, Any] = json.loads(made.stdout)
    return str(key["key"])


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
