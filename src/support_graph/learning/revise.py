"""Every change of a resolution: one revision, one store version, and the index told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from support_graph.domain.errors import Invalid, StaleRevision
from support_graph.domain.ids import (
    IntentId,
    PhrasingId,
    ResolutionId,
    TurnId,
    new_id,
)
from support_graph.domain.resolutions import (
    Change,
    Content,
    Phrasing,
    Resolution,
    ResolutionStatus,
)
from support_graph.models.base import Embedder
from support_graph.store.database import Transaction
from support_graph.store.outbox import RESOLUTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who makes a change, and why, for the log."""

    name: str
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewResolution:
    """What a resolution is made from."""

    answer: str
    phrasings: Sequence[str]
    intent_id: IntentId | None
    provenance: Mapping[str, Any]
    status: ResolutionStatus = ResolutionStatus.ACTIVE
    scope: Mapping[str, Any] | None = None
    pinned: bool = False
    duplicate_of: ResolutionId | None = None
    turn_id: TurnId | None = None


async def create(
    tx: Transaction, embedder: Embedder, new: NewResolution, *, author: Author, change: Change
) -> Resolution:
    """A new log with its first revision, by who has locked the store."""
    version = await tx.workspace.next_store_version()
    resolution_id = ResolutionId(new_id())
    phrasings = tuple(Phrasing(id=PhrasingId(new_id()), text=text) for text in new.phrasings)
    content = Content(
        answer=new.answer,
        phrasings=phrasings,
        intent_id=new.intent_id,
        scope=dict(new.scope or {}),
        status=new.status,
        pinned=new.pinned,
    )
    vectors = await embedder.embed([new.answer, *new.phrasings])
    await tx.resolutions.add(
        resolution_id=resolution_id,
        content=content,
        answer_embedding=vectors[0],
        embedding_model=embedder.name,
        provenance=new.provenance,
        duplicate_of=new.duplicate_of,
        store_version=version,
    )
    await tx.resolutions.log(
        resolution_id,
        revision=1,
        change=change,
        actor=author.name,
        note=author.note,
        content=content,
        store_version=version,
    )
    for phrasing, vector in zip(phrasings, vectors[1:], strict=True):
        await tx.phrasings.add(
            phrasing_id=phrasing.id,
            resolution_id=resolution_id,
            text=phrasing.text,
            vector=vector,
            embedding_model=embedder.name,
            turn_id=new.turn_id,
        )
    await tx.outbox.touch(RESOLUTIONS, sorted(_in_use(content)))
    return await tx.resolutions.get(resolution_id)


async def revise(
    tx: Transaction,
    embedder: Embedder,
    current: Resolution,
    content: Content,
    *,
    author: Author,
    change: Change,
    turn_id: TurnId | None = None,
) -> Resolution:
    """Makes `content` the next revision of `current`, read since the caller locked the store.

    Phrasings that were never stored are embedded; ones that the resolution had before come back as
    they were.
    """
    version = await tx.workspace.next_store_version()
    known = set(await tx.phrasings.ids_of(current.id))
    fresh = [p for p in content.phrasings if p.id not in known]
    same_answer = content.answer == current.content.answer
    texts = [p.text for p in fresh] + ([] if same_answer else [content.answer])
    vectors = await embedder.embed(texts)
    for phrasing, vector in zip(fresh, vectors, strict=False):
        await tx.phrasings.add(
            phrasing_id=phrasing.id,
            resolution_id=current.id,
            text=phrasing.text,
            vector=vector,
            embedding_model=embedder.name,
            turn_id=turn_id,
        )
    await tx.phrasings.activate_only(current.id, [p.id for p in content.phrasings])
    revision = current.revision + 1
    await tx.resolutions.move_head(
        current.id,
        revision=revision,
        content=content,
        answer_embedding=None if same_answer else vectors[-1],
        store_version=version,
    )
    await tx.resolutions.log(
        current.id,
        revision=revision,
        change=change,
        actor=author.name,
        note=author.note,
        content=content,
        store_version=version,
    )
    await tx.outbox.touch(RESOLUTIONS, sorted(_in_use(current.content) ^ _in_use(content)))
    return await tx.resolutions.get(current.id)


def _in_use(content: Content) -> set[PhrasingId]:
    """The phrasings that may be found."""
    if content.status is not ResolutionStatus.ACTIVE:
        return set()
    return {p.id for p in content.phrasings}


async def at_revision(
    tx: Transaction, resolution_id: ResolutionId, expected: int | None
) -> Resolution:
    """The resolution, which nobody else changes until the transaction ends. Raises NotFound, or
    StaleRevision if it has moved on."""
    await tx.workspace.lock_store()
    current = await tx.resolutions.get(resolution_id)
    if expected is not None and current.revision != expected:
        raise StaleRevision(resolution_id=resolution_id, expected=expected, actual=current.revision)
    return current


def with_phrasings(content: Content, texts: Sequence[str]) -> Content:
    """`content` with exactly these phrasings; ones it has keep their ids."""
    by_text = {p.text: p for p in content.phrasings}
    kept = tuple(
        by_text.get(text) or Phrasing(id=PhrasingId(new_id()), text=text)
        for text in dict.fromkeys(texts)
    )
    if not kept:
        raise Invalid(field="phrasings", problem="A resolution needs at least one phrasing.")
    return replace(content, phrasings=kept)


async def delete(
    tx: Transaction, embedder: Embedder, resolution_id: ResolutionId, *, author: Author
) -> Resolution | None:
    """From this commit on it is never used again, unless it is restored. None for one that is
    deleted already, which stays as it is. Raises NotFound."""
    current = await at_revision(tx, resolution_id, None)
    if current.content.status is ResolutionStatus.DELETED:
        return None
    content = replace(current.content, status=ResolutionStatus.DELETED)
    return await revise(tx, embedder, current, content, author=author, change=Change.DELETED)


async def restore(
    tx: Transaction,
    embedder: Embedder,
    resolution_id: ResolutionId,
    revision: int,
    *,
    author: Author,
    expected: int | None = None,
) -> Resolution:
    """Makes an earlier revision's content the newest one.

    Raises NotFound, or StaleRevision when `expected` is not the newest revision.
    """
    current = await at_revision(tx, resolution_id, expected)
    earlier = await tx.resolutions.revision(resolution_id, revision)
    return await revise(
        tx, embedder, current, earlier.content, author=author, change=Change.RESTORED
    )
