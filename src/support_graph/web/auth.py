"""Who is asking: a bearer key opens one workspace, in one role."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from support_graph.desk import keys
from support_graph.desk.decisions import Teammate
from support_graph.desk.parts import Desk
from support_graph.domain.ids import MemberId, WorkspaceId
from support_graph.domain.workspaces import Role
from support_graph.learning.revise import Author
from support_graph.web.problems import Problem

_SURFACE: Final = "api"
_LONGEST_KEY: Final = 200

_bearer = HTTPBearer(
    auto_error=False, scheme_name="key", description="A key of the workspace: `Bearer sg_…`"
)


StillKnown = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Whoever a key speaks for; `name` is the teammate's, or the key's own where it has none."""

    workspace_id: WorkspaceId
    role: Role
    name: str
    member_id: MemberId | None

    @property
    def teammate(self) -> Teammate:
        return Teammate(member_id=self.member_id, name=self.name, surface=_SURFACE)

    @property
    def author(self) -> Author:
        return Author(name=self.name)

    @property
    def is_teammate(self) -> bool:
        return self.role.includes(Role.TEAMMATE)


def _desk(request: Request) -> Desk:
    desk = request.app.state.desk
    assert isinstance(desk, Desk)
    return desk


AtDesk = Annotated[Desk, Depends(_desk)]


async def principal(
    desk: AtDesk, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Principal:
    if given is None or len(given.credentials) > _LONGEST_KEY:
        raise _unauthenticated("Send a key of your workspace as `Authorization: Bearer …`.")
    key = await keys.authenticate(desk, given.credentials)
    if key is None:
        raise _unauthenticated("This key is unknown or has been revoked.")
    return Principal(
        workspace_id=key.workspace_id,
        role=key.role,
        name=key.member_name or key.name,
        member_id=key.member_id,
    )


async def _still_known(
    desk: AtDesk, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> StillKnown:
    async def ask() -> bool:
        return given is not None and await keys.authenticate(desk, given.credentials) is not None

    return ask


AsksAgain = Annotated[StillKnown, Depends(_still_known)]
"""For what goes on after the answer has begun: whether the key still opens the door."""


def _unauthenticated(detail: str) -> Problem:
    return Problem("unauthenticated", detail, headers={"WWW-Authenticate": "Bearer"})


def require(role: Role) -> Callable[[Principal], Awaitable[Principal]]:
    """The dependency that lets `role`, and those that include it, pass."""

    async def allowed(by: Annotated[Principal, Depends(principal)]) -> Principal:
        if not by.role.includes(role):
            detail = f"This needs the role {role.value}, and the key has {by.role.value}."
            raise Problem("forbidden", detail, needed=role.value, role=by.role.value)
        return by

    return allowed


AsChannel = Annotated[Principal, Depends(require(Role.CHANNEL))]
AsTeammate = Annotated[Principal, Depends(require(Role.TEAMMATE))]
AsAdmin = Annotated[Principal, Depends(require(Role.ADMIN))]
