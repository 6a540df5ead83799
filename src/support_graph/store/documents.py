"""Documents of the Brain, and uploads that are waiting to be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from support_graph.domain.documents import Document, DocumentStatus, Visibility
from support_graph.domain.errors import NotFound
from support_graph.domain.ids import DocumentId, new_id
from support_graph.store.rooms import Page, Room, Row
from support_graph.store.tables import document_uploads, documents


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """Content to be read into a document; None when it is to be fetched from its URL."""

    id: UUID
    document_id: DocumentId
    media_type: str
    filename: str
    title: str
    visibility: Visibility
    content: bytes | None


def _document(row: Row) -> Document:
    return Document(
        id=DocumentId(row["id"]),
        title=row["title"],
        url=row["url"],
        source=row["source"],
        visibility=Visibility(row["visibility"]),
        status=DocumentStatus(row["status"]),
        error=row["error"],
        digest=row["digest"],
        passage_count=row["passage_count"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


class Documents(Room):
    async def ensure(
        self, *, source: str, title: str, url: str | None, visibility: Visibility
    ) -> DocumentId:
        """The document of that source, made if there is none; an existing one keeps its passages
        and is marked as being read."""
        row = await self._one(
            upsert(documents)
            .values(
                workspace_id=self._workspace_id,
                id=new_id(),
                source=source,
                title=title,
                url=url,
                visibility=visibility,
                status=DocumentStatus.PROCESSING,
            )
            .on_conflict_do_update(
                index_elements=["workspace_id", "source"],
                set_={"status": DocumentStatus.PROCESSING, "updated_at": func.clock_timestamp()},
            )
            .returning(documents.c.id)
        )
        assert row is not None
        return DocumentId(row["id"])

    async def upload(
        self,
        *,
        document_id: DocumentId,
        media_type: str,
        filename: str,
        title: str,
        visibility: Visibility,
        content: bytes | None,
    ) -> UUID:
        upload_id = new_id()
        await self._run(
            insert(document_uploads).values(
                workspace_id=self._workspace_id,
                id=upload_id,
                document_id=document_id,
                media_type=media_type,
                filename=filename,
                title=title,
                visibility=visibility,
                content=content,
            )
        )
        return upload_id

    async def get_upload(self, upload_id: UUID) -> Upload | None:
        """None when it has been read already."""
        row = await self._one(
            select(document_uploads).where(
                self._own(document_uploads), document_uploads.c.id == upload_id
            )
        )
        if row is None:
            return None
        content = row["content"]
        return Upload(
            id=row["id"],
            document_id=DocumentId(row["document_id"]),
            media_type=row["media_type"],
            filename=row["filename"],
            title=row["title"],
            visibility=Visibility(row["visibility"]),
            content=bytes(content) if content is not None else None,
        )

    async def done_with_upload(self, upload_id: UUID) -> None:
        await self._run(
            delete(document_uploads).where(
                self._own(document_uploads), document_uploads.c.id == upload_id
            )
        )

    async def finish(
        self,
        document_id: DocumentId,
        *,
        title: str,
        url: str | None,
        visibility: Visibility,
        digest: str,
        passage_count: int,
    ) -> None:
        await self._change(
            document_id,
            title=title,
            url=url,
            visibility=visibility,
            digest=digest,
            passage_count=passage_count,
            status=DocumentStatus.READY,
            error=None,
        )

    async def show_to(self, document_id: DocumentId, visibility: Visibility) -> None:
        """Holds from now on for its passages too, which ask their document."""
        await self._change(document_id, visibility=visibility)

    async def fail(self, document_id: DocumentId, error: str) -> None:
        """What it had been read as before stays in force."""
        await self._change(document_id, status=DocumentStatus.FAILED, error=error)

    async def _change(self, document_id: DocumentId, **values: object) -> None:
        await self._run(
            update(documents)
            .where(self._own(documents), documents.c.id == document_id)
            .values(updated_at=func.clock_timestamp(), **values)
        )

    async def get(self, document_id: DocumentId, *, lock: bool = False) -> Document:
        query = select(documents).where(self._own(documents), documents.c.id == document_id)
        row = await self._one(query.with_for_update(key_share=True) if lock else query)
        if row is None:
            raise NotFound(noun="document", id=document_id)
        return _document(row)

    async def list(
        self, *, cursor: UUID | None, limit: int, status: DocumentStatus | None = None
    ) -> Page[Document]:
        query = select(documents).where(self._own(documents))
        if status is not None:
            query = query.where(documents.c.status == status)
        rows, next_cursor = await self._page(query, documents, cursor=cursor, limit=limit)
        return Page(items=tuple(_document(r) for r in rows), next_cursor=next_cursor)

    async def ids_like(self, part: str) -> Sequence[UUID]:
        return await self._ids_like(documents, part)

    async def counts(self) -> dict[DocumentStatus, int]:
        rows = await self._all(
            select(documents.c.status, func.count().label("n"))
            .where(self._own(documents))
            .group_by(documents.c.status)
        )
        found = {DocumentStatus(row["status"]): int(row["n"]) for row in rows}
        return {status: found.get(status, 0) for status in DocumentStatus}

    async def fingerprint(self) -> str:
        """Another one whenever a list would show something else."""
        row = await self._one(
            select(func.count().label("n"), func.max(documents.c.updated_at).label("last")).where(
                self._own(documents)
            )
        )
        assert row is not None
        return f"{row['n']} {row['last']}"

    async def delete(self, document_id: DocumentId) -> None:
        """Takes its passages and uploads along."""
        await self._run(
            delete(documents).where(self._own(documents), documents.c.id == document_id)
        )
