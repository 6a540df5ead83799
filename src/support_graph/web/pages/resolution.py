"""One resolution: read it, put it right, and see where it came from and what it did."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request
from pydantic import ValidationError
from starlette.responses import Response

from support_graph.desk import resolutions
from support_graph.desk.parts import Desk
from support_graph.desk.resolutions import Edit
from support_graph.domain.errors import Invalid, StaleRevision
from support_graph.domain.ids import PhrasingId, ResolutionId
from support_graph.domain.resolutions import Resolution, ResolutionStatus
from support_graph.learning.revise import Author
from support_graph.web.auth import AtDesk
from support_graph.web.fields import LONGEST_TEXT
from support_graph.web.pages.csrf import Protected
from support_graph.web.pages.failures import PageRoute
from support_graph.web.pages.flashes import Said
from support_graph.web.pages.rendering import by_htmx, page, part, redirect
from support_graph.web.pages.resolution_details import Detail, Tab, Typed, detail
from support_graph.web.pages.scopes import scope_of
from support_graph.web.pages.visitors import AsMember, Member
from support_graph.web.shapes.resolutions import ResolutionChanges

router = APIRouter(
    prefix="/resolutions/{resolution_id}",
    route_class=PageRoute,
    include_in_schema=False,
    dependencies=[Protected],
)


Number = Annotated[int, Form(ge=1, lt=2**31)]


def typed(
    revision: Number,
    answer: Annotated[str, Form(max_length=LONGEST_TEXT * 2)] = "",
    intent: Annotated[str, Form(max_length=1_000)] = "",
    names: Annotated[list[str] | None, Form()] = None,
    lines: Annotated[list[str] | None, Form()] = None,
) -> Typed:
    return Typed(
        revision=revision,
        answer=answer.replace("\r\n", "\n"),
        intent=intent.strip(),
        names=names or [],
        lines=[one.replace("\r\n", "\n") for one in lines or []],
    )


Written = Annotated[Typed, Depends(typed)]


async def _show(request: Request, by: Member, found: Detail, *, status: int = 200) -> Response:
    if by_htmx(request):
        response = part(request, "resolutions/detail.html", status=status, detail=found)
        response.headers.update({"HX-Retarget": "#resolution", "HX-Reswap": "outerHTML"})
        return response
    return await page(
        request,
        by,
        "resolutions/one.html",
        place="resolutions",
        status=status,
        detail=found,
    )


@router.get("")
async def get_resolution(
    request: Request,
    by: AsMember,
    resolution_id: ResolutionId,
    tab: Annotated[Tab, Query()] = Tab.ANSWER,
    after: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """Deleted ones too: they can be restored."""
    found = await detail(by, resolution_id, tab=tab, after=after)
    return await page(request, by, "resolutions/one.html", place="resolutions", detail=found)


@router.post("")
async def post_resolution(
    request: Request, desk: AtDesk, by: AsMember, resolution_id: ResolutionId, writing: Written
) -> Response:
    """Saves answer, intent and scope. Who comes too late is told so, and finds their text again."""
    async with by.scope.begin() as tx:
        before = (await tx.resolutions.get(resolution_id)).content
    asked = {
        "answer": writing.answer,
        "scope": scope_of(writing.names, writing.lines, before=before.scope),
        **({"intent": writing.intent} if writing.intent else {}),
    }
    try:
        edit = ResolutionChanges.model_validate(asked).edit()
    except ValidationError as error:
        first = error.errors()[0]
        problem = f"{first['loc'][0] if first['loc'] else 'form'}: {first['msg']}"
        found = await detail(by, resolution_id, writing=writing, problem=problem)
        return await _show(request, by, found, status=422)
    try:
        changed = await _change(desk, by, resolution_id, edit, writing.revision)
    except StaleRevision:
        found = await detail(by, resolution_id, writing=writing, lost=True)
        return await _show(request, by, found, status=409)
    return _saved(request, changed, writing.revision, "resolutions.said.saved")


async def _change(
    desk: Desk, by: Member, resolution_id: ResolutionId, edit: Edit, revision: int | None
) -> Resolution:
    return await resolutions.change(
        desk,
        by.workspace_id,
        resolution_id,
        edit,
        expected=revision,
        author=Author(name=by.name),
    )


def _saved(request: Request, changed: Resolution, before: int, what: str) -> Response:
    path = f"/resolutions/{changed.id}"
    if changed.revision == before:
        return redirect(request, path, said=Said(key="resolutions.said.unchanged"))
    undo = f"{path}/restore?revision={before}&expected={changed.revision}"
    return redirect(request, path, said=Said(key=what, undo=undo))


@router.post("/set")
async def post_set(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    resolution_id: ResolutionId,
    pinned: Annotated[bool | None, Form()] = None,
    status: Annotated[ResolutionStatus | None, Form()] = None,
) -> Response:
    """Pins, archives, or takes into use."""
    edit = Edit(pinned=pinned, status=status)
    changed = await _change(desk, by, resolution_id, edit, None)
    return _saved(request, changed, changed.revision - 1, "resolutions.said.saved")


@router.post("/phrasings")
async def post_phrasing(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    resolution_id: ResolutionId,
    text: Annotated[str, Form(max_length=LONGEST_TEXT)] = "",
) -> Response:
    """Adds a way to ask for it, whatever became of it meanwhile."""
    async with by.scope.begin() as tx:
        current = await tx.resolutions.get(resolution_id)
    texts = [*(p.text for p in current.content.phrasings), text.strip()]
    try:
        edit = ResolutionChanges.model_validate({"phrasings": texts}).edit()
    except ValidationError as error:
        raise Invalid(field="phrasing", problem=error.errors()[0]["msg"]) from error
    changed = await _change(desk, by, resolution_id, edit, current.revision)
    return _saved(request, changed, current.revision, "resolutions.said.phrasing_added")


@router.post("/phrasings/remove")
async def post_remove(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    resolution_id: ResolutionId,
    phrasing: Annotated[list[UUID] | None, Form()] = None,
) -> Response:
    async with by.scope.begin() as tx:
        current = await tx.resolutions.get(resolution_id)
    gone = {PhrasingId(one) for one in phrasing or ()}
    kept = [p.text for p in current.content.phrasings if p.id not in gone]
    changed = await _change(desk, by, resolution_id, Edit(phrasings=kept), current.revision)
    return _saved(request, changed, current.revision, "resolutions.said.phrasings_removed")


@router.post("/restore")
async def post_restore(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    resolution_id: ResolutionId,
    revision: Annotated[int, Query(ge=1, lt=2**31)],
    expected: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
) -> Response:
    """An earlier revision's content becomes the newest; not over what somebody wrote meanwhile."""
    path = f"/resolutions/{resolution_id}"
    try:
        done = await resolutions.restore(
            desk,
            by.workspace_id,
            resolution_id,
            revision,
            author=Author(name=by.name, note=f"restored revision {revision}"),
            expected=expected,
        )
    except StaleRevision:
        return redirect(request, path, said=Said(key="resolutions.said.changed_meanwhile"))
    undo = f"{path}/restore?revision={done.revision - 1}&expected={done.revision}"
    values = {"revision": revision}
    return redirect(
        request, path, said=Said(key="resolutions.said.restored", values=values, undo=undo)
    )


@router.post("/delete")
async def post_delete(
    request: Request, desk: AtDesk, by: AsMember, resolution_id: ResolutionId
) -> Response:
    await resolutions.delete(desk, by.workspace_id, resolution_id, author=Author(name=by.name))
    async with by.scope.begin() as tx:
        head = await tx.resolutions.get(resolution_id)
    path = f"/resolutions/{resolution_id}/restore"
    undo = f"{path}?revision={head.revision - 1}&expected={head.revision}"
    return redirect(request, "/resolutions", said=Said(key="resolutions.said.deleted", undo=undo))
