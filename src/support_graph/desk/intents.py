"""What teammates do with intents: every change is in force at the next message, and recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from support_graph.desk.parts import Desk
from support_graph.domain.errors import Invalid, NameTaken, NeedsAdmin
from support_graph.domain.ids import IntentId, ResolutionId, WorkspaceId
from support_graph.domain.intents import (
    Intent,
    IntentChange,
    IntentEntry,
    IntentStatistics,
    Policy,
)
from support_graph.domain.resolutions import Change, Resolution
from support_graph.domain.workspaces import Mode
from support_graph.learning import revise
from support_graph.learning.revise import Author
from support_graph.store.database import Transaction
from support_graph.store.outbox import RESOLUTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIntent:
    """`examples` are messages that have it: the next one that is like them has it too."""

    name: str
    description: str = ""
    examples: Sequence[str] = ()
    mode: Mode = Mode.AUTO
    target_precision: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An intent as it is shown in a list."""

    intent: Intent
    statistics: IntentStatistics


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown(Listed):
    """An intent with all that is known of it."""

    examples: Sequence[str]
    parts: Sequence[Intent]
    log: Sequence[IntentEntry]


async def every(desk: Desk, workspace_id: WorkspaceId) -> Sequence[Listed]:
    """By name."""
    async with desk.stores.within(workspace_id).begin() as tx:
        counts = await tx.intent_counts.all()
        return [
            Listed(intent=one, statistics=counts.get(one.id, IntentStatistics()))
            for one in await tx.intents.all()
        ]


async def show(desk: Desk, workspace_id: WorkspaceId, intent_id: IntentId) -> Shown:
    """Merged ones too, whose counts stand with what they are a part of. Raises NotFound."""
    async with desk.stores.within(workspace_id).begin() as tx:
        intent = await tx.intents.get(intent_id)
        counts = await tx.intent_counts.all()
        return Shown(
            intent=intent,
            statistics=counts.get(intent_id, IntentStatistics()),
            examples=await tx.intent_examples.of(intent_id),
            parts=await tx.intents.parts(intent_id),
            log=await tx.intent_log.of(intent_id),
        )


async def create(
    desk: Desk, workspace_id: WorkspaceId, new: Sequence[NewIntent], *, author: Author
) -> Sequence[Intent]:
    """All of them or none. Raises NameTaken."""
    texts = [text for one in new for text in dict.fromkeys(one.examples)]
    vectors = await desk.embedder.embed(texts)
    async with desk.stores.within(workspace_id).begin() as tx:
        await tx.serialise("intents")
        version = await tx.workspace.next_store_version()
        made = []
        for one in new:
            examples = list(dict.fromkeys(one.examples))
            made.append(await _add(tx, one, author))
            await tx.intent_examples.add(
                made[-1].id,
                examples,
                vectors[: len(examples)],
                embedding_model=desk.embedder.name,
                store_version=version,
            )
            vectors = vectors[len(examples) :]
    return made


async def _add(tx: Transaction, new: NewIntent, author: Author, **details: Any) -> Intent:
    await _check_free(tx, new.name)
    made = await tx.intents.add(
        new.name,
        description=new.description,
        mode=new.mode,
        target_precision=new.target_precision,
    )
    told = {"name": new.name, "examples": len(new.examples), **details}
    await _log(tx, made.id, IntentChange.CREATED, author, told)
    return made


async def change(
    desk: Desk,
    workspace_id: WorkspaceId,
    intent_id: IntentId,
    values: Mapping[str, Any],
    *,
    author: Author,
) -> Intent:
    """Sets any of name, description, mode and target_precision (None: the workspace's).

    Raises NotFound, NameTaken, or Invalid for an intent that was merged.
    """
    async with desk.stores.within(workspace_id).begin() as tx:
        current = await _standing(tx, intent_id)
        old = {name: getattr(current, name) for name in values}
        if old == dict(values):
            return current
        if values.get("name", current.name) != current.name:
            await _check_free(tx, values["name"])
        await tx.intents.set(intent_id, values)
        details = {"before": old, "after": dict(values)}
        await _log(tx, intent_id, IntentChange.CHANGED, author, details)
        return await tx.intents.get(intent_id)


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
        source, target = await _standing(tx, intent_id), await _standing(tx, into, field="into")
        await _check_freedom(tx, source, target, admin=admin)
        await tx.intents.merge(intent_id, into)
        await _log(tx, intent_id, IntentChange.MERGED, author, {"into": str(into)})
        await _log(tx, into, IntentChange.MERGED, author, {"took_in": str(intent_id)})
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
        await _check_free(tx, part.name)
        await _check_freedom(tx, whole, part, admin=admin)
        await tx.intents.unmerge(intent_id)
        await _log(tx, intent_id, IntentChange.UNMERGED, author, {"from": str(whole.id)})
        await _log(tx, whole.id, IntentChange.UNMERGED, author, {"gave_back": str(intent_id)})
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
        source = await _standing(tx, intent_id)
        moving = await _of_intent(tx, source, resolution_ids)
        new = NewIntent(name=name, mode=source.mode, target_precision=source.target_precision)
        made = await _add(tx, new, author, split_from=str(source.id))
        note = Author(name=author.name, note=f"split off from the intent {source.name}")
        for resolution in moving:
            content = replace(resolution.content, intent_id=made.id)
            await revise.revise(
                tx, desk.embedder, resolution, content, author=note, change=Change.EDITED
            )
        turns = await tx.intents.move_turns(source.id, made.id, of=[r.id for r in moving])
        details = {"into": str(made.id), "resolutions": [str(r.id) for r in moving], "turns": turns}
        await _log(tx, source.id, IntentChange.SPLIT, author, details)
        await desk.queue.sync_index(tx, RESOLUTIONS)
    return made


async def _of_intent(
    tx: Transaction, intent: Intent, resolution_ids: Sequence[ResolutionId]
) -> Sequence[Resolution]:
    """The resolutions, locked. Raises NotFound, or Invalid for one of another intent."""
    found = [await tx.resolutions.get(one, lock=True) for one in sorted(set(resolution_ids))]
    for resolution in found:
        if resolution.intent != intent.name:
            problem = f"Resolution {resolution.id} has not the intent {intent.name!r}."
            raise Invalid(field="resolutions", problem=problem)
    return found


async def _standing(tx: Transaction, intent_id: IntentId, *, field: str = "intent") -> Intent:
    """The intent; nobody else changes names or merges meanwhile. Raises NotFound or Invalid."""
    await tx.serialise("intents")
    intent = await tx.intents.get(intent_id, lock=True)
    if intent.merged_into is not None:
        problem = f"{intent.name!r} was merged into {intent.merged_into}; take that one."
        raise Invalid(field=field, problem=problem)
    return intent


async def _check_free(tx: Transaction, name: str) -> None:
    if await tx.intents.named(name) is not None:
        raise NameTaken(noun="intent", name=name)


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
        name=intent.name,
        mode=intent.mode,
        target_precision=intent.target_precision,
    )


async def _log(
    tx: Transaction,
    intent_id: IntentId,
    change: IntentChange,
    author: Author,
    details: Mapping[str, Any],
) -> None:
    await tx.intent_log.add(intent_id, change, actor=author.name, note=author.note, details=details)
