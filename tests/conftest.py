"""What all tests share: one embedded desk with a worker, a fresh workspace each, and the data."""

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from support_graph import bootstrap
from support_graph.desk.parts import Desk
from support_graph.desk.upkeep import keep_up
from support_graph.desk.work import work
from support_graph.domain.ids import WorkspaceId, new_id
from support_graph.settings import Settings


@pytest.fixture(scope="session")
def data_folder() -> Iterator[Path]:
    """Short, because a socket's path may have 107 characters."""
    folder = Path(tempfile.mkdtemp(prefix="sg"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def settings(data_folder: Path) -> Settings:
    return Settings(data=data_folder, database_url=None, chroma_url=None)


@pytest.fixture(scope="session")
async def idle_desk(settings: Settings) -> AsyncIterator[Desk]:
    """A desk that nobody works at: jobs wait."""
    async with bootstrap.desk(settings) as desk:
        yield desk


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


async def new_workspace(desk: Desk) -> WorkspaceId:
    async with desk.stores.across() as workspaces:
        return (await workspaces.create(f"workspace {new_id()}")).id


@pytest.fixture(scope="session")
def public_data() -> Path:
    """The folder of public data sets; the test is skipped where it is not at hand."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("SUPPORT_GRAPH_TEST_DATA", beside))
    if not (folder / "manifest.json").exists():
        pytest.skip(f"the public data sets are not in {folder}; see CONTRIBUTING.md")
    return folder
