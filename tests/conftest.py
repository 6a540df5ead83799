"""What all tests share: one embedded desk with a worker, a fresh workspace each, and the data."""

import asyncio
import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as laws

# Before anything of ours imports numpy: as at work, where `support_graph.cli` says so.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from support_graph import bootstrap
from support_graph.desk.parts import Desk
from support_graph.desk.upkeep import keep_up
from support_graph.desk.work import work
from support_graph.domain.ids import WorkspaceId, new_id
from support_graph.models.minilm import MiniLM
from support_graph.settings import Settings
from tests.lock_order import LockOrder, watched

# A law is a law on a busy machine too.
laws.register_profile("patient", deadline=None)
laws.load_profile("patient")

Rows = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(scope="session")
def data_folder() -> Iterator[Path]:
    """Short, because a socket's path may have 107 characters."""
    folder = Path(tempfile.mkdtemp(prefix="sg"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def lock_order() -> Iterator[LockOrder]:
    with watched() as order:
        yield order


@pytest.fixture(autouse=True)
def no_deadlock(lock_order: LockOrder) -> Iterator[None]:
    """No transaction of any test may lock in an order in which it could be waited for for ever."""
    yield
    broken = list(lock_order.broken)
    lock_order.broken.clear()
    assert not broken, "\n".join(broken)


@pytest.fixture(scope="session")
def settings(data_folder: Path) -> Settings:
    return Settings(data=data_folder, database_url=None, chroma_url=None)


@pytest.fixture(scope="session")
def deadlocks(data_folder: Path) -> Callable[[], int]:
    """How often Postgres has ended a transaction so far, so that others could go on."""
    log = data_folder / "run" / "postgres.log"
    return lambda: log.read_text(encoding="utf-8").count("deadlock detected")


@pytest.fixture(scope="session")
async def idle_desk(settings: Settings, deadlocks: Callable[[], int]) -> AsyncIterator[Desk]:
    """A desk that nobody works at: jobs wait."""
    async with bootstrap.desk(settings, fleeting=True) as desk:
        yield desk
    assert deadlocks() == 0


@pytest.fixture(scope="session")
async def desk(idle_desk: Desk) -> AsyncIterator[Desk]:
    """A desk with a worker."""
    tasks = [
        asyncio.create_task(work(idle_desk, concurrency=8)),
        asyncio.create_task(keep_up(idle_desk)),
    ]
    yield idle_desk
    for task in tasks:
        task.cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError):
            await task


@pytest.fixture
async def workspace(idle_desk: Desk) -> WorkspaceId:
    return await new_workspace(idle_desk)


@pytest.fixture
async def other_workspace(idle_desk: Desk) -> WorkspaceId:
    return await new_workspace(idle_desk)


async def new_workspace(desk: Desk, *, audits: bool = False) -> WorkspaceId:
    """Without audits nothing is left to chance."""
    async with desk.stores.across() as workspaces:
        made = await workspaces.create(f"workspace {new_id()}")
    if not audits:
        async with desk.stores.within(made.id).begin() as tx:
            await tx.workspace.set(replace(made.settings, audit_ceiling=0.0))
    return made.id


@pytest.fixture(scope="session")
def minilm() -> Iterator[MiniLM]:
    embedder = MiniLM()
    yield embedder
    embedder.close()


@pytest.fixture(scope="session")
def rows() -> Rows:
    """The rows of a public data set by name; the test is skipped where it is not at hand.

    .ci/run looks for the reason, and fails if it finds it where the data is.
    """
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("SUPPORT_GRAPH_TEST_DATA", beside))

    def read(name: str) -> list[dict[str, Any]]:
        path = folder / f"{name}.jsonl"
        if not path.exists():
            pytest.skip(f"the public data sets are not in {folder}; see CONTRIBUTING.md")
        with path.open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]

    return read
