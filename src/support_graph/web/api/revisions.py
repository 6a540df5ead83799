"""The history of a resolution: its revisions, its uses, and ways to undo and to join."""

from fastapi import APIRouter, Response

from support_graph.desk import resolutions, several
from support_graph.domain.ids import PhrasingId, ResolutionId
from support_graph.web.auth import AsTeammate, AtDesk
from support_graph.web.etags import tagged
from support_graph.web.paging import Listed
from support_graph.web.shapes.resolutions import (
    Merge,
    Merging,
    Moved,
    Moving,
    Resolution,
    Restoring,
    Revision,
    Unmerged,
    Use,
    content,
    shown,
)

router = APIRouter(prefix="/v1/resolutions/{resolution_id}", tags=["Resolutions"])


@router.get("/revisions")
async def list_revisions(
    resolution_id: ResolutionId, desk: AtDesk, by: AsTeammate
) -> Listed[Revision]:
    """The whole log, newest first."""
    async with desk.stores.within(by.workspace_id).begin() as tx:
        await tx.resolutions.get(resolution_id)
        log = await tx.resolutions.revisions(resolution_id)
        names = await tx.intents.names([entry.content.intent_id for entry in log])
    items = [
        Revision.model_validate(
            {
                **content(entry.content),
                "intent": names.get(entry.content.intent_id),
                "revision": entry.revision,
                "change": entry.change,
                "actor": entry.actor,
                "note": entry.note,
                "store_version": entry.store_version,
                "created_at": entry.created_at,
            }
        )
        for entry in log
    ]
    return Listed[Revision](items=items)


@router.post("/restore")
async def restore_revision(
    resolution_id: ResolutionId,
    wanted: Restoring,
    desk: AtDesk,
    by: AsTeammate,
    response: Response,
) -> Resolution:
    """Makes an earlier revision's content the newest one."""
    restored = await resolutions.restore(
        desk, by.workspace_id, resolution_id, wanted.revision, author=by.author
    )
    tagged(response, restored.revision)
    return Resolution.model_validate(shown(restored))


@router.post("/merge")
async def merge_resolution(
    resolution_id: ResolutionId,
    merging: Merging,
    desk: AtDesk,
    by: AsTeammate,
    response: Response,
) -> Resolution:
    """Gives its phrasings to another one, which keeps its answer, and deletes it."""
    merged = await resolutions.merge(
        desk, by.workspace_id, resolution_id, ResolutionId(merging.into), author=by.author
    )
    tagged(response, merged.revision)
    return Resolution.model_validate(shown(merged))


@router.post("/unmerge")
async def unmerge_resolution(resolution_id: ResolutionId, desk: AtDesk, by: AsTeammate) -> Unmerged:
    """Undoes its last merge into another one.

    Both are then as they were, but for what was changed since: that stays, and `left` names it.
    """
    done = await resolutions.unmerge(desk, by.workspace_id, resolution_id, author=by.author)
    return Unmerged(
        resolution=Resolution.model_validate(shown(done.source)),
        target=Resolution.model_validate(shown(done.target)),
        left=list(done.left),
    )


@router.post("/move")
async def move_phrasings(
    resolution_id: ResolutionId, moving: Moving, desk: AtDesk, by: AsTeammate
) -> Moved:
    """Gives some of its phrasings to another one, in one transaction; each keeps at least one."""
    moved = {PhrasingId(one) for one in moving.phrasings}
    into = ResolutionId(moving.into)
    await several.move(
        desk, by.workspace_id, resolution_id, into, moved, expected=None, author=by.author
    )
    async with desk.stores.within(by.workspace_id).begin() as tx:
        return Moved(
            resolution=Resolution.model_validate(shown(await tx.resolutions.get(resolution_id))),
            target=Resolution.model_validate(shown(await tx.resolutions.get(into))),
        )


@router.get("/merges")
async def list_merges(resolution_id: ResolutionId, desk: AtDesk, by: AsTeammate) -> Listed[Merge]:
    """Those that it took part in, the newest first."""
    async with desk.stores.within(by.workspace_id).begin() as tx:
        await tx.resolutions.get(resolution_id)
        found = await tx.merges.about(resolution_id)
    return Listed[Merge](items=[Merge.model_validate(one) for one in found])


@router.get("/usage")
async def list_uses(resolution_id: ResolutionId, desk: AtDesk, by: AsTeammate) -> Listed[Use]:
    """The newest 500 turns that used it."""
    async with desk.stores.within(by.workspace_id).begin() as tx:
        await tx.resolutions.get(resolution_id)
        uses = await tx.resolutions.usage(resolution_id)
    return Listed[Use](items=[Use.model_validate(use) for use in uses])
