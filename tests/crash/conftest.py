"""A server process that is killed without warning and started again on the same data."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

_START_SECONDS = 180.0


class Server:
    """`support-graph serve` on one data folder; `kill` is `kill -9`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""
        self.keys: dict[str, str] = {}

    async def start(self, *, workers: int = 8) -> None:
        command = [sys.executable, "-m", "support_graph", "serve", "--port", "0"]
        self._process = subprocess.Popen(
            [*command, "--workers", str(workers)],
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.url = self._announced_url()
        await self._answers()
        if not self.keys:
            self.keys = {role: self._key(role) for role in ("channel", "teammate")}

    def kill(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(timeout=120)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def end(self) -> None:
        """Whatever is left, engines included."""
        if self._process is not None and self._process.poll() is None:
            self.kill()
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if str(self._folder) in " ".join(process.cmdline()):
                    process.kill()

    def client(self, role: str) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {self.keys[role]}"}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=120)

    def _announced_url(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            for word in line.decode().split():
                if word.startswith("http://"):
                    return word
        raise AssertionError("the server ended without saying where it serves")

    async def _answers(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        async with httpx.AsyncClient(base_url=self.url) as client:
            while time.monotonic() < deadline:
                with suppress(httpx.TransportError):
                    if (await client.get("/healthz")).status_code == httpx.codes.OK:
                        return
                time.sleep(0.05)
        raise AssertionError("the server does not answer")

    def _environment(self) -> dict[str, str]:
        return os.environ | {"SUPPORT_GRAPH_DATA": str(self._folder)}

    def invitation(self) -> str:
        """The path of a link that lets one teammate in."""
        return str(self._said("members", "invite")["path"])

    def _key(self, role: str) -> str:
        return str(self._said("keys", "create", "--role", role)["key"])

    def _said(self, *command: str) -> dict[str, Any]:
        """What a command prints as JSON."""
        ran = subprocess.run(
            [sys.executable, "-m", "support_graph", *command, "--json"],
            env=self._environment(),
            check=True,
            capture_output=True,
        )
        said: dict[str, Any] = json.loads(ran.stdout)
        return said


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    with tempfile.TemporaryDirectory(prefix="sg", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder))
        try:
            yield server
        finally:
            server.end()
