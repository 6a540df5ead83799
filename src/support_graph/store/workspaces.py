"""Workspaces and their members."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, bindparam, func, insert, select, text, true, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from support_graph.domain.errors import NameTaken, NotFound
from support_graph.domain.ids import ConversationId, MemberId, PersonId, TurnId, WorkspaceId, new_id
from support_graph.domain.workspaces import Member, Mode, Role, Workspace, WorkspaceSettings
from support_graph.store.events import NOTIFY_CHANNEL, payload
from support_graph.store.outbox import QUARANTINED
from support_graph.store.prepared import Prepared
from support_graph.store.rooms import Room, Row, serialise
from support_graph.store.tables import (
    index_outbox,
    indexes,
    links,
    members,
    people,
    turns,
    workspaces,
)
from support_graph.store.vitals import Vitals

STORE = "store_version"
"""The version of what was learned, and what is told when there is a new one."""


def settings_from(stored: dict[str, Any]) -> WorkspaceSettings:
    """Only what a workspace has set is stored, so a better default reaches everybody else."""
    known = {f.name for f in fields(WorkspaceSettings)}
    given = {name: value for name, value in stored.items() if name in known}
    if "mode" in given:
        given["mode"] = Mode(given["mode"])
    return WorkspaceSettings(**given)


def _workspace(row: Row) -> Workspace:
    return Workspace(
        id=WorkspaceId(row["id"]),
        name=row["name"],
        created_at=row["created_at"],
        settings=settings_from(row["settings"]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Abandoned:
    """A turn that nobody works on: to be run (`run_turn`) or resumed (`resume_turn`)."""

    workspace_id: WorkspaceId
    conversation_id: ConversationId
    turn_id: TurnId
    task: str


_ABANDONED = text("""
    WITH undone AS (
        SELECT workspace_id, conversation_id, id AS turn_id, 'run_turn' AS task
        FROM turns
        WHERE status = 'processing' AND created_at < now() - make_interval(secs => :seconds)
        UNION ALL
        SELECT d.workspace_id, t.conversation_id, d.turn_id, 'resume_turn'
        FROM decisions d
        JOIN turns t ON t.workspace_id = d.workspace_id AND t.id = d.turn_id
        WHERE d.learned_at IS NULL AND d.created_at < now() - make_interval(secs => :seconds)
    )
    SELECT undone.* FROM undone
    WHERE NOT EXISTS (
        SELECT 1 FROM procrastinate_jobs j
        WHERE j.status IN ('todo', 'doing') AND j.task_name = undone.task
        AND j.args ->> 'turn_id' = undone.turn_id::text
    )
    LIMIT 1000
