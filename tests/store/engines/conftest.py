"""Data folders whose processes are all gone afterwards, and other processes that use them."""

import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from support_graph.store.engines import DataFolder, EmbeddedChroma, EmbeddedPostgres

from .processes import Other, servers


@contextmanager
def emptied_afterwards() -> Iterator[Path]:
    """An empty folder that the user Postgres runs as can reach, which it can't below tmp_path."""
    path = Path(tempfile.mkdtemp(prefix="engines-")).resolve()
    path.chmod(0o711)
    try:
        yield path
    finally:
        end_servers(path)
        shutil.rmtree(path)


def end_servers(path: Path) -> None:
    for process in servers(path):
        with suppress(psutil.Error):
            process.kill()
    deadline = time.monotonic() + 10
    while servers(path) and time.monotonic() < deadline:
        time.sleep(0.02)


@pytest.fixture
def place() -> Iterator[Path]:
    with emptied_afterwards() as path:
        yield path


@pytest.fixture(scope="session")
def cluster() -> Iterator[Path]:
    """A Postgres cluster as it is after its first use; making one takes most of a start."""
    with emptied_afterwards() as path:
        first = Other(path / "data", "postgres")
        try:
            first.ready()
            first.leave()
        finally:
            first.close()
        yield path / "data" / "postgres"


@pytest.fixture
def folder(place: Path) -> DataFolder:
    return DataFolder(place / "data")


@pytest.fixture
def another(folder: DataFolder) -> Iterator[Callable[..., Other]]:
    """Starts other processes on the folder."""
    others: list[Other] = []

    def start(*what: str, path: Path = folder.path, account: int | None = None) -> Other:
        others.append(Other(path, *what, account=account))
        return others[-1]

    yield start
    for other in others:
        other.close()


@pytest.fixture
async def postgres(folder: DataFolder) -> AsyncIterator[EmbeddedPostgres]:
    engine = EmbeddedPostgres(folder)
    yield engine
    await engine.stop()


@pytest.fixture
async def chroma(folder: DataFolder) -> AsyncIterator[EmbeddedChroma]:
    engine = EmbeddedChroma(folder)
    yield engine
    await engine.stop()
