"""Teammates and keys, as they are shown and made."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from support_graph.domain.workspaces import Role
from support_graph.web.fields import Body, Changes, Instant, Name, Shown


class Member(Shown):
    """`disabled_at` is when somebody was shut out; null for who may sign in."""

    id: UUID
    name: str
    role: Role
    created_at: Instant
    disabled_at: Instant | None


class MemberChanges(Changes):
    role: Role | None = None


class NewInvitation(Body):
    """`member_id` for somebody who is a member already, such as one who is locked out; their role
    stays as it is."""

    role: Role = Role.TEAMMATE
    member_id: UUID | None = None


class Invitation(Shown):
    """`path` opens the dashboard once: put the address of your server before it."""

    path: str
    expires_at: Instant


class Key(Shown):
    """`prefix` is how the secret begins, so that it can be told from others."""

    id: UUID
    role: Role
    name: str
    prefix: str
    member_id: UUID | None
    member_name: str | None
    created_at: Instant
    revoked_at: Instant | None


class KeyWithSecret(Key):
    key: str


class NewKey(Body):
    role: Role
    name: Name
    member: Annotated[
        Name | None,
        Field(description="The teammate the key speaks for; made if there is none of that name."),
    ] = None
