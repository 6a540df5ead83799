"""The log of an intent: who changed what, when and why."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select

from support_graph.domain.ids import IntentId, new_id
from support_graph.domain.intents import IntentChange, IntentEntry
from support_graph.store.rooms import Room
from support_graph.store.tables import intent_changes


class IntentLog(Room):
    async def add(
        self,
        intent_id: IntentId,
        change: IntentChange,
        *,
        actor: str,
        note: str | None,
        details: Mapping[str, Any],
    ) -> None:
        await self._run(
            insert(intent_changes).values(
                workspace_id=self._workspace_id,
                id=new_id(),
                intent_id=intent_id,
                change=change,
                actor=actor,
                note=note,
                details=dict(details),
            )
        )

    async def of(self, intent_id: IntentId) -> Sequence[IntentEntry]:
        """The whole log, newest first."""
        rows = await self._all(
            select(intent_changes)
            .where(self._own(intent_changes), intent_changes.c.intent_id == intent_id)
            .order_by(intent_changes.c.id.desc())
        )
        return [
            IntentEntry(
                change=IntentChange(row["change"]),
                actor=row["actor"],
                note=row["note"],
                details=row["details"],
                created_at=row["created_at"],
            )
            for row in rows
        ]
