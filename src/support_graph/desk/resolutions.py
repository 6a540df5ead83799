"""What teammates do with resolutions: every change is in force at the next message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from support_graph.desk.parts import Desk
from support_graph.domain.errors import Invalid
from support_graph.domain.ids import ResolutionId, WorkspaceId
from support_graph.domain.merges import Unmerged
from support_graph.domain.resolutions import Change, Content, Resolution, ResolutionStatus
from support_graph.learning import joining, revise
from support_graph.learning.revise import Author, NewResolution
from support_graph.store.database import Transaction
from support_graph.store.outbox import RESOLUTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What to change; None leaves a thing as it is."""

    answer: str | None = None
    phrasings: Sequence[str] | None = None
    intent: str | None = None
    scope: Mapping[str, Any] | None = None
    status: ResolutionStatus | None = None
    pinned: bool | None = None


async def create(
    desk: Desk, workspace_id: WorkspaceId, edit: Edit, *, author: Author
) -> Resolution:
    """Raises Invalid without an answer or a phrasing."""
    if not edit.answer:
        raise Invalid(field="answer", problem="A resolution needs an answer.")
    if not edit.phrasings:
        raise Invalid(field="phrasings", problem="A resolution needs at least one phrasing.")
    async with desk.stores.within(workspace_id).begin() as tx:
        await tx.workspace.lock_store()
        intent_id = (
            await tx.intents.ensure(edit.intent)
            if edit.intent
            else await desk.tools.classifier.of_new(tx, edit.phrasings[0])
        )
        new = NewResolution(
            answer=edit.answer,
            phrasings=list(dict.fromkeys(edit.phrasings)),
            intent_id=intent_id,
            provenance={"author": author.name, "written": "by hand"},
            status=edit.status or ResolutionStatus.ACTIVE,
            scope=edit.scope,
            pinned=bool(edit.pinned),
        )
        made = await revise.create(tx, desk.embedder, new, author=author, change=Change.EDITED)
        await desk.queue.sync_index(tx, RESOLUTIONS)
    return made


async def change(
    desk: Desk,
    workspace_id: WorkspaceId,
    resolution_id: ResolutionId,
    edit: Edit,
    *,
    expected: int | None,
    author: Author,
) -> Resolution:
    """Raises NotFound, Invalid, or StaleRevision when `expected` is not the newest revision."""
    async with desk.stores.within(workspace_id).begin() as tx:
        current = await revise.at_revision(tx, resolution_id, expected)
        content = await edited(tx, current.content, edit)
        if content == current.content:
            return current
        changed = await revise.revise(
            tx, desk.embedder, current, content, author=author, change=Change.EDITED
        )
        await desk.queue.sync_index(tx, RESOLUTIONS)
    return changed


async def delete(
    desk: Desk, workspace_id: WorkspaceId, resolution_id: ResolutionId, *, author: Author
) -> None:
    """Raises NotFound; deleting what is deleted changes nothing."""
    async with desk.stores.within(workspace_id).begin() as tx:
        if await revise.delete(tx, desk.embedder, resolution_id, author=author):
            await desk.queue.sync_index(tx, RESOLUTIONS)


async def restore(
    desk: Desk,
    workspace_id: WorkspaceId,
    resolution_id: ResolutionId,
    revision: int,
    *,
    author: Author,
    expected: int | None = None,
) -> Resolution:
    """Raises NotFound, or StaleRevision when `expected` is not the newest revision."""
    async with desk.stores.within(workspace_id).begin() as tx:
        restored = await revise.restore(
            tx, desk.embedder, resolution_id, revision, author=author, expected=expected
        )
        await desk.queue.sync_index(tx, RESOLUTIONS)
    return restored


async def merge(
    desk: Desk,
    workspace_id: WorkspaceId,
    resolution_id: ResolutionId,
    into: ResolutionId,
    *,
    author: Author,
) -> Resolution:
    """Raises NotFound or Invalid."""
    async with desk.stores.within(workspace_id).begin() as tx:
        merged = await joining.merge(tx, desk.embedder, resolution_id, into, author=author)
        await desk.queue.sync_index(tx, RESOLUTIONS)
    return merged


async def unmerge(
    desk: Desk,
    workspace_id: WorkspaceId,
    resolution_id: ResolutionId,
    *,
    author: Author,
    expected: int | None = None,
) -> Unmerged:
    """Undoes the last merge of it into another one. Raises NotFound, AlreadyUndone, MergedOn, or
    StaleRevision when `expected` is not the revision that the merge wrote."""
    async with desk.stores.within(workspace_id).begin() as tx:
        await tx.workspace.lock_store()
        unmerged = await joining.unmerge(
            tx,
            desk.embedder,
            resolution_id,
            author=author,
            now=desk.clock(),
            expected=expected,
        )
        await desk.queue.sync_index(tx, RESOLUTIONS)
    return unmerged


async def edited(tx: Transaction, content: Content, edit: Edit) -> Content:
    if edit.status is ResolutionStatus.DELETED:
        raise Invalid(field="status", problem="Delete a resolution with DELETE.")
    if edit.phrasings is not None:
        content = revise.with_phrasings(content, edit.phrasings)
    if edit.intent is not None:
        content = replace(content, intent_id=await tx.intents.ensure(edit.intent))
    given: dict[str, Any] = {
        "answer": edit.answer,
        "scope": dict(edit.scope) if edit.scope is not None else None,
        "status": edit.status,
        "pinned": edit.pinned,
    }
    return replace(content, **{name: v for name, v in given.items() if v is not None})
