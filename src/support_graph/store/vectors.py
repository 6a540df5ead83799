"""The vector index in Chroma: ids and similarities, and nothing that is believed.

Layout and figures: one collection a workspace, kind and embedding model; no `where`; stable-id
upserts in small chunks. Callers check every hit in Postgres.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from uuid import UUID

from support_graph.domain.ids import WorkspaceId
from support_graph.store.embeddings import Vector

if TYPE_CHECKING:
    from support_graph.store.chroma import Server

T = TypeVar("T")


class Address(NamedTuple):
    host: str
    port: int
    tls: bool


_MOMENT_SECONDS = 1.0
"""For so long a server that answered is taken to be there: to look costs as much as a search."""


class VectorsUnavailable(Exception):
    """The index can't be reached; exact search in Postgres gives the same answers, slower."""


class VectorsDamaged(Exception):
    """The index answered with an internal error: it must be rebuilt, never retried in place."""


class Vectors:
    """Chroma servers, reached from a thread pool so that the event loop never waits for them."""

    def __init__(self, address: Callable[[], Awaitable[Address]]) -> None:
        """`address` may start a server first, and takes a look whether it answers."""
        self.address = address
        self._threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="chroma")
        self._servers: dict[Address, Server] = {}
        self._known: tuple[Address, float] | None = None

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def search(
        self, workspace_id: WorkspaceId, kind: str, model: str, vectors: Sequence[Vector], k: int
    ) -> Sequence[Sequence[tuple[UUID, float]]]:
        """The `k` nearest ids of each vector with their cosines, best first.

        Raises VectorsUnavailable or VectorsDamaged.
        """
        name = collection_name(workspace_id, kind, model)
        return await self._call(lambda server: server.nearest(name, vectors, k))

    async def apply(
        self,
        workspace_id: WorkspaceId,
        kind: str,
        model: str,
        *,
        upserts: Sequence[tuple[UUID, Vector, str]],
        deletes: Sequence[UUID],
    ) -> None:
        """Upserts (id, vector, text) rows and deletes ids; doing it twice changes nothing."""
        name = collection_name(workspace_id, kind, model)
        await self._call(lambda server: server.apply(name, upserts=upserts, deletes=deletes))

    async def drop(self, workspace_id: WorkspaceId, kind: str, model: str) -> None:
        name = collection_name(workspace_id, kind, model)
        await self._call(lambda server: server.drop(name))

    async def ids(self, workspace_id: WorkspaceId, kind: str, model: str) -> set[UUID]:
        name = collection_name(workspace_id, kind, model)
        return await self._call(lambda server: server.ids(name))

    async def alive(self) -> bool:
        try:
            await self._call(lambda server: server.heartbeat())
        except (VectorsUnavailable, VectorsDamaged):
            return False
        return True

    async def _call(self, run: "Callable[[Server], T]") -> T:
        """Where it was a moment ago it mostly still is; where not, it is looked for again."""
        loop = asyncio.get_running_loop()
        if self._known is not None and loop.time() - self._known[1] < _MOMENT_SECONDS:
            try:
                return await self._run(run, self._known[0])
            except VectorsUnavailable:
                self._known = None
        try:
            address = await self.address()
        except OSError as error:
            raise VectorsUnavailable(str(error)) from error
        self._known = address, loop.time()
        return await self._run(run, address)

    async def _run(self, run: "Callable[[Server], T]", address: Address) -> T:
        """Everything that is run may be run again."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(self._at, address, run))

    def _at(self, address: Address, run: "Callable[[Server], T]") -> T:
        from support_graph.store import chroma  # noqa: PLC0415 - most of a second

        with chroma.failures():
            if address not in self._servers:
                self._servers[address] = chroma.Server(address)
            return run(self._servers[address])


def collection_name(workspace_id: WorkspaceId, kind: str, model: str) -> str:
    """At most 63 characters, which is what Chroma takes; the model is told apart by its digest."""
    digest = hashlib.sha256(model.encode()).hexdigest()[:8]
    return f"{kind}-{workspace_id.hex}-{digest}"
