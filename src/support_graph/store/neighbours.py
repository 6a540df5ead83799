"""Nearest neighbours that are never stale: Chroma proposes, Postgres disposes.

The index is asked for the nearest ids; what it may not have yet is added by exact similarity; and
every hit is looked up in Postgres before it counts. When the index is away, quarantined or damaged,
the embeddings in Postgres are searched exactly: slower, not wrong.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

import numpy as np

from support_graph.domain.evidence import PhrasingHit
from support_graph.domain.ids import PassageId, PhrasingId
from support_graph.store.database import Transaction
from support_graph.store.embeddings import Vector
from support_graph.store.outbox import BRAIN, QUARANTINED, READY, RESOLUTIONS
from support_graph.store.vectors import Vectors, VectorsDamaged, VectorsUnavailable

log = logging.getLogger(__name__)

_Id = TypeVar("_Id", bound=UUID)


class Neighbours:
    """Searches one embedding model's vectors in any workspace."""

    def __init__(self, vectors: Vectors, model: str) -> None:
        self._vectors = vectors
        self._model = model

    async def phrasings(self, tx: Transaction, vector: Vector, k: int) -> Sequence[PhrasingHit]:
        """The `k` nearest usable phrasings, best first."""
        return (await self.phrasings_of_many(tx, [vector], k))[0]

    async def phrasings_of_many(
        self, tx: Transaction, vectors: Sequence[Vector], k: int
    ) -> Sequence[Sequence[PhrasingHit]]:
        """The `k` nearest usable phrasings of each vector, best first."""
        if not vectors:
            return []

        async def exact(*, everything: bool) -> Sequence[dict[PhrasingId, float]]:
            room = tx.phrasings
            rows = await (room.all_usable() if everything else room.unconfirmed())
            return _similarities([r.id for r in rows], [r.vector for r in rows], vectors)

        found = await self._nearest(tx, RESOLUTIONS, vectors, k, exact)
        proposed = {PhrasingId(item) for near in found for item in near}
        owners = await tx.phrasings.usable(sorted(proposed))
        return [
            [
                PhrasingHit(phrasing_id=str(i), resolution_id=owners[i], similarity=similarity)
                for i, similarity in _best(near, len(near))
                if i in owners
            ][:k]
            for near in found
        ]

    async def passages(
        self, tx: Transaction, vector: Vector, k: int
    ) -> Sequence[tuple[PassageId, float]]:
        """The `k` nearest passages' ids with their cosines, best first.

        The caller reads the passages, and leaves out the ones that are gone.
        """

        async def exact(*, everything: bool) -> Sequence[dict[PassageId, float]]:
            rows = await (tx.passages.all() if everything else tx.passages.unconfirmed())
            return _similarities([r.passage.id for r in rows], [r.vector for r in rows], [vector])

        return _best((await self._nearest(tx, BRAIN, [vector], k, exact))[0], k)

    async def _nearest(
        self,
        tx: Transaction,
        kind: str,
        vectors: Sequence[Vector],
        k: int,
        exact: Callable[..., Awaitable[Sequence[dict[_Id, float]]]],
    ) -> Sequence[dict[_Id, float]]:
        # In this order: a change leaves the outbox only after the index has it, so whatever is not
        # seen waiting here is seen by the index afterwards.
        waiting = await exact(everything=False)
        status = await tx.outbox.status(kind, self._model)
        if status is None:
            return waiting
        if status == QUARANTINED:
            return await exact(everything=True)
        found: Any  # of ids, which are those of the kind
        try:
            found = await self._vectors.search(tx.workspace_id, kind, self._model, vectors, k)
        except VectorsUnavailable as error:
            log.warning("The vector index is away (%s); searching exactly.", error)
            return await exact(everything=True)
        except VectorsDamaged:
            log.exception("The %s index of %s is damaged.", kind, tx.workspace_id)
            if not tx.reading:
                await tx.outbox.set_status(kind, self._model, QUARANTINED)
            return await exact(everything=True)
        return [dict(hits) | more for hits, more in zip(found, waiting, strict=True)]


def _similarities(
    ids: Sequence[_Id], vectors: Sequence[Vector], queries: Sequence[Vector]
) -> Sequence[dict[_Id, float]]:
    """Of each query."""
    if not ids:
        return [{} for _ in queries]
    known = np.stack(list(vectors))
    return [dict(zip(ids, (known @ query).tolist(), strict=True)) for query in queries]


def _best(found: dict[_Id, float], k: int) -> Sequence[tuple[_Id, float]]:
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))[:k]


class IndexWriter:
    """Brings Chroma to where Postgres is."""

    def __init__(self, vectors: Vectors, model: str) -> None:
        self._vectors = vectors
        self._model = model

    async def sync(self, tx: Transaction, kind: str, *, limit: int) -> int:
        """Writes the oldest waiting changes, at most `limit`, and says how many there were.

        Each item is written as it stands now, so entries may come twice and in any order. Raises
        VectorsUnavailable, and then everything is still waiting.
        """
        entries = await tx.outbox.first(kind, limit)
        if not entries:
            return 0
        items = {entry.item_id for entry in entries}
        upserts = await self._rows(tx, kind, items)
        gone = items - {item for item, _, _ in upserts}
        await self._vectors.apply(
            tx.workspace_id, kind, self._model, upserts=upserts, deletes=sorted(gone)
        )
        await tx.outbox.confirm(entries)
        if await tx.outbox.status(kind, self._model) is None:
            await tx.outbox.set_status(kind, self._model, READY)
        return len(entries)

    async def rebuild(self, tx: Transaction, kind: str) -> int:
        """Drops the collection and writes it again from Postgres; the number of rows written."""
        await self._vectors.drop(tx.workspace_id, kind, self._model)
        rows: list[tuple[UUID, Vector, str]]
        if kind == BRAIN:
            rows = [(r.passage.id, r.vector, r.passage.text) for r in await tx.passages.all()]
        else:
            rows = [(r.id, r.vector, r.text) for r in await tx.phrasings.all_usable()]
        await self._vectors.apply(tx.workspace_id, kind, self._model, upserts=rows, deletes=[])
        await tx.outbox.clear(kind)
        await tx.outbox.set_status(kind, self._model, READY)
        return len(rows)

    async def verify(self, tx: Transaction, kind: str) -> tuple[set[UUID], set[UUID]]:
        """Ids that the index lacks, and ids that it has and should not (waiting ones aside)."""
        waiting = {entry.item_id for entry in await tx.outbox.first(kind, 10**9)}
        if kind == BRAIN:
            wanted: set[UUID] = {r.passage.id for r in await tx.passages.all()}
        else:
            wanted = {r.id for r in await tx.phrasings.all_usable()}
        there = await self._vectors.ids(tx.workspace_id, kind, self._model)
        return wanted - there - waiting, there - wanted - waiting

    async def _rows(
        self, tx: Transaction, kind: str, items: set[UUID]
    ) -> Sequence[tuple[UUID, Vector, str]]:
        if kind == BRAIN:
            found = await tx.passages.indexable([PassageId(item) for item in items])
            return [(r.passage.id, r.vector, r.passage.text) for r in found]
        usable = await tx.phrasings.indexable([PhrasingId(item) for item in items])
        return [(r.id, r.vector, r.text) for r in usable]
