"""The worker: runs the queue's jobs in this process until it is cancelled."""

from support_graph.desk.parts import Desk

POLL_SECONDS = 0.2
"""How long a job can be overlooked.

Workers are notified of new jobs, but procrastinate's are not told when a lock becomes free, and
forget a notification that comes while they fetch; then only the next poll finds the job.
"""

HEARTBEAT_SECONDS = 2.0
GRACE_SECONDS = 10.0


async def work(desk: Desk, *, concurrency: int, until_idle: bool = False) -> None:
    """Runs up to `concurrency` jobs side by side. Cancelled, it finishes the ones it has begun.

    With `until_idle` it returns when there is nothing to do.
    """
    await desk.queue.app.run_worker_async(
        concurrency=concurrency,
        wait=not until_idle,
        fetch_job_polling_interval=POLL_SECONDS,
        update_heartbeat_interval=HEARTBEAT_SECONDS,
        shutdown_graceful_timeout=GRACE_SECONDS,
        delete_jobs="successful",
        install_signal_handlers=False,
    )
