"""Intents from a backlog: proposed by a job while one goes on working, then taken one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile
from starlette.responses import Response

from support_graph.desk import backlog
from support_graph.domain.errors import ExtraMissing, Invalid
from support_graph.domain.ids import InducedId
from support_graph.domain.inductions import Induced, InducedStatus, Induction, InductionStatus
from support_graph.learning import induction
from support_graph.learning.revise import Author
from support_graph.web.auth import AtDesk
from support_graph.web.pages.csrf import Protected
from support_graph.web.pages.failures import PageRoute
from support_graph.web.pages.flashes import Said
from support_graph.web.pages.rendering import by_htmx, part, redirect
from support_graph.web.pages.typed import plain
from support_graph.web.pages.visitors import AsMember, Member

router = APIRouter(
    prefix="/intents", route_class=PageRoute, include_in_schema=False, dependencies=[Protected]
)

_LONGEST = 1_000_000
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """`unsorted` messages have no intent; `missing` says what to install where nothing can be
    proposed."""

    unsorted: int
    fewest: int
    missing: str | None
    newest: Induction | None
    suggested: Sequence[Induced]

    @property
    def is_running(self) -> bool:
        return self.newest is not None and self.newest.status is InductionStatus.RUNNING

    @property
    def is_open(self) -> bool:
        """Whether there is anything to look at that nobody has dealt with."""
        return self.newest is not None and (bool(self.open) or not self.suggested)

    @property
    def open(self) -> Sequence[Induced]:
        return [one for one in self.suggested if one.status is InducedStatus.OPEN]


async def shown(by: Member) -> Backlog:
    async with by.scope.begin() as tx:
        newest = await tx.inductions.newest()
        return Backlog(
            unsorted=await tx.turns.count_without_intent(),
            fewest=induction.FEWEST,
            missing=_missing(),
            newest=newest,
            suggested=await tx.inductions.suggested(newest.id) if newest else (),
        )


def _missing() -> str | None:
    try:
        induction.check_installed()
    except ExtraMissing as error:
        return f"pip install 'support-graph[{error.extra}]'"
    return None


@router.get("/backlog")
async def get_backlog(request: Request, by: AsMember) -> Response:
    """The piece that a page looks at again while a job runs; by itself it is on the page."""
    if not by_htmx(request):
        return redirect(request, "/intents")
    return part(request, "intents/backlog.html", backlog=await shown(by))


@router.post("/induce")
async def post_induce(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    lines: Annotated[str, Form(max_length=_LONGEST)] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """From the messages that are given, one a line, or from those that have no intent."""
    given = lines
    if file is not None and file.filename:
        given = f"{given}\n{_text(await file.read())}"
    messages = [found for line in given.splitlines() if (found := plain(line))]
    await backlog.start(desk, by.workspace_id, messages or None, by=by.name)
    if not by_htmx(request):
        return redirect(request, "/intents#backlog")
    response = part(request, "intents/backlog.html", backlog=await shown(by))
    response.headers.update({"HX-Retarget": "#backlog", "HX-Reswap": "outerHTML"})
    return response


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(field="file", problem="It must be UTF-8 text, one message a line.") from None


@router.post("/proposed/{induced_id}/accept")
async def post_accept(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    induced_id: InducedId,
    name: Annotated[str, Form(max_length=_LONGEST_NAME)] = "",
    description: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    if not plain(name):
        raise Invalid(field="name", problem="An intent needs a name.")
    made = await backlog.accept(
        desk,
        by.workspace_id,
        induced_id,
        name=plain(name),
        description=plain(description),
        author=Author(name=by.name),
    )
    said = Said(key="intents.backlog.said.accepted", values={"name": made.name})
    return await _decided(request, by, induced_id, said)


@router.post("/proposed/{induced_id}/dismiss")
async def post_dismiss(
    request: Request, desk: AtDesk, by: AsMember, induced_id: InducedId
) -> Response:
    await backlog.dismiss(desk, by.workspace_id, induced_id, author=Author(name=by.name))
    undo = f"/intents/proposed/{induced_id}/again"
    said = Said(key="intents.backlog.said.dismissed", undo=undo)
    return await _decided(request, by, induced_id, said)


@router.post("/proposed/{induced_id}/again")
async def post_again(
    request: Request, desk: AtDesk, by: AsMember, induced_id: InducedId
) -> Response:
    await backlog.take_up(desk, by.workspace_id, induced_id)
    said = Said(key="intents.backlog.said.again")
    return await _decided(request, by, induced_id, said)


async def _decided(request: Request, by: Member, induced_id: InducedId, said: Said) -> Response:
    """Its own row only: names that are being typed beside it are not lost."""
    if not by_htmx(request):
        return redirect(request, "/intents#backlog", said=said)
    async with by.scope.begin() as tx:
        one: Any = await tx.inductions.one(induced_id)
    return part(request, "intents/proposed.html", one=one)
