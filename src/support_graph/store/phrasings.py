"""Phrasings: their words never change (a new wording is a new phrasing), so neither do vectors."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select, update

from support_graph.domain.ids import PhrasingId, ResolutionId, TurnId
from support_graph.domain.resolutions import ResolutionStatus
from support_graph.store.embeddings import Vector, pack, unpack
from support_graph.store.outbox import RESOLUTIONS
from support_graph.store.prepared import Prepared, one_of, own
from support_graph.store.rooms import Room, Row
from support_graph.store.tables import index_outbox, phrasings, resolutions


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPhrasing:
    """A phrasing with its unit vector."""

    id: PhrasingId
    resolution_id: ResolutionId
    text: str
    vector: Vector


_ADD = Prepared(
    insert(phrasings),
    columns=(
        "workspace_id",
        "id",
        "resolution_id",
        "text",
        "embedding",
        "embedding_model",
        "turn_id",
    ),
)
_OF_ONE = phrasings.c.resolution_id == bindparam("of_resolution")
_AMONG = one_of(phrasings.c.id, "ids")
# A row is a vector, too: the many that stay as they are need not be written again.
_ACTIVATE_ONLY = Prepared(
    update(phrasings)
    .where(own(phrasings), _OF_ONE, phrasings.c.active != _AMONG)
    .values(active=_AMONG)
)
_OF = Prepared(
    select(phrasings)
    .where(own(phrasings), one_of(phrasings.c.resolution_id, "resolution_ids"), phrasings.c.active)
    .order_by(phrasings.c.id)
)
_IDS_OF = Prepared(select(phrasings.c.id).where(own(phrasings), _OF_ONE))
_ALL_USABLE = Prepared(
    select(phrasings)
    .join(
        resolutions,
        (resolutions.c.workspace_id == phrasings.c.workspace_id)
        & (resolutions.c.id == phrasings.c.resolution_id),
    )
    .where(own(phrasings), phrasings.c.active, resolutions.c.status == ResolutionStatus.ACTIVE)
)
# Looked up for each of a few phrasings. Of a join, Postgres would begin with the resolutions while
# the tables have no statistics, and look for the phrasings in each.
_ACTIVE = (
    select(resolutions.c.status)
    .where(own(resolutions), resolutions.c.id == phrasings.c.resolution_id)
    .scalar_subquery()
    == ResolutionStatus.ACTIVE
)
_FEW = own(phrasings), phrasings.c.active, _ACTIVE
_OWNERS = Prepared(select(phrasings.c.id, phrasings.c.resolution_id).where(*_FEW, _AMONG))
_INDEXABLE = Prepared(select(phrasings).where(*_FEW, _AMONG))
_WAITING = select(index_outbox.c.item_id).where(
    own(index_outbox), index_outbox.c.kind == RESOLUTIONS
)
_UNCONFIRMED = Prepared(select(phrasings).where(*_FEW, phrasings.c.id.in_(_WAITING)))


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
        await self._do(
            _ADD,
            id=phrasing_id,
            resolution_id=resolution_id,
            text=text,
            embedding=pack(vector),
            embedding_model=embedding_model,
            turn_id=turn_id,
        )

    async def activate_only(
        self, resolution_id: ResolutionId, active: Sequence[PhrasingId]
    ) -> None:
        """Makes `active` the resolution's phrasings in force, and no others."""
        await self._do(_ACTIVATE_ONLY, of_resolution=resolution_id, ids=list(active))

    async def of(self, resolution_ids: Sequence[ResolutionId]) -> Sequence[StoredPhrasing]:
        """The phrasings in force, in the order they were learned."""
        if not resolution_ids:
            return []
        return _with_vectors(await self._rows(_OF, resolution_ids=list(resolution_ids)))

    async def ids_of(self, resolution_id: ResolutionId) -> Sequence[PhrasingId]:
        """All it ever had."""
        rows = await self._rows(_IDS_OF, of_resolution=resolution_id)
        return [PhrasingId(row["id"]) for row in rows]

    async def usable(self, ids: Sequence[PhrasingId]) -> dict[PhrasingId, ResolutionId]:
        """Those of `ids` that may be used right now, with the resolutions they belong to."""
        rows = await self._rows(_OWNERS, ids=list(ids)) if ids else []
        return {PhrasingId(r["id"]): ResolutionId(r["resolution_id"]) for r in rows}

    async def indexable(self, ids: Sequence[PhrasingId]) -> Sequence[StoredPhrasing]:
        return _with_vectors(await self._rows(_INDEXABLE, ids=list(ids)))

    async def unconfirmed(self) -> Sequence[StoredPhrasing]:
        """Usable ones that the vector index may not have yet."""
        return _with_vectors(await self._rows(_UNCONFIRMED))

    async def all_usable(self) -> Sequence[StoredPhrasing]:
        return _with_vectors(await self._rows(_ALL_USABLE))


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
