"""Passages of the Brain."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, delete, func, insert, select

from support_graph.domain.documents import Passage, Visibility
from support_graph.domain.ids import DocumentId, PassageId
from support_graph.store.embeddings import Vector, pack, unpack
from support_graph.store.outbox import BRAIN
from support_graph.store.prepared import Prepared, one_of, own
from support_graph.store.rooms import Room, Row
from support_graph.store.tables import documents, index_outbox, passage_removals, passages


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a passage stands, with its unit vector; what ranking needs, and no text."""

    title: str
    url: str | None
    vector: Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPassage:
    """A passage with its unit vector."""

    passage: Passage
    vector: Vector


def _passage(row: Row) -> Passage:
    return Passage(
        id=PassageId(row["id"]),
        document_id=DocumentId(row["document_id"]),
        position=row["position"],
        headings=tuple(row["headings"]),
        text=row["text"],
        url=row["url"],
        title=row["title"],
        visibility=Visibility(row["visibility"]),
    )


def _of_document(query: Select[Any]) -> Select[Any]:
    return query.join(
        documents,
        (documents.c.workspace_id == passages.c.workspace_id)
        & (documents.c.id == passages.c.document_id),
    )


_WITH_TITLE = _of_document(select(passages, documents.c.title, documents.c.visibility))
_AMONG = Prepared(_WITH_TITLE.where(own(passages), one_of(passages.c.id, "ids")))
_PLACES = Prepared(
    _of_document(
        select(passages.c.id, passages.c.url, passages.c.embedding, documents.c.title)
    ).where(own(passages), one_of(passages.c.id, "ids"))
)
_WAITING = select(index_outbox.c.item_id).where(own(index_outbox), index_outbox.c.kind == BRAIN)
_UNCONFIRMED = Prepared(_WITH_TITLE.where(own(passages), passages.c.id.in_(_WAITING)))


class Passages(Room):
    async def add(
        self,
        new: Sequence[tuple[Passage, Vector]],
        *,
        embedding_model: str,
        brain_version: int,
    ) -> None:
        rows = [
            {
                "workspace_id": self._workspace_id,
                "id": passage.id,
                "document_id": passage.document_id,
                "position": passage.position,
                "headings": list(passage.headings),
                "text": passage.text,
                "url": passage.url,
                "embedding": pack(vector),
                "embedding_model": embedding_model,
                "added_in": brain_version,
            }
            for passage, vector in new
        ]
        if rows:
            await self._connection.execute(insert(passages), rows)

    async def remove_of(
        self, document_id: DocumentId, *, brain_version: int
    ) -> Sequence[PassageId]:
        """Takes all of a document's passages away, and says which they were."""
        rows = await self._all(
            delete(passages)
            .where(self._own(passages), passages.c.document_id == document_id)
            .returning(passages.c.id)
        )
        ids = [PassageId(row["id"]) for row in rows]
        if ids:
            await self._connection.execute(
                insert(passage_removals),
                [
                    {
                        "workspace_id": self._workspace_id,
                        "brain_version": brain_version,
                        "passage_id": passage_id,
                    }
                    for passage_id in ids
                ],
            )
        return ids

    async def among(self, ids: Sequence[PassageId]) -> dict[PassageId, Passage]:
        """Those of `ids` that are in force right now."""
        rows = await self._rows(_AMONG, ids=list(ids)) if ids else []
        return {PassageId(row["id"]): _passage(row) for row in rows}

    async def of(self, document_id: DocumentId) -> Sequence[Passage]:
        query = self._query().where(passages.c.document_id == document_id)
        return [_passage(row) for row in await self._all(query.order_by(passages.c.position))]

    async def places(self, ids: Sequence[PassageId]) -> dict[PassageId, Place]:
        """Those of `ids` that are in force right now."""
        rows = await self._rows(_PLACES, ids=list(ids))
        if not rows:
            return {}
        vectors = unpack([row["embedding"] for row in rows], len(rows[0]["embedding"]) // 4)
        return {
            PassageId(row["id"]): Place(title=row["title"], url=row["url"], vector=vector)
            for row, vector in zip(rows, vectors, strict=True)
        }

    async def indexable(self, ids: Sequence[PassageId]) -> Sequence[StoredPassage]:
        return _with_vectors(await self._all(self._query().where(passages.c.id.in_(ids))))

    async def unconfirmed(self) -> Sequence[StoredPassage]:
        """Those that the vector index may not have yet."""
        return _with_vectors(await self._rows(_UNCONFIRMED))

    async def all(self) -> Sequence[StoredPassage]:
        return _with_vectors(await self._all(self._query().order_by(passages.c.id)))

    async def added_since(self, brain_version: int) -> Sequence[Passage]:
        query = self._query().where(passages.c.added_in > brain_version)
        return [_passage(row) for row in await self._all(query.order_by(passages.c.id))]

    async def removed_since(self, brain_version: int) -> Sequence[PassageId]:
        rows = await self._all(
            select(passage_removals.c.passage_id).where(
                self._own(passage_removals), passage_removals.c.brain_version > brain_version
            )
        )
        return [PassageId(row["passage_id"]) for row in rows]

    async def count(self) -> int:
        row = await self._one(
            select(func.count().label("n")).select_from(passages).where(self._own(passages))
        )
        assert row is not None
        return int(row["n"])

    def _query(self) -> Select[Any]:
        return _WITH_TITLE.where(self._own(passages))


def _with_vectors(rows: Sequence[Row]) -> Sequence[StoredPassage]:
    if not rows:
        return []
    vectors = unpack([row["embedding"] for row in rows], len(rows[0]["embedding"]) // 4)
    return [
        StoredPassage(passage=_passage(row), vector=vector)
        for row, vector in zip(rows, vectors, strict=True)
    ]
