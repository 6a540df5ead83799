"""Two resolutions become one, or one gives phrasings to another: seen before it is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from support_graph.desk import resolutions, several
from support_graph.domain.errors import AlreadyUndone, Invalid, MergedOn, StaleRevision
from support_graph.domain.ids import PhrasingId, ResolutionId
from support_graph.domain.merges import Left
from support_graph.domain.resolutions import Content, Resolution
from support_graph.learning import joining
from support_graph.learning.moving import handing_over
from support_graph.learning.revise import Author
from support_graph.web.auth import AtDesk
from support_graph.web.pages.csrf import Protected
from support_graph.web.pages.failures import PageRoute
from support_graph.web.pages.flashes import Said
from support_graph.web.pages.language import Words
from support_graph.web.pages.rendering import language_of, page, redirect
from support_graph.web.pages.resolutions import SHOWN, Line, View, listing, undoing
from support_graph.web.pages.typed import plain
from support_graph.web.pages.visitors import AsMember

router = APIRouter(
    prefix="/resolutions/{resolution_id}",
    route_class=PageRoute,
    include_in_schema=False,
    dependencies=[Protected],
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """What is to be joined, what may be chosen, and what becomes of both once one is chosen.

    `moved` are the phrasings that move; none of them is named where everything does.
    """

    source: Resolution
    moved: Sequence[PhrasingId]
    q: str
    found: Sequence[Line]
    target: Resolution | None
    left: Content | None
    becomes: Content | None
    problem: str | None


_LEFT: Final[Mapping[Left, str]] = {
    Left.SOURCE: "resolutions.left.source",
    Left.TARGET: "resolutions.left.target",
    Left.SCOPE: "resolutions.left.scope",
    Left.PHRASINGS_GONE: "resolutions.left.phrasings_gone",
    Left.LAST_PHRASINGS: "resolutions.left.last_phrasings",
    Left.MESSAGES: "resolutions.left.messages",
}


@router.get("/merge")
async def get_merge(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    resolution_id: ResolutionId,
    q: Annotated[str, Query(max_length=500)] = "",
    into: Annotated[UUID | None, Query()] = None,
    phrasing: Annotated[list[UUID] | None, Query()] = None,
) -> Response:
    """With `phrasing`, only those move. Looking changes nothing."""
    moved = [PhrasingId(one) for one in phrasing or ()]
    async with by.scope.begin() as tx:
        source = await tx.resolutions.get(resolution_id)
        target = await tx.resolutions.get(ResolutionId(into)) if into else None
    asked = plain(q) or source.content.phrasings[0].text[:500]
    found = await listing(desk, by, View(q=asked), near=0.0)
    left, becomes, problem = _foreseen(source, target, moved)
    both = Joining(
        source=source,
        moved=moved,
        q=asked,
        found=[line for line in found.lines if line.head.id != resolution_id][:20],
        target=target,
        left=left,
        becomes=becomes,
        problem=problem,
    )
    return await page(request, by, "resolutions/merge.html", place="resolutions", joining=both)


def _foreseen(
    source: Resolution, target: Resolution | None, moved: Sequence[PhrasingId]
) -> tuple[Content | None, Content | None, str | None]:
    """What both become, by the same rules as when it is done; or why it can't be."""
    if target is None:
        return None, None, None
    if not moved:
        return None, joining.taking_in(target.content, source.content), None
    try:
        left, becomes = handing_over(source.content, target.content, moved)
    except Invalid as error:
        return None, None, error.problem
    return left, becomes, None


@router.post("/choose")
async def post_choose(
    request: Request,
    by: AsMember,
    resolution_id: ResolutionId,
    phrasing: Annotated[list[UUID] | None, Form()] = None,
) -> Response:
    """From the chosen phrasings to the page where their new place is chosen."""
    path = f"/resolutions/{resolution_id}"
    async with by.scope.begin() as tx:
        await tx.resolutions.get(resolution_id)
    if not phrasing:
        return redirect(request, path, said=Said(key="resolutions.said.none_chosen"))
    chosen = urlencode({"phrasing": phrasing[:SHOWN]}, doseq=True)
    return redirect(request, f"{path}/merge?{chosen}")


@router.post("/merge")
async def post_merge(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    resolution_id: ResolutionId,
    into: Annotated[UUID, Form()],
) -> Response:
    author, target = Author(name=by.name), ResolutionId(into)
    await resolutions.merge(desk, by.workspace_id, resolution_id, target, author=author)
    said = Said(key="resolutions.said.merged", undo=f"/resolutions/{resolution_id}/unmerge")
    return redirect(request, f"/resolutions/{target}", said=said)


@router.post("/unmerge")
async def post_unmerge(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    resolution_id: ResolutionId,
    expected: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
) -> Response:
    """The merge of it into another one, from either's history or right after it was done."""
    path, author = f"/resolutions/{resolution_id}", Author(name=by.name)
    try:
        done = await resolutions.unmerge(
            desk, by.workspace_id, resolution_id, author=author, expected=expected
        )
    except AlreadyUndone as error:
        values = {"name": error.undone_by}
        said = Said(key="resolutions.said.undone_before", values=values)
        return redirect(request, path, said=said)
    except MergedOn as error:
        said = Said(key="resolutions.said.merged_on")
        return redirect(request, f"/resolutions/{error.resolution_id}?tab=history", said=said)
    except StaleRevision:
        return redirect(request, path, said=Said(key="resolutions.said.merged_again"))
    return redirect(request, path, said=_unmerged(language_of(request), done.left))


def _unmerged(t: Words, left: Sequence[Left]) -> Said:
    if not left:
        return Said(key="resolutions.said.unmerged")
    told = " ".join(t(_LEFT[one]) for one in left)
    return Said(key="resolutions.said.unmerged_partly", values={"left": told})


@router.post("/move")
async def post_move(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    resolution_id: ResolutionId,
    into: Annotated[UUID, Form()],
    phrasing: Annotated[list[UUID] | None, Form()] = None,
) -> Response:
    moved = {PhrasingId(one) for one in phrasing or ()}
    changed = await several.move(
        desk,
        by.workspace_id,
        resolution_id,
        ResolutionId(into),
        moved,
        expected=None,
        author=Author(name=by.name),
    )
    said = Said(key="resolutions.said.moved", values={"n": len(moved)}, undo=undoing(changed))
    return redirect(request, f"/resolutions/{resolution_id}", said=said)
