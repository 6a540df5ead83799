"""Examples of intents: messages that say what is meant before anything was answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select

from support_graph.domain.ids import ExampleId, IntentId, new_id
from support_graph.store.embeddings import Vector, pack, unpack
from support_graph.store.intents import Intents
from support_graph.store.rooms import Room
from support_graph.store.tables import intent_examples


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A message that has the intent, with its unit vector."""

    id: ExampleId
    intent_id: IntentId
    vector: Vector


class IntentExamples(Room):
    async def add(
        self,
        intent_id: IntentId,
        texts: Sequence[str],
        vectors: Vector,
        *,
        embedding_model: str,
        store_version: int,
    ) -> None:
        if not texts:
            return
        rows = [
            {
                "workspace_id": self._workspace_id,
                "id": new_id(),
                "intent_id": intent_id,
                "text": asked,
                "embedding": pack(vector),
                "embedding_model": embedding_model,
                "store_version": store_version,
            }
            for asked, vector in zip(texts, vectors, strict=True)
        ]
        await self._connection.execute(insert(intent_examples), rows)

    async def of(self, intent_id: IntentId) -> Sequence[str]:
        """Of the intent and of what was merged into it, in the order they came."""
        rows = await self._all(
            select(intent_examples.c.text)
            .where(
                self._own(intent_examples),
                intent_examples.c.intent_id.in_(
                    Intents(self._connection, self._workspace_id).standing_for(intent_id)
                ),
            )
            .order_by(intent_examples.c.id)
        )
        return [row["text"] for row in rows]

    async def since(self, store_version: int) -> Sequence[Example]:
        rows = await self._all(
            select(intent_examples)
            .where(
                self._own(intent_examples),
                intent_examples.c.store_version > store_version,
            )
            .order_by(intent_examples.c.store_version, intent_examples.c.id)
        )
        if not rows:
            return []
        vectors = unpack([row["embedding"] for row in rows], len(rows[0]["embedding"]) // 4)
        return [
            Example(id=ExampleId(row["id"]), intent_id=IntentId(row["intent_id"]), vector=vector)
            for row, vector in zip(rows, vectors, strict=True)
        ]
