"""Intents: what customers want, as the workspace names it.

A merged intent stays, and points to the one that stands for it (`current_id`); whatever refers to
it follows. So a merge moves no rows, is in force everywhere at once, and can be undone exactly.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, Uuid, bindparam, func, insert, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from support_graph.domain.errors import NotFound
from support_graph.domain.ids import IntentId, ResolutionId, new_id
from support_graph.domain.intents import Intent, Policies, Policy
from support_graph.domain.workspaces import Mode
from support_graph.store.prepared import Prepared, own
from support_graph.store.rooms import Room, Row
from support_graph.store.tables import (
    intents,
    resolutions,
)


def _intent(row: Row) -> Intent:
    return Intent(
        id=IntentId(row["id"]),
        name=row["name"],
        description=row["description"],
        mode=Mode(row["mode"]),
        target_precision=row["target_precision"],
        merged_into=IntentId(row["merged_into"]) if row["merged_into"] else None,
        created_at=row["created_at"],
    )


def _policy(row: Row) -> Policy:
    return Policy(
        id=IntentId(row["id"]),
        part=IntentId(row["part"]),
        name=row["name"],
        mode=Mode(row["mode"]),
        target_precision=row["target_precision"],
    )


# The chain below a merged intent, each with what stands for it from now on.
_SETTLE_CHAIN = text("""
    WITH RECURSIVE parts AS (
        SELECT id FROM intents WHERE workspace_id = :workspace_id AND id = :top
        UNION ALL
        SELECT i.id FROM intents i JOIN parts ON i.merged_into = parts.id
        WHERE i.workspace_id = :workspace_id
    )
    UPDATE intents SET current_id = :current
    WHERE workspace_id = :workspace_id AND id IN (SELECT id FROM parts)
    AND id <> :current
""")


def _current_id() -> Any:
    return func.coalesce(intents.c.current_id, intents.c.id)


_CURRENT = intents.alias("current_intent")
_WANTED = (
    select(literal("asked").label("of"), bindparam("intent_id", type_=Uuid()).label("intent_id"))
    .union_all(
        select(literal("given"), resolutions.c.intent_id).where(
            own(resolutions), resolutions.c.id == bindparam("resolution_id")
        )
    )
    .subquery()
)
_POLICIES = Prepared(
    select(
        _WANTED.c.of,
        intents.c.id.label("part"),
        _CURRENT.c.id,
        _CURRENT.c.name,
        _CURRENT.c.mode,
        _CURRENT.c.target_precision,
    )
    .join(intents, (intents.c.id == _WANTED.c.intent_id) & own(intents))
    .join(
        _CURRENT,
        (_CURRENT.c.id == _current_id()) & (_CURRENT.c.workspace_id == intents.c.workspace_id),
    )
)

_KNOWN = Prepared(
    select(_current_id().label("id"))
    .where(own(intents), intents.c.name == bindparam("called"))
    .order_by(intents.c.merged_into.is_not(None), intents.c.id.desc())
    .limit(1)
)
_NEW = upsert(intents)
_ENSURE = Prepared(
    _NEW.on_conflict_do_update(
        index_elements=["workspace_id", "name"],
        index_where=intents.c.merged_into.is_(None),
        set_={"name": _NEW.excluded.name},
    ).returning(intents.c.id),
    columns=("workspace_id", "id", "name"),
)
_TAKEN = Prepared(
    select(intents.c.name).where(
        own(intents), func.starts_with(intents.c.name, bindparam("beginning", type_=Text))
    )
)


class Intents(Room):
    async def ensure(self, name: str) -> IntentId:
        """The standing intent of that name, or what a merged one of that name is a part of by now,
        or a new one."""
        known = await self._first(_KNOWN, called=name)
        if known is not None:
            return IntentId(known["id"])
        row = await self._first(_ENSURE, id=new_id(), name=name)
        assert row is not None
        return IntentId(row["id"])

    async def add(
        self, name: str, *, description: str, mode: Mode, target_precision: float | None
    ) -> Intent:
        """The caller has looked whether the name is free."""
        row = await self._one(
            insert(intents)
            .values(
                workspace_id=self._workspace_id,
                id=new_id(),
                name=name,
                description=description,
                mode=mode,
                target_precision=target_precision,
            )
            .returning(intents)
        )
        assert row is not None
        return _intent(row)

    async def get(self, intent_id: IntentId, *, lock: bool = False) -> Intent:
        query = select(intents).where(self._own(intents), intents.c.id == intent_id)
        row = await self._one(query.with_for_update(key_share=True) if lock else query)
        if row is None:
            raise NotFound(noun="intent", id=intent_id)
        return _intent(row)

    async def named(self, name: str) -> Intent | None:
        """The standing intent of that name."""
        row = await self._one(self._standing().where(intents.c.name == name))
        return _intent(row) if row else None

    async def all(self) -> Sequence[Intent]:
        """Those that stand for themselves, by name."""
        return [_intent(row) for row in await self._all(self._standing().order_by(intents.c.name))]

    async def ids_like(self, part: str) -> Sequence[UUID]:
        return await self._ids_like(intents, part)

    async def parts(self, intent_id: IntentId) -> Sequence[Intent]:
        """What was merged into it, directly."""
        query = select(intents).where(self._own(intents), intents.c.merged_into == intent_id)
        return [_intent(row) for row in await self._all(query.order_by(intents.c.name))]

    async def taken(self, name: str) -> Collection[str]:
        """The names in use that begin with `name`, those of merged intents too."""
        return {row["name"] for row in await self._rows(_TAKEN, beginning=name)}

    async def names(self, ids: Collection[IntentId | None]) -> dict[IntentId | None, str]:
        """As they were last named, merged ones by their own names."""
        rows = await self._all(
            select(intents.c.id, intents.c.name).where(
                self._own(intents), intents.c.id.in_([one for one in ids if one is not None])
            )
        )
        return {IntentId(row["id"]): row["name"] for row in rows}

    async def set(self, intent_id: IntentId, values: Mapping[str, Any]) -> None:
        await self._run(
            update(intents)
            .where(self._own(intents), intents.c.id == intent_id)
            .values(**dict(values))
        )

    async def merge(self, intent_id: IntentId, into: IntentId) -> None:
        await self.set(intent_id, {"merged_into": into})
        await self._settle(intent_id, into)

    async def unmerge(self, intent_id: IntentId) -> None:
        await self.set(intent_id, {"merged_into": None, "current_id": None})
        await self._settle(intent_id, intent_id)

    async def _settle(self, top: IntentId, current: IntentId) -> None:
        given = {"workspace_id": self._workspace_id, "top": top, "current": current}
        await self._connection.execute(_SETTLE_CHAIN, given)

    async def policies(
        self, intent_id: IntentId | None, resolution_id: ResolutionId | None
    ) -> Policies:
        """What is set, right now, for the intent and for the resolution's."""
        if intent_id is None and resolution_id is None:
            return Policies()
        rows = await self._rows(_POLICIES, intent_id=intent_id, resolution_id=resolution_id)
        return Policies(**{row["of"]: _policy(row) for row in rows})

    def standing_for(self, intent_id: IntentId) -> Select[Any]:
        """The ids that an intent stands for: its own, and those that were merged into it."""
        return select(intents.c.id).where(self._own(intents), _current_id() == intent_id)

    def _standing(self) -> Select[Any]:
        return select(intents).where(self._own(intents), intents.c.merged_into.is_(None))
