"""Who and what may act in a workspace: members, keys, and one's own account."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from support_graph.desk import keys, members, people
from support_graph.domain.errors import Invalid, SignInRefused, TooManyAttempts
from support_graph.domain.ids import KeyId, MemberId
from support_graph.domain.workspaces import Role
from support_graph.web.auth import AtDesk
from support_graph.web.pages.csrf import Protected
from support_graph.web.pages.failures import PageRoute
from support_graph.web.pages.flashes import Said
from support_graph.web.pages.rendering import page, redirect
from support_graph.web.pages.typed import plain
from support_graph.web.pages.visitors import AsAdminMember, AsMember
from support_graph.web.problems import STATUSES, Problem

router = APIRouter(
    prefix="/settings", route_class=PageRoute, include_in_schema=False, dependencies=[Protected]
)

Typed = Annotated[str, Form(max_length=200)]


def _role(typed: str) -> Role:
    if typed not in set(Role):
        raise Problem("invalid", f"There is no role {typed!r}.")
    return Role(typed)


@router.get("/keys")
async def get_keys(request: Request, by: AsAdminMember) -> Response:
    return await _keys(request, by, secret=None)


async def _keys(request: Request, by: AsAdminMember, *, secret: str | None) -> Response:
    async with by.scope.begin() as tx:
        known = await tx.keys.all()
        teammates = await tx.members.all()
    return await page(
        request,
        by,
        "settings/keys.html",
        place="settings",
        tab="keys",
        keys=known,
        teammates=[one for one in teammates if one.disabled_at is None],
        roles=list(Role),
        secret=secret,
    )


@router.post("/keys")
async def post_key(
    request: Request,
    desk: AtDesk,
    by: AsAdminMember,
    name: Typed = "",
    role: Typed = "",
    teammate: Typed = "",
) -> Response:
    """Answers with the page itself: the secret is on it, once, and nowhere else."""
    made = await keys.create(
        desk,
        by.workspace_id,
        role=_role(role),
        name=plain(name) or f"{role} key",
        member=plain(teammate) or None,
        by=by.teammate,
    )
    return await _keys(request, by, secret=made.secret)


@router.post("/keys/{key_id}/revoke")
async def post_revoke(request: Request, desk: AtDesk, by: AsAdminMember, key_id: KeyId) -> Response:
    await keys.revoke(desk, by.workspace_id, key_id, by=by.teammate)
    return redirect(request, "/settings/keys", said=Said(key="settings.said.revoked"))


@router.get("/members")
async def get_members(request: Request, by: AsAdminMember) -> Response:
    return await _members(request, by, link=None)


async def _members(request: Request, by: AsAdminMember, *, link: str | None) -> Response:
    async with by.scope.begin() as tx:
        known = await tx.members.all()
    return await page(
        request,
        by,
        "settings/members.html",
        place="settings",
        tab="members",
        members=known,
        roles=[Role.TEAMMATE, Role.ADMIN],
        link=link,
        days=people.INVITATION.days,
    )


@router.post("/members/invite")
async def post_invite(
    request: Request, desk: AtDesk, by: AsAdminMember, role: Typed = ""
) -> Response:
    """Answers with the page itself: the link is on it, once."""
    return await _invited(request, desk, by, _role(role), None)


@router.post("/members/{member_id}/invite")
async def post_link(
    request: Request, desk: AtDesk, by: AsAdminMember, member_id: MemberId
) -> Response:
    """For a member who is locked out, or has never signed in."""
    return await _invited(request, desk, by, Role.TEAMMATE, member_id)


async def _invited(
    request: Request, desk: AtDesk, by: AsAdminMember, role: Role, member_id: MemberId | None
) -> Response:
    secret = await people.invite(
        desk,
        by.workspace_id,
        role=role,
        by=by.name,
        member_id=member_id,
        surface=by.teammate.surface,
    )
    at = urlsplit(str(request.base_url))
    return await _members(request, by, link=f"{at.scheme}://{at.netloc}/welcome/{secret}")


@router.post("/members/{member_id}/role")
async def post_role(
    request: Request, desk: AtDesk, by: AsAdminMember, member_id: MemberId, role: Typed = ""
) -> Response:
    changed = await members.set_role(desk, by.workspace_id, member_id, _role(role), by=by.teammate)
    said = Said(key="settings.said.role", values={"name": changed.name})
    # Whoever made themselves a teammate can't see this page any more.
    return redirect(request, "/settings/members" if member_id != by.id else "/settings", said=said)


@router.post("/members/{member_id}/shut-out")
async def post_shut_out(
    request: Request, desk: AtDesk, by: AsAdminMember, member_id: MemberId
) -> Response:
    await members.shut_out(desk, by.workspace_id, member_id, by=by.teammate)
    undo = f"/settings/members/{member_id}/let-in"
    said = Said(key="settings.said.shut_out", undo=undo)
    return redirect(request, "/settings/members", said=said)


@router.post("/members/{member_id}/let-in")
async def post_let_in(
    request: Request, desk: AtDesk, by: AsAdminMember, member_id: MemberId
) -> Response:
    await members.let_in(desk, by.workspace_id, member_id, by=by.teammate)
    return redirect(request, "/settings/members", said=Said(key="settings.said.let_in"))


@router.get("/account")
async def get_account(request: Request, by: AsMember) -> Response:
    return await _account(request, by)


async def _account(
    request: Request, by: AsMember, *, problem: str | None = None, status: int = 200
) -> Response:
    return await page(
        request,
        by,
        "settings/account.html",
        place="settings",
        status=status,
        tab="account",
        problem=problem,
    )


@router.post("/account/password")
async def post_password(
    request: Request, desk: AtDesk, by: AsMember, current: Typed = "", new: Typed = ""
) -> Response:
    source = request.client.host if request.client else "unknown"
    try:
        await people.change_password(desk, by.session, current, new, source=source)
    except (SignInRefused, TooManyAttempts, Invalid) as error:
        status = STATUSES[error.kind][0]
        return await _account(request, by, problem=error.kind, status=status)
    return redirect(request, "/settings/account", said=Said(key="settings.said.password"))