""")


class Workspaces:
    """All workspaces, and the unfinished work in them; for the operator's role only."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def create(self, name: str) -> Workspace:
        """Raises NameTaken."""
        statement = insert(workspaces).values(id=new_id(), name=name).returning(workspaces)
        try:
            row = (await self._connection.execute(statement)).mappings().one()
        except IntegrityError as error:
            raise NameTaken(noun="workspace", name=name) from error
        return _workspace(row)

    async def named(self, name: str) -> Workspace:
        query = select(workspaces).where(workspaces.c.name == name)
        row = (await self._connection.execute(query)).mappings().first()
        if row is None:
            raise NotFound(noun="workspace", id=name)
        return _workspace(row)

    async def all(self) -> Sequence[Workspace]:
        query = select(workspaces).order_by(workspaces.c.id)
        return [_workspace(row) for row in (await self._connection.execute(query)).mappings()]

    async def busiest(self, limit: int) -> Sequence[WorkspaceId]:
        """Those in which something was asked last, the latest first."""
        latest = (
            select(turns.c.created_at)
            .where(turns.c.workspace_id == workspaces.c.id)
            .order_by(turns.c.created_at.desc())
            .limit(1)
            .lateral("latest")
        )
        query = (
            select(workspaces.c.id)
            .join(latest, true())
            .order_by(latest.c.created_at.desc())
            .limit(limit)
        )
        return list(await self._connection.scalars(query))

    async def abandoned(self, *, seconds: float) -> Sequence[Abandoned]:
        """Work that was acknowledged `seconds` ago or earlier, is not done, and has no job.

        Jobs are made with the rows they are about, so there is one until it has failed for good.
        """
        rows = await self._connection.execute(_ABANDONED, {"seconds": seconds})
        return [Abandoned(**row) for row in rows.mappings()]

    async def anybody_signs_in(self) -> bool:
        """Whether there is a person yet, in whatever workspace."""
        found = await self._connection.execute(select(people.c.id).limit(1))
        return found.first() is not None

    @property
    def vitals(self) -> Vitals:
        return Vitals(self._connection)

    async def undiscovered(self) -> Sequence[WorkspaceId]:
        """Workspaces in which something was learned since it was looked at where answers hold."""
        query = select(workspaces.c.id).where(
            workspaces.c.store_version > workspaces.c.discovered_version
        )
        return [WorkspaceId(row.id) for row in await self._connection.execute(query)]

    async def waiting_for_index(
        self, model: str, *, seconds: float
    ) -> Sequence[tuple[WorkspaceId, str]]:
        """Workspaces and kinds whose changes the vector index has not confirmed, or whose index of
        this embedding model was found damaged `seconds` ago or earlier."""
        before = func.clock_timestamp() - timedelta(seconds=seconds)
        damaged = select(indexes.c.workspace_id, indexes.c.kind).where(
            indexes.c.embedding_model == model,
            indexes.c.status == QUARANTINED,
            indexes.c.updated_at <= before,
        )
        query = select(index_outbox.c.workspace_id, index_outbox.c.kind).union(damaged)
        return [(WorkspaceId(w), kind) for w, kind in await self._connection.execute(query)]


_IS_OWN = workspaces.c.id == bindparam("own_workspace")
_READ = Prepared(select(workspaces).where(_IS_OWN))
_VERSIONS = Prepared(
    select(
        workspaces.c.store_version, workspaces.c.brain_version, workspaces.c.discovered_version
    ).where(_IS_OWN)
)
_DISCOVERED = Prepared(update(workspaces).where(_IS_OWN), columns=("discovered_version",))
_NOTIFY = func.pg_notify(bindparam("channel", type_=String), bindparam("payload", type_=String))
_NEXT = {
    name: Prepared(
        update(workspaces)
        .where(_IS_OWN)
        .values({name: workspaces.c[name] + 1})
        .returning(workspaces.c[name], _NOTIFY)
    )
    for name in ("store_version", "brain_version")
}


class WorkspaceSelf(Room):
    """The workspace a transaction is in."""

    _taken: int | None = None
    _store_is_locked = False

    async def read(self) -> Workspace:
        row = await self._first(_READ)
        if row is None:
            raise NotFound(noun="workspace", id=self._workspace_id)
        return _workspace(row)

    async def set(self, settings: WorkspaceSettings) -> None:
        changed = {
            name: value
            for name, value in asdict(settings).items()
            if value != getattr(WorkspaceSettings(), name)
        }
        await self._run(
            update(workspaces).where(workspaces.c.id == self._workspace_id).values(settings=changed)
        )

    async def store_version(self) -> int:
        return await self._version("store_version")

    async def brain_version(self) -> int:
        return await self._version("brain_version")

    async def lock_store(self) -> None:
        """Waits until nobody else writes the resolution store, track records included.

        It comes before any row of the store, or two writers could wait for each other for ever:
        one for a row, the other for the next version. Again is harmless.
        """
        if not self._store_is_locked:
            await serialise(self._driver, self._workspace_id, "store")
            self._store_is_locked = True

    async def next_store_version(self) -> int:
        """For who has locked the store. At the commit, whoever waits for `STORE` is woken."""
        assert self._store_is_locked, "the store is to be locked before anything of it is"
        self._taken = await self._next(STORE)
        return self._taken

    async def own_store_version(self) -> int:
        """The last one that this transaction took, or the next one."""
        return self._taken or await self.next_store_version()

    async def next_brain_version(self) -> int:
        return await self._next("brain_version")

    async def discovered_version(self) -> int:
        """Up to which store version it was looked at where answers hold."""
        return await self._version("discovered_version")

    async def set_discovered_version(self, version: int) -> None:
        await self._do(_DISCOVERED, discovered_version=version)

    async def _version(self, name: str) -> int:
        row = await self._first(_VERSIONS)
        if row is None:
            raise NotFound(noun="workspace", id=self._workspace_id)
        return int(row[name])

    async def _next(self, name: str) -> int:
        told = payload(self._workspace_id, name)
        row = await self._first(_NEXT[name], channel=NOTIFY_CHANNEL, payload=told)
        if row is None:
            raise NotFound(noun="workspace", id=self._workspace_id)
        return int(row[name])


