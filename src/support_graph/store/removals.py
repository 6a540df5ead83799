"""Documents that were removed: out of every table that is read, and kept whole until purged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, delete, select, text

from support_graph.domain.documents import Removed
from support_graph.domain.errors import NotFound
from support_graph.domain.ids import DocumentId, PassageId
from support_graph.store.rooms import Page, Room, Row
from support_graph.store.tables import passage_removals, removed_documents

_PASSAGES, _UPLOADS = "passages", "document_uploads"

# Whole rows, so that what comes back is what was there, embeddings included.
_KEEP_DOCUMENT = text("""
    INSERT INTO removed_documents
        (workspace_id, id, source, title, passage_count, removed_by, removed_at, kept)
    SELECT d.workspace_id, d.id, d.source, d.title, d.passage_count, :removed_by, :now, to_jsonb(d)
    FROM documents d WHERE d.workspace_id = :workspace_id AND d.id = :document_id
""")
_KEEP: Final = {
    table: text(f"""
        INSERT INTO removed_rows (workspace_id, id, document_id, of_table, kept)
        SELECT r.workspace_id, r.id, r.document_id, '{table}', to_jsonb(r)
        FROM {table} r WHERE r.workspace_id = :workspace_id AND r.document_id = :document_id
    """)  # noqa: S608 - nothing but constants
    for table in (_PASSAGES, _UPLOADS)
}
_BACK_DOCUMENT = text("""
    INSERT INTO documents
    SELECT d.* FROM removed_documents k, jsonb_populate_record(NULL::documents, k.kept) d
    WHERE k.workspace_id = :workspace_id AND k.id = :document_id
    ON CONFLICT (workspace_id, source) DO NOTHING
""")
_BACK: Final = {
    _PASSAGES: text("""
        INSERT INTO passages
        SELECT p.* FROM removed_rows k, jsonb_populate_record(
            NULL::passages, k.kept || jsonb_build_object('added_in', CAST(:version AS bigint))
        ) p
        WHERE k.workspace_id = :workspace_id AND k.document_id = :document_id
        AND k.of_table = 'passages'
        RETURNING id
    """),
    _UPLOADS: text("""
        INSERT INTO document_uploads
        SELECT u.* FROM removed_rows k, jsonb_populate_record(NULL::document_uploads, k.kept) u
        WHERE k.workspace_id = :workspace_id AND k.document_id = :document_id
        AND k.of_table = 'document_uploads'
        RETURNING id
    """),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """What came back with a document: its passages, and what was still to be read into it."""

    passages: Sequence[PassageId]
    uploads: Sequence[UUID]


def _removed(row: Row) -> Removed:
    return Removed(
        id=DocumentId(row["id"]),
        source=row["source"],
        title=row["title"],
        passage_count=row["passage_count"],
        removed_by=row["removed_by"],
        removed_at=row["removed_at"],
    )


class Removals(Room):
    async def keep(self, document_id: DocumentId, *, by: str, now: datetime) -> None:
        """Copies a document with all that is its own; the caller then deletes it."""
        own = {"workspace_id": self._workspace_id, "document_id": document_id}
        await self._run(_KEEP_DOCUMENT.bindparams(**own, removed_by=by, now=now))
        for statement in _KEEP.values():
            await self._run(statement.bindparams(**own))

    async def bring_back(self, document_id: DocumentId, *, brain_version: int) -> Back | None:
        """As it was; None where another one of its source has taken its place.

        Whoever reads the Brain forward finds its passages as new ones of this version.
        """
        own = {"workspace_id": self._workspace_id, "document_id": document_id}
        if not await self._run(_BACK_DOCUMENT.bindparams(**own)):
            return None
        found = await self._all(_BACK[_PASSAGES].bindparams(**own, version=brain_version))
        passages = [PassageId(row["id"]) for row in found]
        uploads = [UUID(str(r["id"])) for r in await self._all(_BACK[_UPLOADS].bindparams(**own))]
        await self._run(
            delete(passage_removals).where(
                self._own(passage_removals), passage_removals.c.passage_id.in_(passages)
            )
        )
        await self.forget(document_id)
        return Back(passages=passages, uploads=uploads)

    async def get(self, document_id: DocumentId, *, lock: bool = False) -> Removed:
        query = self._query().where(removed_documents.c.id == document_id)
        row = await self._one(query.with_for_update(key_share=True) if lock else query)
        if row is None:
            raise NotFound(noun="removed document", id=document_id)
        return _removed(row)

    async def list(self, *, cursor: UUID | None, limit: int) -> Page[Removed]:
        rows, following = await self._page(
            self._query(), removed_documents, cursor=cursor, limit=limit
        )
        return Page(items=tuple(_removed(row) for row in rows), next_cursor=following)

    async def ids_like(self, part: str) -> Sequence[UUID]:
        return await self._ids_like(removed_documents, part)

    async def newest(self, limit: int) -> Sequence[Removed]:
        query = self._query().order_by(removed_documents.c.removed_at.desc()).limit(limit)
        return [_removed(row) for row in await self._all(query)]

    async def among(self, ids: Sequence[UUID]) -> set[UUID]:
        """Those of `ids` that can still be brought back."""
        rows = await self._all(self._query().where(removed_documents.c.id.in_(ids)))
        return {row["id"] for row in rows}

    async def forget(self, document_id: DocumentId) -> None:
        await self._run(
            delete(removed_documents).where(
                self._own(removed_documents), removed_documents.c.id == document_id
            )
        )

    async def purge(self, *, before: datetime) -> int:
        """How many were removed longer ago than that, and are now gone for good."""
        return await self._run(
            delete(removed_documents).where(
                self._own(removed_documents), removed_documents.c.removed_at < before
            )
        )

    def _query(self) -> Select[Any]:
        columns = [c for c in removed_documents.c if c.name != "kept"]
        return select(*columns).where(self._own(removed_documents))
