"""Messages that humans handled: what familiarity is learned from."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from support_graph.domain.ids import ResolutionId, TurnId
from support_graph.store.embeddings import Vector, pack, unpack
from support_graph.store.prepared import Prepared, own
from support_graph.store.rooms import Room, Row
from support_graph.store.tables import filed_messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A message that a human handled: what it asks, its unit vector, and the resolution that
    answered it."""

    turn_id: TurnId
    resolution_id: ResolutionId | None
    question: str
    vector: Vector
    store_version: int


_FILE = Prepared(
    upsert(filed_messages).on_conflict_do_nothing(),
    columns=(
        "workspace_id",
        "turn_id",
        "resolution_id",
        "question",
        "embedding",
        "embedding_model",
        "store_version",
    ),
)
_FILED_SINCE = Prepared(
    select(filed_messages)
    .where(own(filed_messages), filed_messages.c.store_version > bindparam("seen"))
    .order_by(filed_messages.c.store_version, filed_messages.c.turn_id)
)
_FILED_NEXT = Prepared(
    select(filed_messages)
    .where(own(filed_messages), filed_messages.c.store_version > bindparam("seen"))
    .order_by(filed_messages.c.store_version)
    .fetch(bindparam("least"), with_ties=True)
)
_FILED_OF_TURN = Prepared(
    select(filed_messages).where(own(filed_messages), filed_messages.c.turn_id == bindparam("turn"))
)


class FiledMessages(Room):
    async def add(
        self,
        *,
        turn_id: TurnId,
        resolution_id: ResolutionId | None,
        question: str,
        vector: Vector,
        embedding_model: str,
        store_version: int,
    ) -> None:
        await self._do(
            _FILE,
            turn_id=turn_id,
            resolution_id=resolution_id,
            question=question,
            embedding=pack(vector),
            embedding_model=embedding_model,
            store_version=store_version,
        )

    async def move(
        self,
        source: ResolutionId,
        target: ResolutionId,
        *,
        store_version: int,
        only: Sequence[TurnId] | None = None,
    ) -> Sequence[TurnId]:
        """What was filed under `source` is filed under `target` from now on: which turns' messages
        that were. `only` leaves all others where they are."""
        moving = (
            update(filed_messages)
            .where(self._own(filed_messages), filed_messages.c.resolution_id == source)
            .values(resolution_id=target, store_version=store_version)
            .returning(filed_messages.c.turn_id)
        )
        if only is not None:
            moving = moving.where(filed_messages.c.turn_id.in_(only))
        return [TurnId(row["turn_id"]) for row in await self._all(moving)]

    async def since(self, store_version: int) -> Sequence[Filed]:
        """Those that came or moved after `store_version`, in the order of the changes."""
        return _filed(await self._rows(_FILED_SINCE, seen=store_version))

    async def next_after(self, store_version: int, *, least: int) -> Sequence[Filed]:
        """The first ones of those: `least` if there are so many, and what moved with the last."""
        return _filed(await self._rows(_FILED_NEXT, seen=store_version, least=least))

    async def of_turn(self, turn_id: TurnId) -> Filed | None:
        found = _filed(await self._rows(_FILED_OF_TURN, turn=turn_id))
        return found[0] if found else None


def _filed(rows: Sequence[Row]) -> Sequence[Filed]:
    if not rows:
        return []
    vectors = unpack([row["embedding"] for row in rows], len(rows[0]["embedding"]) // 4)
    return [
        Filed(
            turn_id=TurnId(row["turn_id"]),
            resolution_id=ResolutionId(row["resolution_id"]) if row["resolution_id"] else None,
            question=row["question"],
            vector=vector,
            store_version=row["store_version"],
        )
        for row, vector in zip(rows, vectors, strict=True)
    ]
