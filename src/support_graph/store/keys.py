"""API keys: only their digests are stored."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from support_graph.domain.errors import NotFound
from support_graph.domain.ids import KeyId, MemberId, WorkspaceId, new_id
from support_graph.domain.workspaces import Key, Role
from support_graph.store.rooms import Room, Row
from support_graph.store.tables import keys, members


def _with_member() -> Select[tuple[object, ...]]:
    joined = keys.outerjoin(
        members,
        (members.c.workspace_id == keys.c.workspace_id) & (members.c.id == keys.c.member_id),
    )
    return select(keys, members.c.name.label("member_name")).select_from(joined)


def _key(row: Row) -> Key:
    return Key(
        id=KeyId(row["id"]),
        workspace_id=WorkspaceId(row["workspace_id"]),
        role=Role(row["role"]),
        name=row["name"],
        prefix=row["prefix"],
        member_id=MemberId(row["member_id"]) if row["member_id"] else None,
        member_name=row["member_name"],
        created_at=row["created_at"],
        revoked_at=row["revoked_at"],
    )


async def key_with_digest(connection: AsyncConnection, digest: bytes) -> Key | None:
    """The unrevoked key of that digest, as `Stores.presenting` lets it be seen.

    A valid key opens its workspace, so from there on the transaction is in it: the name of the
    teammate it speaks for can be read.
    """
    query = select(keys).where(keys.c.digest == digest, keys.c.revoked_at.is_(None))
    row = (await connection.execute(query)).mappings().first()
    if row is None:
        return None
    name = None
    if row["member_id"] is not None:
        opened = ("app.workspace_id", str(row["workspace_id"]))
        await connection.exec_driver_sql("SELECT set_config(%s, %s, true)", opened)
        named = select(members.c.name).where(
            members.c.workspace_id == row["workspace_id"], members.c.id == row["member_id"]
        )
        name = (await connection.execute(named)).scalar_one()
    return _key({**row, "member_name": name})


class Keys(Room):
    async def add(
        self, *, role: Role, name: str, prefix: str, digest: bytes, member_id: MemberId | None
    ) -> Key:
        key_id = new_id()
        await self._run(
            insert(keys).values(
                workspace_id=self._workspace_id,
                id=key_id,
                role=role,
                name=name,
                prefix=prefix,
                digest=digest,
                member_id=member_id,
            )
        )
        row = await self._one(_with_member().where(self._own(keys), keys.c.id == key_id))
        assert row is not None
        return _key(row)

    async def all(self) -> Sequence[Key]:
        query = _with_member().where(self._own(keys)).order_by(keys.c.id)
        return [_key(row) for row in await self._all(query)]

    async def ids_like(self, part: str) -> Sequence[UUID]:
        return await self._ids_like(keys, part)

    async def revoke_of(self, member_id: MemberId, now: datetime) -> int:
        """All that speak for this member; how many there were."""
        return await self._run(
            update(keys)
            .where(self._own(keys), keys.c.member_id == member_id, keys.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )

    async def get(self, key_id: KeyId) -> Key:
        row = await self._one(_with_member().where(self._own(keys), keys.c.id == key_id))
        if row is None:
            raise NotFound(noun="key", id=key_id)
        return _key(row)

    async def revoke(self, key_id: KeyId, now: datetime) -> None:
        """Raises NotFound; revoking twice changes nothing."""
        known = await self._one(select(keys.c.id).where(self._own(keys), keys.c.id == key_id))
        if known is None:
            raise NotFound(noun="key", id=key_id)
        await self._run(
            update(keys)
            .where(self._own(keys), keys.c.id == key_id, keys.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )
