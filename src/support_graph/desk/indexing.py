"""Keeps the vector index where Postgres is."""

from dataclasses import dataclass

from support_graph.desk.parts import Desk
from support_graph.domain.ids import WorkspaceId
from support_graph.store.database import Scope, Transaction
from support_graph.store.outbox import KINDS, QUARANTINED
from support_graph.store.vectors import VectorsDamaged, VectorsUnavailable

_CHUNK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """How an index compares with Postgres: ids it lacks, and ids it should not have."""

    kind: str
    status: str | None
    missing: int
    surplus: int
    waiting: int


async def sync_index(desk: Desk, workspace_id: WorkspaceId, kind: str) -> None:
    """Writes all waiting changes; an index that is away leaves them waiting."""
    scope = desk.stores.within(workspace_id)
    try:
        while True:
            async with scope.begin() as tx:
                await _lock(tx, kind)
                if await tx.outbox.status(kind, desk.embedder.name) == QUARANTINED:
                    await desk.index.rebuild(tx, kind)
                    return
                if not await desk.index.sync(tx, kind, limit=_CHUNK):
                    return
    except VectorsUnavailable:
        return
    except VectorsDamaged:
        async with scope.begin() as tx:
            await tx.outbox.set_status(kind, desk.embedder.name, QUARANTINED)


async def _lock(tx: Transaction, kind: str) -> None:
    """One writer at a time: two that wrote it anew at once would damage it."""
    await tx.serialise(f"index:{kind}")


async def rebuild(desk: Desk, workspace_id: WorkspaceId) -> dict[str, int]:
    """Rows written, by kind. Raises VectorsUnavailable or VectorsDamaged; upkeep tries again."""
    scope = desk.stores.within(workspace_id)
    return {kind: await _rebuild(desk, scope, kind) for kind in KINDS}


async def _rebuild(desk: Desk, scope: Scope, kind: str) -> int:
    while True:
        async with scope.begin() as tx:
            await _lock(tx, kind)
            # Committed before it is touched, so that nobody searches half an index.
            await tx.outbox.set_status(kind, desk.embedder.name, QUARANTINED)
        async with scope.begin() as tx:
            await _lock(tx, kind)
            if await tx.outbox.status(kind, desk.embedder.name) == QUARANTINED:
                return await desk.index.rebuild(tx, kind)


async def verify(desk: Desk, workspace_id: WorkspaceId) -> list[Verified]:
    """Raises VectorsUnavailable or VectorsDamaged."""
    found: list[Verified] = []
    for kind in KINDS:
        async with desk.stores.within(workspace_id).begin() as tx:
            missing, surplus = await desk.index.verify(tx, kind)
            status = await tx.outbox.status(kind, desk.embedder.name)
            waiting = await tx.outbox.waiting(kind)
        found.append(
            Verified(
                kind=kind,
                status=status,
                missing=len(missing),
                surplus=len(surplus),
                waiting=waiting,
            )
        )
    return found
