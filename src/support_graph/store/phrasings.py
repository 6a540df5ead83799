"""Phrasings: their words never change (a new wording is a new phrasing), so neither do vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, insert, select, update

from support_graph.domain.ids import PhrasingId, ResolutionId, TurnId
from support_graph.domain.resolutions import ResolutionStatus
from support_graph.store.embeddings import Vector, pack, unpack
from support_graph.store.outbox import RESOLUTIONS
from support_graph.store.rooms import Room, Row
from support_graph.store.tables import index_outbox, phrasings, resolutions


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPhrasing:
    """A phrasing with its unit vector."""

    id: PhrasingId
    resolution_id: ResolutionId
    text: str
    vector: Vector


class Phrasings(Room):
    async def add(
        self,
        *,
        phrasing_id: PhrasingId,
        resolution_id: ResolutionId,
        text: str,
        vector: Vector,
        embedding_model: str,
        turn_id: TurnId | None,
    ) -> None:
        await self._run(
            insert(phrasings).values(
                workspace_id=self._workspace_id,
                id=phrasing_id,
                resolution_id=resolution_id,
                text=text,
                embedding=pack(vector),
                embedding_model=embedding_model,
                turn_id=turn_id,
            )
        )

    async def activate_only(
        self, resolution_id: ResolutionId, active: Sequence[PhrasingId]
    ) -> None:
        """Makes `active` the resolution's phrasings in force, and no others."""
        await self._run(
            update(phrasings)
            .where(self._own(phrasings), phrasings.c.resolution_id == resolution_id)
            .values(active=phrasings.c.id.in_(active))
        )

    async def of(self, resolution_ids: Sequence[ResolutionId]) -> Sequence[StoredPhrasing]:
        """The phrasings in force, in the order they were learned."""
        rows = await self._all(
            select(phrasings)
            .where(
                self._own(phrasings),
                phrasings.c.resolution_id.in_(resolution_ids),
                phrasings.c.active,
            )
            .order_by(phrasings.c.id)
        )
        return _with_vectors(rows)

    async def ids_of(self, resolution_id: ResolutionId) -> Sequence[PhrasingId]:
        """All it ever had."""
        rows = await self._all(
            select(phrasings.c.id).where(
                self._own(phrasings), phrasings.c.resolution_id == resolution_id
            )
        )
        return [PhrasingId(row["id"]) for row in rows]

    async def usable(self, ids: Sequence[PhrasingId]) -> dict[PhrasingId, ResolutionId]:
        """Those of `ids` that may be used right now, with the resolutions they belong to."""
        query = self._usable(phrasings.c.id, phrasings.c.resolution_id)
        rows = await self._all(query.where(phrasings.c.id.in_(ids)))
        return {PhrasingId(r["id"]): ResolutionId(r["resolution_id"]) for r in rows}

    async def indexable(self, ids: Sequence[PhrasingId]) -> Sequence[StoredPhrasing]:
        return _with_vectors(
            await self._all(self._usable(phrasings).where(phrasings.c.id.in_(ids)))
        )

    async def unconfirmed(self) -> Sequence[StoredPhrasing]:
        """Usable ones that the vector index may not have yet."""
        waiting = select(index_outbox.c.item_id).where(
            self._own(index_outbox), index_outbox.c.kind == RESOLUTIONS
        )
        return _with_vectors(
            await self._all(self._usable(phrasings).where(phrasings.c.id.in_(waiting)))
        )

    async def all_usable(self) -> Sequence[StoredPhrasing]:
        return _with_vectors(await self._all(self._usable(phrasings)))

    def _usable(self, *columns: Any) -> Select[Any]:
        return (
            select(*columns)
            .join(
                resolutions,
                (resolutions.c.workspace_id == phrasings.c.workspace_id)
                & (resolutions.c.id == phrasings.c.resolution_id),
            )
            .where(
                self._own(phrasings),
                phrasings.c.active,
                resolutions.c.status == ResolutionStatus.ACTIVE,
            )
        )


def _with_vectors(rows: Sequence[Row]) -> Sequence[StoredPhrasing]:
    if not rows:
        return []
    vectors = unpack([row["embedding"] for row in rows], len(rows[0]["embedding"]) // 4)
    return [
        StoredPhrasing(
            id=PhrasingId(row["id"]),
            resolution_id=ResolutionId(row["resolution_id"]),
            text=row["text"],
            vector=vector,
        )
        for row, vector in zip(rows, vectors, strict=True)
    ]
