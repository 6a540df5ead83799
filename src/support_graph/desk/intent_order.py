"""Puts intents in order: merges them, takes them apart, and splits them; all of it is recorded."""

from collections.abc import Sequence
from dataclasses import replace

from support_graph.desk.intents import NewIntent, add, check_free, log, standing
from support_graph.desk.parts import Desk
from support_graph.domain.errors import Invalid, NeedsAdmin
from support_graph.domain.ids import IntentId, ResolutionId, WorkspaceId
from support_graph.domain.intents import Intent, IntentChange, Policy
from support_graph.domain.resolutions import Change, Resolution
from support_graph.learning import revise
from support_graph.learning.revise import Author
from support_graph.store.database import Transaction
from support_graph.store.outbox import RESOLUTIONS


async def merge(
    desk: Desk,
    workspace_id: WorkspaceId,
    intent_id: IntentId,
    into: IntentId,
    *,
    admin: bool,
    author: Author,
) -> Intent:
    """Makes an intent a part of another one, whose mode and target hold for it from now on.

    Raises NotFound; Invalid; NeedsAdmin where that would give the assistant more freedom.
    """
    if intent_id == into:
        raise Invalid(field="into", problem="An intent can't be merged into itself.")
    async with desk.stores.within(workspace_id).begin() as tx:
        source, target = await standing(tx, intent_id), await standing(tx, into, field="into")
        await _check_freedom(tx, source, target, admin=admin)
        await tx.intents.merge(intent_id, into)
        await log(tx, intent_id, IntentChange.MERGED, author, {"into": str(into)})
        await log(tx, into, IntentChange.MERGED, author, {"took_in": str(intent_id)})
        return target


async def unmerge(
    desk: Desk,
    workspace_id: WorkspaceId,
    intent_id: IntentId,
    *,
    admin: bool,
    author: Author,
) -> Intent:
    """Undoes a merge: all that had this intent has it again, with the mode and target it had.

    Raises NotFound, Invalid, NeedsAdmin, or NameTaken if its name is in use by now.
    """
    async with desk.stores.within(workspace_id).begin() as tx:
        await tx.serialise("intents")
        part = await tx.intents.get(intent_id, lock=True)
        if part.merged_into is None:
            raise Invalid(field="intent", problem="It was not merged into another one.")
        whole = await tx.intents.get(part.merged_into)
        await check_free(tx, part.name)
        await _check_freedom(tx, whole, part, admin=admin)
        await tx.intents.unmerge(intent_id)
        await log(tx, intent_id, IntentChange.UNMERGED, author, {"from": str(whole.id)})
        await log(tx, whole.id, IntentChange.UNMERGED, author, {"gave_back": str(intent_id)})
        return await tx.intents.get(intent_id)


async def split(
    desk: Desk,
    workspace_id: WorkspaceId,
    intent_id: IntentId,
    resolution_ids: Sequence[ResolutionId],
    name: str,
    *,
    author: Author,
) -> Intent:
    """Gives some resolutions, with the turns that they answered, an intent of their own.

    It begins with the mode and target of the one it comes from. Raises NotFound, Invalid, or
    NameTaken.
    """
    async with desk.stores.within(workspace_id).begin() as tx:
        await tx.workspace.lock_store()
        source = await standing(tx, intent_id)
        moving = await _of_intent(tx, source, resolution_ids)
        new = NewIntent(name=name, mode=source.mode, target_precision=source.target_precision)
        made = await add(tx, new, author, split_from=str(source.id))
        note = Author(name=author.name, note=f"split off from the intent {source.name}")
        for resolution in moving:
            content = replace(resolution.content, intent_id=made.id)
            await revise.revise(
                tx, desk.embedder, resolution, content, author=note, change=Change.EDITED
            )
        turns = await tx.intent_turns.move(source.id, made.id, of=[r.id for r in moving])
        details = {"into": str(made.id), "resolutions": [str(r.id) for r in moving], "turns": turns}
        await log(tx, source.id, IntentChange.SPLIT, author, details)
        await desk.queue.sync_index(tx, RESOLUTIONS)
    return made


async def _of_intent(
    tx: Transaction, intent: Intent, resolution_ids: Sequence[ResolutionId]
) -> Sequence[Resolution]:
    """Raises NotFound, or Invalid for one of another intent."""
    found = [await tx.resolutions.get(one) for one in sorted(set(resolution_ids))]
    for resolution in found:
        if resolution.intent != intent.name:
            problem = f"Resolution {resolution.id} has not the intent {intent.name!r}."
            raise Invalid(field="resolutions", problem=problem)
    return found


async def _check_freedom(tx: Transaction, source: Intent, target: Intent, *, admin: bool) -> None:
    """A teammate may put intents in order, but not loosen what an admin has set."""
    default = (await tx.workspace.read()).settings.target_precision
    loosens = _policy(source).stricter_than(_policy(target), default_target=default)
    if loosens and not admin:
        raise NeedsAdmin(
            what=f"the questions of {source.name!r} would get the freer settings of {target.name!r}"
        )


def _policy(intent: Intent) -> Policy:
    return Policy(
        id=intent.id,
        part=intent.id,
        name=intent.name,
        mode=intent.mode,
        target_precision=intent.target_precision,
    )
