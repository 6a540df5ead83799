"""The jobs, by the names under which they wait in the queue."""

from uuid import UUID

from procrastinate import JobContext, RetryStrategy

from support_graph.brain.evidence import PRIOR as OF_PASSAGES
from support_graph.desk.backlog import give_up_inducing, run_induction
from support_graph.desk.decisions import resume_turn
from support_graph.desk.documents import give_up_reading, read_upload
from support_graph.desk.indexing import sync_index
from support_graph.desk.parts import Desk
from support_graph.desk.proposals import discover_all
from support_graph.desk.queue import (
    DISCOVER,
    FORGET_JOBS,
    INDUCE,
    INGEST,
    PURGE,
    REFIT,
    RESUME_TURN,
    RUN_TURN,
    SETTLE,
    SYNC_INDEX,
)
from support_graph.desk.removing import purge_everywhere
from support_graph.desk.signals import settle_everywhere
from support_graph.desk.studio import abandon_everywhere
from support_graph.desk.turns import run_turn
from support_graph.domain.evidence import EvidenceKind
from support_graph.domain.ids import InductionId, TurnId, WorkspaceId
from support_graph.learning.calibrating import PRIOR as OF_ANSWERS
from support_graph.learning.calibrating import refit
from support_graph.learning.measuring import measure

_TRIES = 4
_KEPT_HOURS = 30 * 24
"""For how long a job that failed for good can be looked at; others go when they are done."""
_RETRY = RetryStrategy(max_attempts=_TRIES, exponential_wait=2)


def register(desk: Desk) -> None:
    """Makes the desk's work known to its queue."""
    app = desk.queue.app
    _register_discovery(desk)
    _register_induction(desk)
    _register_purging(desk)

    @app.task(name=RUN_TURN, retry=_RETRY, pass_context=True)
    async def _run_turn(context: JobContext, *, workspace_id: str, turn_id: str) -> None:
        last = "The assistant failed several times on this message."
        failure = last if _is_last(context) else None
        await run_turn(desk, _workspace(workspace_id), TurnId(UUID(turn_id)), failure=failure)

    @app.task(name=RESUME_TURN, retry=_RETRY)
    async def _resume_turn(*, workspace_id: str, turn_id: str) -> None:
        await resume_turn(desk, _workspace(workspace_id), TurnId(UUID(turn_id)))

    # Upkeep defers it again for as long as something is waiting, so it need not retry.
    @app.task(name=SYNC_INDEX)
    async def _sync_index(*, workspace_id: str, kind: str) -> None:
        await sync_index(desk, _workspace(workspace_id), kind)

    @app.task(name=REFIT)
    async def _refit(*, workspace_id: str) -> None:
        scope = desk.stores.within(_workspace(workspace_id))
        async with scope.begin() as tx:
            await refit(tx, EvidenceKind.RESOLUTION, prior=OF_ANSWERS)
        async with scope.begin() as tx:
            await refit(tx, EvidenceKind.BRAIN, prior=OF_PASSAGES)
            await measure(tx)

    @app.periodic(cron="*/10 * * * *")
    @app.task(name=SETTLE, queueing_lock=SETTLE)
    async def _settle(timestamp: int) -> None:  # noqa: ARG001 - when it was due
        await settle_everywhere(desk)
        await abandon_everywhere(desk)

    @app.task(name=INGEST, retry=_RETRY, pass_context=True)
    async def _ingest(context: JobContext, *, workspace_id: str, upload_id: str) -> None:
        try:
            await read_upload(desk, _workspace(workspace_id), UUID(upload_id))
        except Exception:
            if _is_last(context):
                await give_up_reading(desk, _workspace(workspace_id), UUID(upload_id))
            raise

    # Also what keeps workers honest: without a periodic task, procrastinate 3.10 doesn't notice
    # when a worker's heartbeat or its connection that listens has died.
    @app.periodic(cron="17 4 * * *")
    @app.task(name=FORGET_JOBS, queueing_lock=FORGET_JOBS)
    async def _forget_jobs(timestamp: int) -> None:  # noqa: ARG001 - when it was due
        await app.job_manager.delete_old_jobs(
            nb_hours=_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
        )


def _register_purging(desk: Desk) -> None:
    @desk.queue.app.periodic(cron="43 3 * * *")
    @desk.queue.app.task(name=PURGE, queueing_lock=PURGE)
    async def _purge(timestamp: int) -> None:  # noqa: ARG001 - when it was due
        await purge_everywhere(desk)


def _register_induction(desk: Desk) -> None:
    @desk.queue.app.task(name=INDUCE, retry=_RETRY, pass_context=True)
    async def _induce(context: JobContext, *, workspace_id: str, induction_id: str) -> None:
        which = _workspace(workspace_id), InductionId(UUID(induction_id))
        try:
            await run_induction(desk, *which)
        except Exception:
            if _is_last(context):
                await give_up_inducing(desk, *which)
            raise


def _register_discovery(desk: Desk) -> None:
    @desk.queue.app.task(name=DISCOVER, retry=_RETRY)
    async def _discover(*, workspace_id: str, turn_id: str | None = None) -> None:
        # Earlier versions queued one for each turn; what those are about is among all.
        del turn_id
        await discover_all(desk, _workspace(workspace_id))


def _is_last(context: JobContext) -> bool:
    return context.job.attempts >= _TRIES - 1


def _workspace(value: str) -> WorkspaceId:
    return WorkspaceId(UUID(value))
