"""Inductions and the intents that they suggest."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update

from support_graph.domain.errors import NotFound
from support_graph.domain.ids import InducedId, InductionId, IntentId, new_id
from support_graph.domain.inductions import Induced, InducedStatus, Induction, InductionStatus
from support_graph.store.rooms import Page, Room, Row
from support_graph.store.tables import induced_intents, inductions


def _induction(row: Row) -> Induction:
    return Induction(
        id=InductionId(row["id"]),
        status=InductionStatus(row["status"]),
        given=tuple(row["given"]) if row["given"] is not None else None,
        messages=row["messages"],
        done=row["done"],
        problem=row["problem"],
        started_by=row["started_by"],
        created_at=row["created_at"],
        finished_at=row["finished_at"],
    )


def _induced(row: Row) -> Induced:
    return Induced(
        id=InducedId(row["id"]),
        induction_id=InductionId(row["induction_id"]),
        name=row["name"],
        description=row["description"],
        examples=tuple(row["examples"]),
        messages=row["messages"],
        status=InducedStatus(row["status"]),
        decided_by=row["decided_by"],
        intent_id=IntentId(row["intent_id"]) if row["intent_id"] else None,
    )


class Inductions(Room):
    async def start(self, *, given: Sequence[str] | None, by: str) -> InductionId:
        induction_id = InductionId(new_id())
        await self._run(
            insert(inductions).values(
                workspace_id=self._workspace_id,
                id=induction_id,
                status=InductionStatus.RUNNING,
                given=list(given) if given is not None else None,
                started_by=by,
            )
        )
        return induction_id

    async def get(self, induction_id: InductionId, *, lock: bool = False) -> Induction:
        query = select(inductions).where(self._own(inductions), inductions.c.id == induction_id)
        row = await self._one(query.with_for_update(key_share=True) if lock else query)
        if row is None:
            raise NotFound(noun="induction", id=induction_id)
        return _induction(row)

    async def list(self, *, cursor: UUID | None, limit: int) -> Page[Induction]:
        query = select(inductions).where(self._own(inductions))
        rows, next_cursor = await self._page(query, inductions, cursor=cursor, limit=limit)
        return Page(items=tuple(_induction(row) for row in rows), next_cursor=next_cursor)

    async def newest(self) -> Induction | None:
        query = select(inductions).where(self._own(inductions))
        row = await self._one(query.order_by(inductions.c.id.desc()).limit(1))
        return _induction(row) if row else None

    async def progress(self, induction_id: InductionId, *, done: int, messages: int) -> None:
        await self._set(induction_id, done=done, messages=messages)

    async def finish(
        self,
        induction_id: InductionId,
        status: InductionStatus,
        *,
        now: datetime,
        problem: str | None = None,
    ) -> None:
        """What was brought along is not kept."""
        await self._set(induction_id, status=status, finished_at=now, problem=problem, given=None)

    async def _set(self, induction_id: InductionId, **values: object) -> None:
        await self._run(
            update(inductions)
            .where(self._own(inductions), inductions.c.id == induction_id)
            .values(**values)
        )

    async def suggest(
        self,
        induction_id: InductionId,
        *,
        name: str,
        description: str,
        examples: Sequence[str],
        messages: int,
    ) -> None:
        await self._run(
            insert(induced_intents).values(
                workspace_id=self._workspace_id,
                id=new_id(),
                induction_id=induction_id,
                name=name,
                description=description,
                examples=list(examples),
                messages=messages,
                status=InducedStatus.OPEN,
            )
        )

    async def suggested(self, induction_id: InductionId) -> Sequence[Induced]:
        """By how many messages they have, the most first."""
        rows = await self._all(
            select(induced_intents)
            .where(self._own(induced_intents), induced_intents.c.induction_id == induction_id)
            .order_by(induced_intents.c.messages.desc(), induced_intents.c.id)
        )
        return [_induced(row) for row in rows]

    async def one(self, induced_id: InducedId) -> Induced:
        """Locked, so that it is decided once."""
        row = await self._one(
            select(induced_intents)
            .where(self._own(induced_intents), induced_intents.c.id == induced_id)
            .with_for_update(key_share=True)
        )
        if row is None:
            raise NotFound(noun="proposed intent", id=induced_id)
        return _induced(row)

    async def decide(
        self,
        induced_id: InducedId,
        status: InducedStatus,
        *,
        by: str | None,
        intent_id: IntentId | None = None,
    ) -> None:
        await self._run(
            update(induced_intents)
            .where(self._own(induced_intents), induced_intents.c.id == induced_id)
            .values(status=status, decided_by=by, intent_id=intent_id)
        )
