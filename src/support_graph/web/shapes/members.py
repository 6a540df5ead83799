"""Teammates and keys, as they are shown and made."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from support_graph.domain.workspaces import Role
from support_graph.web.fields import Body, Instant, Name, Shown


class Member(Shown):
    id: UUID
    name: str
    role: Role
    created_at: Instant


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
