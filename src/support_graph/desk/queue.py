"""The queue: jobs commit with the rows they are about, and carry ids only."""

from typing import Any
from uuid import UUID

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued

from support_graph.domain.calibration import REFIT_EVERY
from support_graph.domain.evidence import EvidenceKind
from support_graph.domain.ids import ConversationId, TurnId
from support_graph.store.database import Transaction

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


class Queue:
    """Defers jobs inside the transactions that make them necessary."""

    def __init__(self, conninfo: str, *, connections: int = 8) -> None:
        self.app = App(
            connector=PsycopgConnector(conninfo=conninfo, min_size=1, max_size=connections)
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
        """One waiting job is enough: it takes everything that is there when it starts."""
        name = f"index:{tx.workspace_id}:{kind}"
        await self._defer(tx, SYNC_INDEX, lock=name, queueing_lock=name, kind=kind)

    async def refit(self, tx: Transaction) -> None:
        """Learns from new labels, if they are enough."""
        if max([await tx.labels.unlearned(kind) for kind in EvidenceKind]) < REFIT_EVERY:
            return
        name = f"refit:{tx.workspace_id}"
        await self._defer(tx, REFIT, lock=name, queueing_lock=name)

    async def discover(self, tx: Transaction, turn_id: TurnId) -> None:
        """Looks at what a human's answer shows about where answers hold."""
        await self._defer(tx, DISCOVER, lock=f"discover:{tx.workspace_id}", turn_id=turn_id)

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
        **ids: Any,
    ) -> None:
        driver = tx.driver
        configured = self.app.configure_task(
            task, lock=lock, queueing_lock=queueing_lock, connection=driver
        )
        arguments = {name: str(value) for name, value in ids.items()}
        arguments["workspace_id"] = str(tx.workspace_id)
        if queueing_lock is None:
            await configured.defer_async(**arguments)
            return
        try:
            # A savepoint, because a refused job must not take the rows down with it.
            async with driver.transaction():
                await configured.defer_async(**arguments)
        except AlreadyEnqueued:
            return
