"""The first steps: what to do next in a new workspace, ticked off by what has happened."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from support_graph.desk import keys, receive
from support_graph.desk.receive import Incoming
from support_graph.domain.errors import Invalid
from support_graph.domain.turns import Turn, TurnStatus
from support_graph.domain.workspaces import Role
from support_graph.store.beginnings import Beginnings
from support_graph.web.auth import AtDesk
from support_graph.web.fields import LONGEST_TEXT, storable
from support_graph.web.pages.csrf import Protected
from support_graph.web.pages.failures import PageRoute
from support_graph.web.pages.flashes import Said
from support_graph.web.pages.once import Once, once_only
from support_graph.web.pages.rendering import page, redirect
from support_graph.web.pages.visitors import AsAdminMember, AsMember, Member

router = APIRouter(
    prefix="/start", route_class=PageRoute, include_in_schema=False, dependencies=[Protected]
)

_CHANNEL = "dashboard"
_PATIENCE_SECONDS = 5.0


async def steps_left(by: Member) -> Beginnings | None:
    """None once all of them are done."""
    async with by.scope.begin() as tx:
        steps = await tx.first_steps.read()
    return steps if steps.left else None


@router.get("")
async def get_start(request: Request, by: AsMember) -> Response:
    return await _shown(request, by)


@router.post("/ask")
async def post_question(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    text: Annotated[str, Form(max_length=LONGEST_TEXT)] = "",
    once: Once = "",
) -> Response:
    """Asks as a customer of the channel "dashboard"; it counts like any other question."""
    if not text.strip():
        raise Invalid(field="text", problem="Write a question first.")
    try:
        storable(text)
    except ValueError as error:
        raise Invalid(field="text", problem=str(error)) from error
    key = once_only(once, text)
    incoming = Incoming(channel=_CHANNEL, text=text.strip(), idempotency_key=key)
    received = await receive.receive(desk, by.workspace_id, incoming)

    async def look() -> Turn | None:
        async with by.scope.begin() as tx:
            turn = await tx.turns.get(received.turn_id)
        return None if turn.status is TurnStatus.PROCESSING else turn

    turn = await desk.listener.until(f"turn:{received.turn_id}", look, seconds=_PATIENCE_SECONDS)
    if turn is None or turn.status is not TurnStatus.ESCALATED:
        key = "start.said.asked" if turn is None else "start.said.answered"
        return redirect(request, "/start", said=Said(key=key))
    said = Said(key="start.said.escalated")
    return redirect(request, f"/inbox/{turn.escalation_id}", said=said)


@router.post("/channel")
async def post_channel(request: Request, desk: AtDesk, by: AsAdminMember) -> Response:
    """Shows the key in the answer itself: it is seen this once and kept nowhere."""
    made = await keys.create(
        desk, by.workspace_id, role=Role.CHANNEL, name="made on the first day", member=None
    )
    return await _shown(request, by, secret=made.secret)


async def _shown(request: Request, by: Member, *, secret: str | None = None) -> Response:
    async with by.scope.begin() as tx:
        steps = await tx.first_steps.read()
    url = str(request.base_url).rstrip("/")
    return await page(
        request, by, "start/page.html", place="start", steps=steps, secret=secret, url=url
    )
