"""The queue: jobs commit with the rows they are about, and carry ids only."""

import select
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from support_graph.domain.calibration import REFIT_EVERY
from support_graph.domain.ids import ConversationId, TurnId
from support_graph.store.database import Transaction
from support_graph.store.outbox import RESOLUTIONS

RUN_TURN = "run_turn"
RESUME_TURN = "resume_turn"
SYNC_INDEX = "sync_index"
INGEST = "ingest"
REFIT = "refit"
DISCOVER = "discover"
SETTLE = "settle"
FORGET_JOBS = "forget_jobs"
INDUCE = "induce"
PURGE = "purge"

_AT_ONCE = timedelta(0)
_SOON = timedelta(seconds=0.5)
"""For so long, what can be done for many answers at once waits for further ones."""


def _pool(**options: Any) -> AsyncConnectionPool[Any]:
    """procrastinate would take four round trips for each of its statements: one to ask whether the
    connection is alive, and a transaction around what is one by itself."""
    return AsyncConnectionPool(**{**options, "check": _check, "configure": _configure})


async def _configure(connection: AsyncConnection[Any]) -> None:
    await connection.set_autocommit(True)
    connection.prepare_threshold = 0


async def _check(connection: AsyncConnection[Any]) -> None:
    """Asks only where there is something to be read: a server that closes says so."""
    looked = select.poll()
    looked.register(connection.fileno(), select.POLLIN)
    if looked.poll(0):
        await AsyncConnectionPool.check_connection(connection)


class Queue:
    """Defers jobs inside the transactions that make them necessary."""

    def __init__(self, conninfo: str, *, connections: int = 8) -> None:
        self.app = App(
            connector=PsycopgConnector(
                pool_factory=_pool, conninfo=conninfo, min_size=1, max_size=connections
            )
        )

    async def run_turn(
        self, tx: Transaction, conversation_id: ConversationId, turn_id: TurnId
    ) -> None:
        """Turns of one conversation run one after the other."""
        await self._defer(tx, RUN_TURN, lock=f"conversation:{conversation_id}", turn_id=turn_id)

    async def resume_turn(self, tx: Transaction, turn_id: TurnId) -> None:
        """Not under the conversation's lock: the customer's next message need not wait for it."""
        await self._defer(tx, RESUME_TURN, lock=f"resume:{turn_id}", turn_id=turn_id)

    async def sync_index(self, tx: Transaction, kind: str) -> None:
        """Soon: what is not in the index yet is found all the same."""
        await self._defer_once(tx, {_index_of(tx, kind): (SYNC_INDEX, {"kind": kind})})

    async def refit(self, tx: Transaction) -> None:
        """Learns from new labels, if they are enough."""
        if await tx.labels.unlearned() < REFIT_EVERY:
            return
        await self._defer_once(tx, {f"refit:{tx.workspace_id}": (REFIT, {})}, soon=_AT_ONCE)

    async def digest(self, tx: Transaction) -> None:
        """What a human's answer leaves to be done soon: the index, and where answers hold."""
        await self._defer_once(
            tx,
            {
                _index_of(tx, RESOLUTIONS): (SYNC_INDEX, {"kind": RESOLUTIONS}),
                _discovery(tx): (DISCOVER, {}),
            },
        )

    async def discover(self, tx: Transaction) -> None:
        """Looks at what humans' answers show about where answers hold."""
        await self._defer_once(tx, {_discovery(tx): (DISCOVER, {})})

    async def ingest(self, tx: Transaction, document_id: UUID, upload_id: UUID) -> None:
        await self._defer(tx, INGEST, lock=f"document:{document_id}", upload_id=upload_id)

    async def induce(self, tx: Transaction, induction_id: UUID) -> None:
        """One at a time in a workspace."""
        await self._defer(tx, INDUCE, lock=f"induce:{tx.workspace_id}", induction_id=induction_id)

    async def _defer(
        self,
        tx: Transaction,
        task: str,
        *,
        lock: str,
        queueing_lock: str | None = None,
        soon: timedelta = _AT_ONCE,
        **ids: Any,
    ) -> None:
        configured = self.app.configure_task(
            task,
            lock=lock,
            queueing_lock=queueing_lock,
            connection=tx.driver,
            schedule_at=datetime.now(UTC) + soon if soon else None,
        )
        arguments = {name: str(value) for name, value in ids.items()}
        await configured.defer_async(**arguments, workspace_id=str(tx.workspace_id))

    async def _defer_once(
        self,
        tx: Transaction,
        jobs: Mapping[str, tuple[str, Mapping[str, Any]]],
        *,
        soon: timedelta = _SOON,
    ) -> None:
        """One waiting job of each name is enough: it takes everything that is there when it starts.

        A job that waits may start before what it should take is committed. It then stays for the
        next job, or for upkeep.
        """
        waiting = await tx.waiting_jobs.among(jobs)
        for name, (task, ids) in jobs.items():
            if name in waiting:
                continue
            try:
                # A savepoint, because a refused job must not take the rows down with it.
                async with tx.driver.transaction():
                    await self._defer(tx, task, lock=name, queueing_lock=name, soon=soon, **ids)
            except AlreadyEnqueued:
                continue


def _index_of(tx: Transaction, kind: str) -> str:
    return f"index:{tx.workspace_id}:{kind}"


def _discovery(tx: Transaction) -> str:
    return f"discover:{tx.workspace_id}"
