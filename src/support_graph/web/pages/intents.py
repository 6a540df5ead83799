"""Intents: what customers want, how far the assistant may go there, and putting them in order."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from support_graph.desk import intent_order, intents
from support_graph.desk.intents import NewIntent
from support_graph.domain.errors import Invalid
from support_graph.domain.ids import IntentId, ResolutionId
from support_graph.domain.workspaces import Mode, Role
from support_graph.learning.revise import Author
from support_graph.web.auth import AtDesk
from support_graph.web.pages import backlog
from support_graph.web.pages.csrf import Protected
from support_graph.web.pages.failures import PageRoute
from support_graph.web.pages.flashes import Said
from support_graph.web.pages.rendering import page, redirect
from support_graph.web.pages.typed import plain
from support_graph.web.pages.visitors import AsAdminMember, AsMember, Member

router = APIRouter(
    prefix="/intents", route_class=PageRoute, include_in_schema=False, dependencies=[Protected]
)

_SHOWN = 200
_LONGEST_NAME = 200
_LEAST, _MOST = 50.0, 99.9
Typed = Annotated[str, Form(max_length=200)]
Long = Annotated[str, Form(max_length=2_000)]
Lines = Annotated[str, Form(max_length=20_000)]


def _name(typed: str) -> str:
    name = plain(typed)
    if not 0 < len(name) <= _LONGEST_NAME:
        raise Invalid(field="name", problem="An intent needs a name.")
    return name


def _author(by: Member) -> Author:
    return Author(name=by.name)


def _is_admin(by: Member) -> bool:
    return by.role.includes(Role.ADMIN)


def _said(key: str, **values: Any) -> Said:
    return Said(key=key, values=values)


@router.get("")
async def get_intents(request: Request, desk: AtDesk, by: AsMember) -> Response:
    listed = await intents.every(desk, by.workspace_id)
    async with by.scope.begin() as tx:
        settings = (await tx.workspace.read()).settings
    return await page(
        request,
        by,
        "intents/page.html",
        place="intents",
        listed=listed,
        backlog=await backlog.shown(by),
        settings=settings,
        modes=list(Mode),
        is_admin=_is_admin(by),
    )


@router.post("")
async def post_intent(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    name: Typed = "",
    description: Long = "",
    examples: Lines = "",
) -> Response:
    """Examples come one a line."""
    new = NewIntent(
        name=_name(name),
        description=plain(description),
        examples=[plain(line) for line in examples.splitlines() if plain(line)],
    )
    (made,) = await intents.create(desk, by.workspace_id, [new], author=_author(by))
    return redirect(request, f"/intents/{made.id}", said=_said("intents.said.created"))


@router.get("/{intent_id}")
async def get_intent(request: Request, desk: AtDesk, by: AsMember, intent_id: IntentId) -> Response:
    shown = await intents.show(desk, by.workspace_id, intent_id)
    async with by.scope.begin() as tx:
        settings = (await tx.workspace.read()).settings
        others = [one for one in await tx.intents.all() if one.id != intent_id]
        held = await tx.resolutions.list(
            intent=shown.intent.name, status=None, pinned=None, cursor=None, limit=_SHOWN
        )
        whole = None
        if shown.intent.merged_into is not None:
            whole = await tx.intents.get(shown.intent.merged_into)
    return await page(
        request,
        by,
        "intents/detail.html",
        place="intents",
        shown=shown,
        settings=settings,
        others=others,
        whole=whole,
        resolutions=held.items,
        modes=list(Mode),
        is_admin=_is_admin(by),
    )


@router.post("/{intent_id}/name")
async def post_name(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    intent_id: IntentId,
    name: Typed = "",
    description: Long = "",
) -> Response:
    values = {"name": _name(name), "description": plain(description)}
    await intents.change(desk, by.workspace_id, intent_id, values, author=_author(by))
    return redirect(request, f"/intents/{intent_id}", said=_said("intents.said.saved"))


@router.post("/{intent_id}/policy")
async def post_policy(
    request: Request,
    desk: AtDesk,
    by: AsAdminMember,
    intent_id: IntentId,
    mode: Typed = "",
    back: Typed = "",
) -> Response:
    """`target` in percent; empty: the workspace's. What is left out stays as it is."""
    if mode not in set(Mode):
        raise Invalid(field="mode", problem=f"There is no mode {mode!r}.")
    values: dict[str, Any] = {"mode": Mode(mode)}
    # Read here, because a field that was left empty says something else than one that is not there.
    target = (await request.form()).get("target")
    if isinstance(target, str):
        values["target_precision"] = _target(target)
    changed = await intents.change(desk, by.workspace_id, intent_id, values, author=_author(by))
    path = "/intents" if back == "list" else f"/intents/{intent_id}"
    return redirect(request, path, said=_said("intents.said.policy", name=changed.name))


def _target(typed: str) -> float | None:
    typed = typed.strip().replace(",", ".")
    if not typed:
        return None
    try:
        percent = float(typed)
    except ValueError:
        percent = 0.0
    if not _LEAST <= percent <= _MOST:
        problem = f"A target is {_LEAST:g} to {_MOST:g} percent, or empty."
        raise Invalid(field="target", problem=problem)
    return round(percent / 100, 8)


@router.post("/{intent_id}/merge")
async def post_merge(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    intent_id: IntentId,
    into: Annotated[UUID, Form()],
) -> Response:
    merged = await intent_order.merge(
        desk,
        by.workspace_id,
        intent_id,
        IntentId(into),
        admin=_is_admin(by),
        author=_author(by),
    )
    said = Said(
        key="intents.said.merged",
        values={"name": merged.name},
        undo=f"/intents/{intent_id}/unmerge",
    )
    return redirect(request, f"/intents/{into}", said=said)


@router.post("/{intent_id}/unmerge")
async def post_unmerge(
    request: Request, desk: AtDesk, by: AsMember, intent_id: IntentId
) -> Response:
    back = await intent_order.unmerge(
        desk, by.workspace_id, intent_id, admin=_is_admin(by), author=_author(by)
    )
    said = _said("intents.said.unmerged", name=back.name)
    return redirect(request, f"/intents/{intent_id}", said=said)


@router.post("/{intent_id}/split")
async def post_split(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    intent_id: IntentId,
    resolutions: Annotated[list[UUID] | None, Form()] = None,
    name: Typed = "",
) -> Response:
    if not resolutions:
        raise Invalid(field="resolutions", problem="Tick what the new intent is to have.")
    made = await intent_order.split(
        desk,
        by.workspace_id,
        intent_id,
        [ResolutionId(one) for one in resolutions],
        _name(name),
        author=_author(by),
    )
    said = _said("intents.said.split", name=made.name)
    return redirect(request, f"/intents/{made.id}", said=said)
