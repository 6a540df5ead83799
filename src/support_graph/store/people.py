"""People at the door: who signs in, with what, and until when.

All of this is in no workspace. Row-level security shows only what has been presented: the login
that was typed, the digest of a session or link, and, from then on, the person one is.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from support_graph.domain.errors import NameTaken
from support_graph.domain.ids import MemberId, PersonId, WorkspaceId
from support_graph.domain.people import Link, Membership, Person
from support_graph.domain.workspaces import Member, Role
from support_graph.store.rooms import Row
from support_graph.store.tables import (
    links,
    members,
    people,
    sessions,
    sign_in_attempts,
    workspaces,
)

_SET = text("SELECT set_config(:name, :value, true)")


def _person(row: Row) -> Person:
    return Person(id=PersonId(row["id"]), name=row["name"], login=row["login"])


class Door:
    """One transaction in which somebody shows who they are."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def present(self, digest: bytes) -> None:
        """A session's, a link's, or that of an attempt's subject; one at a time."""
        await self._set("app.presented", digest.hex())

    async def be(self, person_id: PersonId) -> None:
        """From here on this transaction is that person's."""
        await self._set("app.person_id", str(person_id))

    async def enter(self, workspace_id: WorkspaceId) -> None:
        await self._set("app.workspace_id", str(workspace_id))

    @property
    def connection(self) -> AsyncConnection:
        return self._connection

    async def named(self, login: str) -> tuple[Person, str | None] | None:
        """Who has this login, and the hash of their password."""
        await self._set("app.login", login)
        query = select(people).where(people.c.login == login)
        row = (await self._connection.execute(query)).mappings().first()
        return (_person(row), row["password_hash"]) if row else None

    async def add(self, person: Person, password_hash: str | None) -> None:
        """Raises NameTaken for a login that somebody has."""
        await self.be(person.id)
        new = insert(people).values(
            id=person.id, name=person.name, login=person.login, password_hash=password_hash
        )
        try:
            await self._connection.execute(new)
        except IntegrityError as error:
            raise NameTaken(noun="person", name=person.login or person.name) from error

    async def rehash(self, person_id: PersonId, password_hash: str) -> None:
        await self._connection.execute(
            update(people).where(people.c.id == person_id).values(password_hash=password_hash)
        )

    async def attempts(self, subject: bytes, since: datetime) -> int:
        """How often this subject tried since then; what is older is forgotten."""
        await self.present(subject)
        own = sign_in_attempts.c.subject == subject
        await self._connection.execute(
            delete(sign_in_attempts).where(own, sign_in_attempts.c.created_at < since)
        )
        query = select(func.count()).select_from(sign_in_attempts).where(own)
        return int((await self._connection.execute(query)).scalar_one())

    async def attempt(self, subject: bytes) -> None:
        await self.present(subject)
        await self._connection.execute(insert(sign_in_attempts).values(subject=subject))

    async def forget_attempts(self, subject: bytes) -> None:
        await self.present(subject)
        await self._connection.execute(
            delete(sign_in_attempts).where(sign_in_attempts.c.subject == subject)
        )

    async def begin_session(
        self, person_id: PersonId, digest: bytes, at: WorkspaceId | None, expires_at: datetime
    ) -> None:
        await self.be(person_id)
        await self._connection.execute(
            insert(sessions).values(
                digest=digest, person_id=person_id, at_workspace=at, expires_at=expires_at
            )
        )

    async def session(
        self, digest: bytes, now: datetime
    ) -> tuple[Person, WorkspaceId | None] | None:
        """Whose session this is, and where they are; then the transaction is theirs."""
        await self.present(digest)
        live = (sessions.c.revoked_at.is_(None), sessions.c.expires_at > now)
        query = select(sessions).where(sessions.c.digest == digest, *live)
        row = (await self._connection.execute(query)).mappings().first()
        if row is None:
            return None
        await self.be(PersonId(row["person_id"]))
        own = select(people).where(people.c.id == row["person_id"])
        person = _person((await self._connection.execute(own)).mappings().one())
        return person, WorkspaceId(row["at_workspace"]) if row["at_workspace"] else None

    async def move(self, digest: bytes, at: WorkspaceId) -> None:
        await self._connection.execute(
            update(sessions).where(sessions.c.digest == digest).values(at_workspace=at)
        )

    async def end_sessions(
        self,
        person_id: PersonId,
        now: datetime,
        *,
        digest: bytes | None = None,
        but: bytes | None = None,
    ) -> None:
        """This one, or all of the person's, or all but one."""
        ended = update(sessions).where(
            sessions.c.person_id == person_id, sessions.c.revoked_at.is_(None)
        )
        if digest is not None:
            ended = ended.where(sessions.c.digest == digest)
        if but is not None:
            ended = ended.where(sessions.c.digest != but)
        await self._connection.execute(ended.values(revoked_at=now))

    async def memberships(self, person_id: PersonId) -> Sequence[Membership]:
        query = (
            select(members, workspaces.c.name.label("workspace_name"))
            .join(workspaces, workspaces.c.id == members.c.workspace_id)
            .where(members.c.person_id == person_id, members.c.disabled_at.is_(None))
            .order_by(workspaces.c.name)
        )
        rows = (await self._connection.execute(query)).mappings()
        return [
            Membership(
                workspace_id=WorkspaceId(row["workspace_id"]),
                workspace_name=row["workspace_name"],
                member=Member(
                    id=MemberId(row["id"]),
                    name=row["name"],
                    role=Role(row["role"]),
                    created_at=row["created_at"],
                ),
            )
            for row in rows
        ]

    async def link(self, digest: bytes, now: datetime) -> Link | None:
        """The unused link of that digest."""
        await self.present(digest)
        query = select(links).where(
            links.c.digest == digest, links.c.used_at.is_(None), links.c.expires_at > now
        )
        row = (await self._connection.execute(query)).mappings().first()
        if row is None:
            return None
        return Link(
            workspace_id=WorkspaceId(row["workspace_id"]),
            role=Role(row["role"]),
            member_id=MemberId(row["member_id"]) if row["member_id"] else None,
            created_by=row["created_by"],
            expires_at=row["expires_at"],
        )

    async def spend(self, digest: bytes, now: datetime) -> bool:
        """Whether this was the one use of the link; its workspace has been entered."""
        used = (
            update(links)
            .where(links.c.digest == digest, links.c.used_at.is_(None), links.c.expires_at > now)
            .values(used_at=now)
            .returning(links.c.id)
        )
        return (await self._connection.execute(used)).first() is not None

    async def _set(self, name: str, value: str) -> None:
        await self._connection.execute(_SET, {"name": name, "value": value})
