"""Who looks at a page: a person with a session, as a teammate of one workspace."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request

from support_graph.desk import people
from support_graph.desk.decisions import Teammate
from support_graph.domain.ids import MemberId, WorkspaceId
from support_graph.domain.people import Membership, Visitor
from support_graph.domain.workspaces import Role
from support_graph.store.database import Scope
from support_graph.web.auth import AtDesk
from support_graph.web.pages.csrf import SESSION_COOKIE
from support_graph.web.problems import Problem

_SURFACE = "dashboard"
PAGE_OF: Final = "SG-Member"
"""The header by which our scripts say which member the page was made for."""


class SignInNeeded(Exception):
    """Nobody is signed in here."""


class AnotherSignedIn(Exception):
    """The page was made for another member: another person, or the same in another workspace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A visitor in the workspace they are in."""

    visitor: Visitor
    at: Membership
    scope: Scope
    session: str

    @property
    def workspace_id(self) -> WorkspaceId:
        return self.at.workspace_id

    @property
    def id(self) -> MemberId:
        return self.at.member.id

    @property
    def name(self) -> str:
        return self.at.member.name

    @property
    def role(self) -> Role:
        return self.at.member.role

    @property
    def teammate(self) -> Teammate:
        return Teammate(member_id=self.id, name=self.name, surface=_SURFACE)


async def whoever(request: Request, desk: AtDesk) -> Member:
    """Whatever member the page was made for. Raises SignInNeeded."""
    secret = request.cookies.get(SESSION_COOKIE)
    visitor = await people.visitor(desk, secret) if secret else None
    if visitor is None or secret is None:
        raise SignInNeeded
    if visitor.at is None or not visitor.at.member.role.includes(Role.TEAMMATE):
        raise Problem(
            "forbidden", "You are not a teammate in any workspace; ask for an invitation."
        )
    found = Member(
        visitor=visitor,
        at=visitor.at,
        scope=desk.stores.within(visitor.at.workspace_id),
        session=secret,
    )
    request.state.member = found
    return found


async def member(request: Request, by: "AsWhoever") -> Member:
    """Nothing is done in the name of one whom the page was not made for: in another tab somebody
    else may have signed in, or gone to another workspace. Raises SignInNeeded, AnotherSignedIn."""
    if request.headers.get(PAGE_OF, str(by.id)) != str(by.id):
        raise AnotherSignedIn
    return by


async def admin(by: "AsMember") -> Member:
    if not by.role.includes(Role.ADMIN):
        raise Problem("forbidden", "Only admins can open this.")
    return by


AsWhoever = Annotated[Member, Depends(whoever)]
AsMember = Annotated[Member, Depends(member)]
AsAdminMember = Annotated[Member, Depends(admin)]
