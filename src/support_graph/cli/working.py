"""Workers inside this process: a server's own, and one that helps a single command out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from support_graph.desk.parts import Desk
from support_graph.desk.upkeep import DEAD_AFTER, keep_up

_HEARTBEAT_SECONDS = 2.0
_GRACE_SECONDS = 5.0
"""How long jobs that have begun may still run when the worker is to stop."""
_PATIENCE_SECONDS = 5.0
_FEW = 2


async def work(desk: Desk, *, concurrency: int, wait: bool = True) -> None:
    """Runs jobs until cancelled or, without `wait`, until none is left to start."""
    await desk.queue.app.run_worker_async(
        concurrency=concurrency,
        wait=wait,
        install_signal_handlers=False,
        update_heartbeat_interval=_HEARTBEAT_SECONDS,
        stalled_worker_timeout=DEAD_AFTER.total_seconds(),
        delete_jobs="successful",
        shutdown_graceful_timeout=_GRACE_SECONDS,
    )


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
    if not await desk.queue.workers_alive(DEAD_AFTER):
        # What the last job asked for, such as a delivery, need not wait for the next command.
        async with asyncio.timeout(_GRACE_SECONDS):
            await work(desk, concurrency=_FEW, wait=False)


async def _help(desk: Desk) -> None:
    if await desk.queue.workers_alive(DEAD_AFTER):
        await asyncio.sleep(_PATIENCE_SECONDS)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(work(desk, concurrency=_FEW))
        tasks.create_task(keep_up(desk))
