"""What Postgres has decided and the vector index has not confirmed yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, any_, bindparam, delete, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from support_graph.store.prepared import Prepared, own
from support_graph.store.rooms import Room
from support_graph.store.tables import index_outbox, indexes

BRAIN = "brain"
RESOLUTIONS = "resolutions"
KINDS = (BRAIN, RESOLUTIONS)

READY = "ready"
QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An item whose place in the index must be looked at again."""

    id: int
    item_id: UUID


_TOUCH = Prepared(insert(index_outbox), columns=("workspace_id", "kind", "item_id"))
_FIRST = Prepared(
    select(index_outbox.c.id, index_outbox.c.item_id)
    .where(own(index_outbox), index_outbox.c.kind == bindparam("kind"))
    .order_by(index_outbox.c.id)
    .limit(bindparam("limit"))
)
_CONFIRM = Prepared(
    delete(index_outbox).where(
        own(index_outbox),
        index_outbox.c.id == any_(bindparam("entries", type_=ARRAY(BigInteger))),
    )
)
_STATUS = Prepared(
    select(indexes.c.status).where(
        own(indexes),
        indexes.c.kind == bindparam("kind"),
        indexes.c.embedding_model == bindparam("model"),
    )
)


class Outbox(Room):
    async def touch(self, kind: str, item_ids: Sequence[UUID]) -> None:
        """Each item will be written to the index or taken out of it, as it then stands."""
        for item_id in item_ids:
            await self._do(_TOUCH, kind=kind, item_id=item_id)

    async def first(self, kind: str, limit: int) -> Sequence[Entry]:
        rows = await self._rows(_FIRST, kind=kind, limit=limit)
        return [Entry(id=row["id"], item_id=row["item_id"]) for row in rows]

    async def confirm(self, entries: Sequence[Entry]) -> None:
        await self._do(_CONFIRM, entries=[entry.id for entry in entries])

    async def waiting(self, kind: str) -> int:
        row = await self._one(
            select(func.count().label("n"))
            .select_from(index_outbox)
            .where(self._own(index_outbox), index_outbox.c.kind == kind)
        )
        assert row is not None
        return int(row["n"])

    async def clear(self, kind: str) -> None:
        await self._run(
            delete(index_outbox).where(self._own(index_outbox), index_outbox.c.kind == kind)
        )

    async def status(self, kind: str, model: str) -> str | None:
        """`ready`, `quarantined`, or None when there has never been anything to index."""
        row = await self._first(_STATUS, kind=kind, model=model)
        return str(row["status"]) if row else None

    async def set_status(self, kind: str, model: str, status: str) -> None:
        await self._run(
            upsert(indexes)
            .values(
                workspace_id=self._workspace_id, kind=kind, embedding_model=model, status=status
            )
            .on_conflict_do_update(
                index_elements=["workspace_id", "kind", "embedding_model"],
                set_={"status": status, "updated_at": func.clock_timestamp()},
            )
        )
