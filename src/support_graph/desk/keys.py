"""API keys: made once, shown once, recognised by their digests."""

import hashlib
import secrets
from dataclasses import dataclass

from support_graph.desk.auditing import OPERATOR, note
from support_graph.desk.decisions import Teammate
from support_graph.desk.parts import Desk
from support_graph.domain.audit import AuditNoun
from support_graph.domain.errors import Invalid
from support_graph.domain.ids import KeyId, WorkspaceId
from support_graph.domain.workspaces import Key, Role
from support_graph.store.keys import key_with_digest

_PREFIX = "sg_"
_SHOWN = len(_PREFIX) + 6


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """The only time the secret is seen."""

    key: Key
    secret: str


async def create(
    desk: Desk,
    workspace_id: WorkspaceId,
    *,
    role: Role,
    name: str,
    member: str | None,
    by: Teammate = OPERATOR,
) -> NewKey:
    """A key of `role`; `member` names the teammate it speaks for, who is made if need be.

    Raises Invalid for one who is shut out.
    """
    secret = _PREFIX + secrets.token_urlsafe(32)
    async with desk.stores.within(workspace_id).begin() as tx:
        person = await tx.members.ensure(member, role) if member else None
        if person and person.disabled_at is not None:
            raise Invalid(field="member", problem=f"{person.name} is shut out; let them in first.")
        key = await tx.keys.add(
            role=role,
            name=name,
            prefix=secret[:_SHOWN],
            digest=_digest(secret),
            member_id=person.id if person else None,
        )
        details = {"role": role, "prefix": key.prefix, "member": key.member_name}
        await note(
            tx, by, AuditNoun.KEY, "created", subject_id=key.id, subject=name, details=details
        )
    return NewKey(key=key, secret=secret)


async def revoke(
    desk: Desk, workspace_id: WorkspaceId, key_id: KeyId, *, by: Teammate = OPERATOR
) -> None:
    """From this commit on it opens nothing. Raises NotFound; twice changes nothing."""
    async with desk.stores.within(workspace_id).begin() as tx:
        key = await tx.keys.get(key_id)
        if key.revoked_at is not None:
            return
        await tx.keys.revoke(key_id, desk.clock())
        details = {"role": key.role, "prefix": key.prefix}
        await note(
            tx, by, AuditNoun.KEY, "revoked", subject_id=key_id, subject=key.name, details=details
        )


async def authenticate(desk: Desk, secret: str) -> Key | None:
    """The key, or None when it is unknown or revoked."""
    async with desk.stores.presenting(_digest(secret)) as connection:
        return await key_with_digest(connection, _digest(secret))


def _digest(secret: str) -> bytes:
    """A plain digest is enough: the secret is 256 random bits, so there is nothing to guess."""
    return hashlib.sha256(secret.encode()).digest()
