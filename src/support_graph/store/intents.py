"""Intents: what customers want, as the workspace names it."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from support_graph.domain.ids import IntentId, new_id
from support_graph.domain.workspaces import Mode
from support_graph.store.rooms import Room
from support_graph.store.tables import intents


class Intents(Room):
    async def ensure(self, name: str) -> IntentId:
        row = await self._one(
            upsert(intents)
            .values(workspace_id=self._workspace_id, id=new_id(), name=name)
            .on_conflict_do_update(index_elements=["workspace_id", "name"], set_={"name": name})
            .returning(intents.c.id)
        )
        assert row is not None
        return IntentId(row["id"])

    async def names(self, ids: Collection[IntentId | None]) -> dict[IntentId | None, str]:
        rows = await self._all(
            select(intents.c.id, intents.c.name).where(
                self._own(intents), intents.c.id.in_([one for one in ids if one is not None])
            )
        )
        return {IntentId(row["id"]): row["name"] for row in rows}

    async def mode(self, name: str) -> Mode:
        """An intent that has no mode of its own is in `auto`."""
        row = await self._one(
            select(intents.c.mode).where(self._own(intents), intents.c.name == name)
        )
        return Mode(row["mode"]) if row else Mode.AUTO
