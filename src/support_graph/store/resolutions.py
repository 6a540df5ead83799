"""Resolutions and the append-only log of their revisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert

from support_graph.domain.errors import NotFound
from support_graph.domain.ids import (
    IntentId,
    PhrasingId,
    ResolutionId,
    TurnId,
)
from support_graph.domain.resolutions import (
    Change,
    Content,
    Phrasing,
    Resolution,
    ResolutionStatus,
    Revision,
)
from support_graph.store.embeddings import Vector, pack, unpack
from support_graph.store.intent_names import NAME, current, held, ids_named, with_intent
from support_graph.store.prepared import Prepared, one_of, own
from support_graph.store.rooms import Page, Room, Row
from support_graph.store.tables import (
    resolution_revisions,
    resolution_uses,
    resolutions,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A turn that used a resolution: as the answer, or as a suggestion to a teammate."""

    turn_id: TurnId
    revision: int
    role: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """An answer's vector; only a `usable` resolution is ever given."""

    id: ResolutionId
    usable: bool
    vector: Vector


def dump(content: Content) -> dict[str, Any]:
    return {
        "answer": content.answer,
        "phrasings": [{"id": str(p.id), "text": p.text} for p in content.phrasings],
        "intent_id": str(content.intent_id) if content.intent_id else None,
        "scope": dict(content.scope),
        "status": content.status.value,
        "pinned": content.pinned,
    }


def load(stored: Mapping[str, Any]) -> Content:
    return Content(
        answer=stored["answer"],
        phrasings=tuple(
            Phrasing(id=PhrasingId(UUID(p["id"])), text=p["text"]) for p in stored["phrasings"]
        ),
        intent_id=IntentId(UUID(stored["intent_id"])) if stored["intent_id"] else None,
        scope=stored["scope"],
        status=ResolutionStatus(stored["status"]),
        pinned=stored["pinned"],
    )