def _member(row: Row) -> Member:
    return Member(
        id=MemberId(row["id"]),
        name=row["name"],
        role=Role(row["role"]),
        created_at=row["created_at"],
        signs_in=row["person_id"] is not None,
        disabled_at=row["disabled_at"],
    )


class Members(Room):
    async def ensure(self, name: str, role: Role) -> Member:
        """The member of that name, made if there is none; an existing one keeps its role."""
        row = await self._one(
            upsert(members)
            .values(workspace_id=self._workspace_id, id=new_id(), name=name, role=role)
            .on_conflict_do_update(index_elements=["workspace_id", "name"], set_={"name": name})
            .returning(members)
        )
        assert row is not None
        return _member(row)

    async def add(self, name: str, role: Role, person_id: PersonId | None) -> Member:
        """A new one. Raises NameTaken, so that nobody gets into somebody else's place."""
        row = await self._one(
            upsert(members)
            .values(
                workspace_id=self._workspace_id,
                id=new_id(),
                name=name,
                role=role,
                person_id=person_id,
            )
            .on_conflict_do_nothing()
            .returning(members)
        )
        if row is None:
            raise NameTaken(noun="teammate", name=name)
        return _member(row)

    async def belong_to(self, member_id: MemberId, person_id: PersonId) -> None:
        """From now on this person signs in as that member."""
        await self._run(
            update(members)
            .where(self._own(members), members.c.id == member_id)
            .values(person_id=person_id)
        )

    async def set_role(self, member_id: MemberId, role: Role) -> None:
        await self._run(
            update(members).where(self._own(members), members.c.id == member_id).values(role=role)
        )

    async def shut_out(self, member_id: MemberId, now: datetime | None) -> None:
        """From this commit on; None lets them in again. Their unused links open nothing."""
        if now is not None:  # the links first, as who uses one
            await self._run(
                update(links)
                .where(self._own(links), links.c.member_id == member_id, links.c.used_at.is_(None))
                .values(used_at=now)
            )
        await self._run(
            update(members)
            .where(self._own(members), members.c.id == member_id)
            .values(disabled_at=now)
        )

    async def person_of(self, member_id: MemberId) -> PersonId | None:
        row = await self._one(
            select(members.c.person_id).where(self._own(members), members.c.id == member_id)
        )
        return PersonId(row["person_id"]) if row and row["person_id"] else None

    async def invite(
        self,
        *,
        digest: bytes,
        role: Role,
        member_id: MemberId | None,
        created_by: str,
        expires_at: datetime,
    ) -> None:
        """A one-time link that lets somebody in."""
        await self._run(
            insert(links).values(
                workspace_id=self._workspace_id,
                id=new_id(),
                digest=digest,
                role=role,
                member_id=member_id,
                created_by=created_by,
                expires_at=expires_at,
            )
        )

    async def get(self, member_id: MemberId) -> Member:
        row = await self._one(select(members).where(self._own(members), members.c.id == member_id))
        if row is None:
            raise NotFound(noun="teammate", id=member_id)
        return _member(row)

    async def all(self) -> Sequence[Member]:
        query = select(members).where(self._own(members)).order_by(members.c.id)
        return [_member(row) for row in await self._all(query)]
