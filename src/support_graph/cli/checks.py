"""What `doctor` looks at on this machine: Python, the data folder, limits, the model."""

import platform
import resource
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from support_graph.models.base import Embedder

_OLDEST_PYTHON = (3, 11)
_FREE_BYTES = 1_000_000_000
_OPEN_FILES = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at; `fix` says what to do when it isn't `ok`."""

    name: str
    ok: bool
    finding: str
    fix: str


def of_machine(data: Path) -> Iterator[Check]:
    yield _python()
    yield _data_folder(data)
    yield _free_space(data)
    yield _open_files()


def _python() -> Check:
    return Check(
        name="Python",
        ok=sys.version_info >= _OLDEST_PYTHON,
        finding=platform.python_version(),
        fix="Install Python 3.11 or newer.",
    )


def _data_folder(data: Path) -> Check:
    try:
        with TemporaryFile(dir=data):
            finding = "writable"
    except OSError as error:
        finding = str(error.strerror)
    return Check(
        name="Data folder",
        ok=finding == "writable",
        finding=f"{data}, {finding}",
        fix="Give this user the right to write there, or set SUPPORT_GRAPH_DATA.",
    )


def _free_space(data: Path) -> Check:
    free = shutil.disk_usage(data).free
    return Check(
        name="Free space",
        ok=free >= _FREE_BYTES,
        finding=f"{free / 1e9:.1f} GB",
        fix="Free a gigabyte, or set SUPPORT_GRAPH_DATA to a folder on another disk.",
    )


def _open_files() -> Check:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = soft == resource.RLIM_INFINITY or soft >= _OPEN_FILES
    return Check(
        name="Open files",
        ok=enough,
        finding="no limit" if soft == resource.RLIM_INFINITY else f"at most {soft}",
        fix=f"Raise the limit before starting: ulimit -n {_OPEN_FILES * 8}.",
    )


async def of_model(embedder: Embedder) -> Check:
    """One embedding; loading the model verifies the digests of its files."""
    start = time.perf_counter()
    try:
        vectors = await embedder.embed(["How do I reset my password?"])
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        finding, ok = str(error), False
    else:
        milliseconds = (time.perf_counter() - start) * 1000
        finding = f"{embedder.name}, verified; {vectors.shape[1]} dimensions, {milliseconds:.0f} ms"
        ok = True
    fix = "Reinstall support-graph with its pinned packages."
    return Check(name="Embedding model", ok=ok, finding=finding, fix=fix)