def _resolution(row: Row) -> Resolution:
    return Resolution(
        id=ResolutionId(row["id"]),
        revision=row["revision"],
        content=load(row["content"]),
        intent=row["intent"],
        provenance=row["provenance"],
        ok=row["ok"],
        bad=row["bad"],
        duplicate_of=ResolutionId(row["duplicate_of"]) if row["duplicate_of"] else None,
        store_version=row["store_version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def _revision(row: Row) -> Revision:
    return Revision(
        resolution_id=ResolutionId(row["resolution_id"]),
        revision=row["revision"],
        change=Change(row["change"]),
        actor=row["actor"],
        note=row["note"],
        content=load(row["content"]),
        store_version=row["store_version"],
        created_at=row["created_at"],
    )


_ADD = Prepared(
    insert(resolutions),
    columns=(
        "workspace_id",
        "id",
        "revision",
        "answer",
        "answer_embedding",
        "embedding_model",
        "intent_id",
        "scope",
        "status",
        "pinned",
        "provenance",
        "duplicate_of",
        "store_version",
    ),
)
_LOG = Prepared(
    insert(resolution_revisions),
    columns=(
        "workspace_id",
        "resolution_id",
        "revision",
        "change",
        "actor",
        "note",
        "content",
        "store_version",
    ),
)
_LATEST = resolutions.join(
    resolution_revisions,
    (resolution_revisions.c.workspace_id == resolutions.c.workspace_id)
    & (resolution_revisions.c.resolution_id == resolutions.c.id)
    & (resolution_revisions.c.revision == resolutions.c.revision),
)
_HEADS = select(resolutions, resolution_revisions.c.content.label("content"), NAME).select_from(
    with_intent(_LATEST, resolutions)
)
_IS = resolutions.c.id == bindparam("resolution")
_GET = Prepared(_HEADS.where(own(resolutions), _IS))
_AMONG = Prepared(_HEADS.where(own(resolutions), one_of(resolutions.c.id, "ids")))
_CHANGED = Prepared(
    _HEADS.where(own(resolutions), resolutions.c.store_version > bindparam("seen")).order_by(
        resolutions.c.store_version
    )
)
_ANSWERS = Prepared(
    select(resolutions.c.id, resolutions.c.status, resolutions.c.answer_embedding)
    .where(own(resolutions), resolutions.c.store_version > bindparam("seen"))
    .order_by(resolutions.c.id)
)
_HEAD = ("revision", "answer", "intent_id", "scope", "status", "pinned", "store_version")
_MOVING = update(resolutions).where(own(resolutions), _IS).values(updated_at=func.clock_timestamp())
_MOVE = Prepared(_MOVING, columns=_HEAD)
_MOVE_ANSWER = Prepared(_MOVING, columns=(*_HEAD, "answer_embedding"))
_USED = Prepared(
    upsert(resolution_uses).on_conflict_do_nothing(),
    columns=("workspace_id", "resolution_id", "turn_id", "revision", "role"),
)


class Resolutions(Room):
    async def add(
        self,
        *,
        resolution_id: ResolutionId,
        content: Content,
        answer_embedding: Vector,
        embedding_model: str,
        provenance: Mapping[str, Any],
        duplicate_of: ResolutionId | None,
        store_version: int,
    ) -> None:
        """The head of a new log; its first revision is the caller's to `log`."""
        await self._do(
            _ADD,
            id=resolution_id,
            revision=1,
            answer=content.answer,
            answer_embedding=pack(answer_embedding),
            embedding_model=embedding_model,
            intent_id=content.intent_id,
            scope=dict(content.scope),
            status=content.status,
            pinned=content.pinned,
            provenance=dict(provenance),
            duplicate_of=duplicate_of,
            store_version=store_version,
        )

    async def move_head(
        self,
        resolution_id: ResolutionId,
        *,
        revision: int,
        content: Content,
        answer_embedding: Vector | None,
        store_version: int,
    ) -> None:
        """Makes `revision` the head; `answer_embedding` is None when the answer is the same."""
        values: dict[str, Any] = {
            "resolution": resolution_id,
            "revision": revision,
            "answer": content.answer,
            "intent_id": content.intent_id,
            "scope": dict(content.scope),
            "status": content.status,
            "pinned": content.pinned,
            "store_version": store_version,
        }
        if answer_embedding is None:
            await self._do(_MOVE, **values)
        else:
            await self._do(_MOVE_ANSWER, answer_embedding=pack(answer_embedding), **values)

    async def log(
        self,
        resolution_id: ResolutionId,
        *,
        revision: int,
        change: Change,
        actor: str,
        note: str | None,
        content: Content,
        store_version: int,
    ) -> None:
        await self._do(
            _LOG,
            resolution_id=resolution_id,
            revision=revision,
            change=change,
            actor=actor,
            note=note,
            content=dump(content),
            store_version=store_version,
        )

    async def settle_duplicate(self, resolution_id: ResolutionId) -> None:
        """The doubt whether it is another one's duplicate has been decided."""
        await self.doubt(resolution_id, None)

    async def doubt(self, resolution_id: ResolutionId, duplicate_of: ResolutionId | None) -> None:
        await self._run(self._update(resolution_id).values(duplicate_of=duplicate_of))

    def _update(self, resolution_id: ResolutionId) -> Any:
        return update(resolutions).where(self._own(resolutions), resolutions.c.id == resolution_id)

    async def get(self, resolution_id: ResolutionId) -> Resolution:
        """Deleted ones too: they can be read and restored."""
        row = await self._first(_GET, resolution=resolution_id)
        if row is None:
            raise NotFound(noun="resolution", id=resolution_id)
        return _resolution(row)

    async def among(self, ids: Sequence[ResolutionId]) -> dict[ResolutionId, Resolution]:
        rows = await self._rows(_AMONG, ids=list(ids)) if ids else []
        return {ResolutionId(row["id"]): _resolution(row) for row in rows}

    async def list(
        self,
        *,
        intent: str | None,
        status: ResolutionStatus | None,
        pinned: bool | None,
        cursor: UUID | None,
        limit: int,
    ) -> Page[Resolution]:
        query = self._heads()
        if status is None:
            query = query.where(resolutions.c.status != ResolutionStatus.DELETED)
        else:
            query = query.where(resolutions.c.status == status)
        if intent is not None:
            query = query.where(current.c.name == intent)
        if pinned is not None:
            query = query.where(resolutions.c.pinned.is_(pinned))
        rows, next_cursor = await self._page(query, resolutions, cursor=cursor, limit=limit)
        return Page(items=tuple(_resolution(r) for r in rows), next_cursor=next_cursor)

    async def ids_like(self, part: str) -> Sequence[UUID]:
        return await self._ids_like(resolutions, part)

    async def answers_since(self, store_version: int) -> Sequence[StoredAnswer]:
        """The answers of every head that moved after `store_version`, in the order they were made
        in."""
        rows = await self._rows(_ANSWERS, seen=store_version)
        return [
            StoredAnswer(
                id=ResolutionId(row["id"]),
                usable=row["status"] == ResolutionStatus.ACTIVE,
                vector=unpack([row["answer_embedding"]], len(row["answer_embedding"]) // 4)[0],
            )
            for row in rows
        ]

    async def changed_since(self, store_version: int) -> Sequence[Resolution]:
        """Every head that moved after `store_version`, in the order of the changes."""
        rows = await self._rows(_CHANGED, seen=store_version)
        return [_resolution(row) for row in rows]

    async def revisions(self, resolution_id: ResolutionId) -> Sequence[Revision]:
        """The whole log, newest first."""
        rows = await self._all(
            select(resolution_revisions)
            .where(
                self._own(resolution_revisions),
                resolution_revisions.c.resolution_id == resolution_id,
            )
            .order_by(resolution_revisions.c.revision.desc())
        )
        return [_revision(row) for row in rows]

    async def revision(self, resolution_id: ResolutionId, revision: int) -> Revision:
        row = await self._one(
            select(resolution_revisions).where(
                self._own(resolution_revisions),
                resolution_revisions.c.resolution_id == resolution_id,
                resolution_revisions.c.revision == revision,
            )
        )
        if row is None:
            raise NotFound(noun="revision", id=f"{revision} of resolution {resolution_id}")
        return _revision(row)

    async def as_of(
        self,
        moment: datetime,
        *,
        limit: int,
        intent: str | None = None,
        status: ResolutionStatus | None = None,
        pinned: bool | None = None,
        cursor: UUID | None = None,
    ) -> Sequence[Revision]:
        """What was in force at `moment`: each log's last revision by then, but no deleted ones.

        Newest resolutions first; the filters and the cursor are those of `list`.
        """
        last = (
            select(resolution_revisions)
            .ext(distinct_on(resolution_revisions.c.resolution_id))
            .where(self._own(resolution_revisions), resolution_revisions.c.created_at <= moment)
            .order_by(resolution_revisions.c.resolution_id, resolution_revisions.c.revision.desc())
            .subquery()
        )
        content = last.c.content
        query = select(last)
        if status is None:
            query = query.where(content["status"].astext != ResolutionStatus.DELETED)
        else:
            query = query.where(content["status"].astext == status)
        if intent is not None:
            named = ids_named(intent, own=held.c.workspace_id == self._workspace_id)
            query = query.where(content["intent_id"].astext.cast(Uuid).in_(named))
        if pinned is not None:
            query = query.where(content["pinned"].as_boolean().is_(pinned))
        if cursor is not None:
            query = query.where(last.c.resolution_id < cursor)
        rows = await self._all(query.order_by(last.c.resolution_id.desc()).limit(limit))
        return [_revision(row) for row in rows]

    async def used(
        self, resolution_id: ResolutionId, *, turn_id: TurnId, revision: int, role: str
    ) -> None:
        await self._do(
            _USED, resolution_id=resolution_id, turn_id=turn_id, revision=revision, role=role
        )

    async def usage(self, resolution_id: ResolutionId, *, limit: int = 500) -> Sequence[Use]:
        rows = await self._all(
            select(resolution_uses)
            .where(self._own(resolution_uses), resolution_uses.c.resolution_id == resolution_id)
            .order_by(resolution_uses.c.created_at.desc())
            .limit(limit)
        )
        return [
            Use(
                turn_id=TurnId(r["turn_id"]),
                revision=r["revision"],
                role=r["role"],
                created_at=r["created_at"],
            )
            for r in rows
        ]

    def _heads(self) -> Select[Any]:
        return _HEADS.where(self._own(resolutions))
