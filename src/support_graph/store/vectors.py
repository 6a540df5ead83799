"""The vector index in Chroma: ids and similarities, and nothing that is believed.

Layout and figures: one collection a workspace, kind and embedding model; no `where`; stable-id
upserts in small chunks. Callers check every hit in Postgres.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import chromadb
import httpx
from chromadb.api import ClientAPI
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError, NotFoundError
from langchain_chroma import Chroma

from support_graph.domain.ids import WorkspaceId
from support_graph.store.embeddings import Vector

T = TypeVar("T")


class Address(NamedTuple):
    host: str
    port: int
    tls: bool


CHUNK = 50
"""Rows an upsert: larger ones hold the server for tens of milliseconds."""

_MOMENT_SECONDS = 1.0
"""For so long a server that answered is taken to be there: to look costs as much as a search."""

_CONFIGURATION = {"hnsw": {"space": "cosine", "sync_threshold": 100, "batch_size": 100}}


class VectorsUnavailable(Exception):
    """The index can't be reached; exact search in Postgres gives the same answers, slower."""


class VectorsDamaged(Exception):
    """The index answered with an internal error: it must be rebuilt, never retried in place."""


class _Ids(Chroma):
    """LangChain's store, asked for ids alone: it would read the documents too, and make an object
    of each, which is more work than the search."""

    def nearest(self, vectors: Sequence[Vector], k: int) -> Sequence[Sequence[tuple[UUID, float]]]:
        """The `k` nearest ids of each vector with their cosines, best first."""
        found = self._collection.query(
            query_embeddings=[vector.tolist() for vector in vectors],
            n_results=k,
            include=["distances"],
        )
        assert found["distances"] is not None
        return [
            [(UUID(item), 1.0 - distance) for item, distance in zip(ids, distances, strict=True)]
            for ids, distances in zip(found["ids"], found["distances"], strict=True)
        ]


class Vectors:
    """Chroma servers, reached from a thread pool so that the event loop never waits for them."""

    def __init__(self, address: Callable[[], Awaitable[Address]]) -> None:
        """`address` may start a server first, and takes a look whether it answers."""
        self.address = address
        self._threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="chroma")
        self._clients: dict[Address, ClientAPI] = {}
        self._collections: dict[tuple[Address, str], _Ids] = {}
        self._known: tuple[Address, float] | None = None

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def search(
        self, workspace_id: WorkspaceId, kind: str, model: str, vectors: Sequence[Vector], k: int
    ) -> Sequence[Sequence[tuple[UUID, float]]]:
        """The `k` nearest ids of each vector with their cosines, best first.

        Raises VectorsUnavailable or VectorsDamaged.
        """

        def run(address: Address) -> Sequence[Sequence[tuple[UUID, float]]]:
            store = self._collection(address, collection_name(workspace_id, kind, model))
            return store.nearest(vectors, k)

        return await self._call(run)

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

        def run(address: Address) -> None:
            name = collection_name(workspace_id, kind, model)
            collection = self._client(address).get_or_create_collection(
                name,
                embedding_function=None,
                configuration=_CONFIGURATION,  # type: ignore[arg-type]
            )
            for start in range(0, len(upserts), CHUNK):
                chunk = upserts[start : start + CHUNK]
                collection.upsert(
                    ids=[str(item) for item, _, _ in chunk],
                    embeddings=[vector.tolist() for _, vector, _ in chunk],
                    documents=[text for _, _, text in chunk],
                )
            if deletes:
                collection.delete(ids=[str(item) for item in deletes])

        await self._call(run)

    async def drop(self, workspace_id: WorkspaceId, kind: str, model: str) -> None:
        name = collection_name(workspace_id, kind, model)

        def run(address: Address) -> None:
            self._collections.pop((address, name), None)
            try:
                self._client(address).delete_collection(name)
            except NotFoundError:
                return

        await self._call(run)

    async def ids(self, workspace_id: WorkspaceId, kind: str, model: str) -> set[UUID]:
        def run(address: Address) -> set[UUID]:
            try:
                collection = self._client(address).get_collection(
                    collection_name(workspace_id, kind, model), embedding_function=None
                )
            except NotFoundError:
                return set()
            return {UUID(item) for item in collection.get(include=[])["ids"]}

        return await self._call(run)

    async def alive(self) -> bool:
        try:
            await self._call(lambda address: self._client(address).heartbeat())
        except (VectorsUnavailable, VectorsDamaged):
            return False
        return True

    async def _call(self, run: Callable[[Address], T]) -> T:
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

    async def _run(self, run: Callable[[Address], T], address: Address) -> T:
        """Everything that is run may be run again."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(_translated, run, address))

    def _client(self, address: Address) -> ClientAPI:
        if address not in self._clients:
            host, port, tls = address
            self._clients[address] = chromadb.HttpClient(
                host=host,
                port=port,
                ssl=tls,
                settings=ChromaSettings(anonymized_telemetry=False),
            )
        return self._clients[address]

    def _collection(self, address: Address, name: str) -> _Ids:
        """Kept, because the wrapper's constructor costs more than a query."""
        key = (address, name)
        if key not in self._collections:
            self._collections[key] = _Ids(
                client=self._client(address),
                collection_name=name,
                create_collection_if_not_exists=True,
                collection_configuration=_CONFIGURATION,  # type: ignore[arg-type]
            )
        return self._collections[key]


def collection_name(workspace_id: WorkspaceId, kind: str, model: str) -> str:
    """At most 63 characters, which is what Chroma takes; the model is told apart by its digest."""
    digest = hashlib.sha256(model.encode()).hexdigest()[:8]
    return f"{kind}-{workspace_id.hex}-{digest}"


def _translated(run: Callable[[Any], T], address: Address) -> T:
    try:
        return run(address)
    except (httpx.TransportError, ConnectionError) as error:
        raise VectorsUnavailable(str(error)) from error
    except ValueError as error:
        # Chroma's client says "could not connect" with a ValueError.
        if "connect" in str(error).lower():
            raise VectorsUnavailable(str(error)) from error
        raise
    except ChromaError as error:
        raise VectorsDamaged(str(error)) from error
