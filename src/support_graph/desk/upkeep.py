"""Picks up what a dead process left: jobs without a worker, work without a job, unsynced rows,
answers that were not looked at."""

import asyncio
import logging
from datetime import timedelta

from support_graph.desk.parts import Desk
from support_graph.desk.queue import RUN_TURN

log = logging.getLogger(__name__)

EVERY = timedelta(seconds=3)
DEAD_AFTER = timedelta(seconds=10)
"""Without a heartbeat for so long, a worker is taken for dead."""
ABANDONED_AFTER = timedelta(seconds=60)
QUARANTINED_FOR = timedelta(seconds=60)
"""For so long a damaged index is left alone, which is how often it is written again in vain."""


async def keep_up(desk: Desk) -> None:
    """Until cancelled. What goes wrong is logged, and tried again the next time."""
    while True:
        try:
            await look_after(desk)
        except Exception:  # the desk must not stop being looked after
            log.exception("Upkeep failed; trying again in %s.", EVERY)
        await asyncio.sleep(EVERY.total_seconds())


async def look_after(desk: Desk) -> None:
    await _revive_jobs(desk)
    async with desk.stores.across() as workspaces:
        abandoned = await workspaces.abandoned(seconds=ABANDONED_AFTER.total_seconds())
        unindexed = await workspaces.waiting_for_index(
            desk.embedder.name, seconds=QUARANTINED_FOR.total_seconds()
        )
        undiscovered = await workspaces.undiscovered()
    for work in abandoned:
        async with desk.stores.within(work.workspace_id).begin() as tx:
            if work.task == RUN_TURN:
                await desk.queue.run_turn(tx, work.conversation_id, work.turn_id)
            else:
                await desk.queue.resume_turn(tx, work.turn_id)
    for workspace_id, kind in unindexed:
        async with desk.stores.within(workspace_id).begin() as tx:
            await desk.queue.sync_index(tx, kind)
    for workspace_id in undiscovered:
        async with desk.stores.within(workspace_id).begin() as tx:
            await desk.queue.discover(tx)


async def _revive_jobs(desk: Desk) -> None:
    manager = desk.queue.app.job_manager
    stalled = await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER.total_seconds())
    for job in stalled:
        log.warning("Job %s (%s) lost its worker; running it again.", job.id, job.task_name)
        await manager.retry_job(job)
