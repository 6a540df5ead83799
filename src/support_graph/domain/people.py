"""People who sign in, and the links that let them in the first time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from support_graph.domain.ids import MemberId, PersonId, WorkspaceId
from support_graph.domain.workspaces import Member, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """`login` is an e-mail address in lower case; None for one who has only ever had a link."""

    id: PersonId
    name: str
    login: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A person's part in one workspace."""

    workspace_id: WorkspaceId
    workspace_name: str
    member: Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody who is signed in: `at` is the workspace they are in, None without any."""

    person: Person
    memberships: Sequence[Membership]
    at: Membership | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A one-time link: signs in as `member_id`, or lets somebody new in with `role`."""

    workspace_id: WorkspaceId
    role: Role
    member_id: MemberId | None
    created_by: str
    expires_at: datetime
