"""Workers inside this process: a server's own, and one that helps a single command out."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from support_graph.cli.failures import CommandFailed
from support_graph.desk.parts import Desk
from support_graph.desk.upkeep import DEAD_AFTER, keep_up
from support_graph.desk.work import work

log = logging.getLogger(__name__)

_FEW = 2
_PATIENCE_SECONDS = 5.0
_LAST_JOBS_SECONDS = 5.0
_BRIEF_SECONDS = 10.0
_BRIEF_RUNS = 5


async def keep_working(desk: Desk, *, concurrency: int) -> None:
    """Runs jobs until cancelled. Raises CommandFailed when that keeps failing.

    A worker ends when its heartbeat or its connection that listens dies: Postgres was restarted.
    """
    brief = 0
    while brief < _BRIEF_RUNS:
        began = time.monotonic()
        await work(desk, concurrency=concurrency)
        log.warning("The worker lost its connections to Postgres; starting it again.")
        brief = brief + 1 if time.monotonic() - began < _BRIEF_SECONDS else 0
        await asyncio.sleep(1)
    raise CommandFailed("Postgres takes connections and drops them again")


async def workers_alive(desk: Desk) -> int:
    """How many workers, in any process, gave a sign of life lately."""
    async with desk.stores.across() as workspaces:
        return await workspaces.vitals.workers(seconds=DEAD_AFTER.total_seconds())


@asynccontextmanager
async def hands(desk: Desk) -> AsyncIterator[None]:
    """Sees to it that jobs are run: by the workers there are, or else here.

    A worker that was killed looks alive for some seconds more, so patience with others ends.
    """
    helper = asyncio.create_task(_help(desk), name="helper")
    try:
        yield
    finally:
        helper.cancel()
        await asyncio.gather(helper, return_exceptions=True)
    if not await workers_alive(desk):
        # What the last job asked for, such as a delivery, need not wait for the next command.
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_JOBS_SECONDS):
                await work(desk, concurrency=_FEW, until_idle=True)


async def _help(desk: Desk) -> None:
    if await workers_alive(desk):
        await asyncio.sleep(_PATIENCE_SECONDS)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(keep_working(desk, concurrency=_FEW))
        tasks.create_task(keep_up(desk))
