"""Resolutions: what the assistant has learned, to be read and put right."""

from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from support_graph.desk import resolutions
from support_graph.domain.errors import Invalid
from support_graph.domain.ids import ResolutionId
from support_graph.domain.resolutions import ResolutionStatus
from support_graph.web import recalled
from support_graph.web.auth import AsTeammate, AtDesk
from support_graph.web.etags import ExpectedRevision, tagged
from support_graph.web.fields import Moment, Name, Phrase
from support_graph.web.paging import Listed, Paged
from support_graph.web.shapes.resolutions import (
    FullResolution,
    Match,
    NewResolution,
    Resolution,
    ResolutionChanges,
    shown,
)

router = APIRouter(prefix="/v1/resolutions", tags=["Resolutions"])

_PRECEDENTS = 50


@router.get("")
async def list_resolutions(
    desk: AtDesk,
    by: AsTeammate,
    window: Paged,
    q: Annotated[Phrase | None, Query(description="searches as the assistant would")] = None,
    intent: Annotated[Name | None, Query()] = None,
    status: Annotated[ResolutionStatus | None, Query()] = None,
    pinned: Annotated[bool | None, Query()] = None,
    as_of: Annotated[Moment | None, Query(description="as they were then (ISO 8601)")] = None,
) -> Listed[Match]:
    """Newest first, or best first with `q`; deleted ones only where `status` asks for them."""
    wanted = recalled.Filter(intent=intent, status=status, pinned=pinned)
    async with desk.stores.within(by.workspace_id).begin() as tx:
        if q is not None and as_of is not None:
            raise Invalid(field="as_of", problem="The past can be listed, but not searched with q.")
        if q is not None:
            return await recalled.found(desk, tx, q, wanted)
        if as_of is not None:
            return await recalled.as_of(tx, as_of, wanted, window)
        return await recalled.all_of(tx, wanted, window)


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_resolution(
    new: NewResolution, desk: AtDesk, by: AsTeammate, response: Response
) -> Resolution:
    """In force at the next message."""
    made = await resolutions.create(desk, by.workspace_id, new.edit(), author=by.author)
    response.headers["Location"] = f"/v1/resolutions/{made.id}"
    tagged(response, made.revision)
    return Resolution.model_validate(shown(made))


@router.get("/{resolution_id}")
async def get_resolution(
    resolution_id: ResolutionId, desk: AtDesk, by: AsTeammate, response: Response
) -> FullResolution:
    """Deleted ones too: they can be restored. The ETag is the revision."""
    async with desk.stores.within(by.workspace_id).begin() as tx:
        found = await tx.resolutions.get(resolution_id)
        precedents = await tx.precedents.of([resolution_id], limit=_PRECEDENTS)
    tagged(response, found.revision)
    return FullResolution.model_validate({**shown(found), "precedents": precedents})


@router.patch("/{resolution_id}")
async def change_resolution(
    resolution_id: ResolutionId,
    changes: ResolutionChanges,
    expected: ExpectedRevision,
    desk: AtDesk,
    by: AsTeammate,
    response: Response,
) -> Resolution:
    """Writes the next revision; what is left out stays as it is."""
    changed = await resolutions.change(
        desk,
        by.workspace_id,
        resolution_id,
        changes.edit(),
        expected=expected,
        author=by.author,
    )
    tagged(response, changed.revision)
    return Resolution.model_validate(shown(changed))


@router.delete("/{resolution_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_resolution(resolution_id: ResolutionId, desk: AtDesk, by: AsTeammate) -> None:
    """From now on it is never used, unless it is restored."""
    await resolutions.delete(desk, by.workspace_id, resolution_id, author=by.author)
