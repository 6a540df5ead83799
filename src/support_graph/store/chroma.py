"""Chroma over HTTP, by its own client and LangChain's: everything here blocks.

It takes most of a second to import, so `vectors.py` does it when something is first looked for.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

import chromadb
import httpx
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError, NotFoundError
from langchain_chroma import Chroma

from support_graph.store.embeddings import Vector
from support_graph.store.vectors import Address, VectorsDamaged, VectorsUnavailable

CHUNK = 50
"""Rows an upsert: larger ones hold the server for tens of milliseconds."""

_CONFIGURATION = {"hnsw": {"space": "cosine", "sync_threshold": 100, "batch_size": 100}}


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


class Server:
    """One Chroma server. May be used by several threads at once."""

    def __init__(self, address: Address) -> None:
        """Raises as `failures` tells of: the client asks the server who it is."""
        self._client = chromadb.HttpClient(
            host=address.host,
            port=address.port,
            ssl=address.tls,
            settings=ChromaSettings(anonymized_telemetry=False),
        )
        self._collections: dict[str, _Ids] = {}

    def heartbeat(self) -> None:
        self._client.heartbeat()

    def nearest(
        self, name: str, vectors: Sequence[Vector], k: int
    ) -> Sequence[Sequence[tuple[UUID, float]]]:
        """The `k` nearest ids of each vector with their cosines, best first."""
        known = self._collections.get(name)
        if known is not None:
            try:
                return known.nearest(vectors, k)
            except NotFoundError:  # another process may have written it anew
                self._collections.pop(name, None)
        return self._collection(name).nearest(vectors, k)

    def apply(
        self,
        name: str,
        *,
        upserts: Sequence[tuple[UUID, Vector, str]],
        deletes: Sequence[UUID],
    ) -> None:
        collection = self._client.get_or_create_collection(
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

    def drop(self, name: str) -> None:
        self._collections.pop(name, None)
        try:
            self._client.delete_collection(name)
        except NotFoundError:
            return

    def ids(self, name: str) -> set[UUID]:
        try:
            collection = self._client.get_collection(name, embedding_function=None)
        except NotFoundError:
            return set()
        return {UUID(item) for item in collection.get(include=[])["ids"]}

    def _collection(self, name: str) -> _Ids:
        """Kept, because the wrapper's constructor costs more than a query.

        One that is not there is not made: an empty one would find nothing, and look sound.
        """
        if name not in self._collections:
            self._collections[name] = _Ids(
                client=self._client, collection_name=name, create_collection_if_not_exists=False
            )
        return self._collections[name]


@contextmanager
def failures() -> Iterator[None]:
    """Raises VectorsUnavailable or VectorsDamaged for what the clients raise."""
    try:
        yield
    except (httpx.TransportError, ConnectionError) as error:
        raise VectorsUnavailable(str(error)) from error
    except ValueError as error:
        # Chroma's client says "could not connect" with a ValueError.
        if "connect" in str(error).lower():
            raise VectorsUnavailable(str(error)) from error
        raise
    except ChromaError as error:
        raise VectorsDamaged(str(error)) from error
