"""What teammates do with intents: every change is in force at the next message, and recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from support_graph.desk.parts import Desk
from support_graph.domain.errors import Invalid, NameTaken
from support_graph.domain.ids import IntentId, WorkspaceId
from support_graph.domain.intents import (
    Intent,
    IntentChange,
    IntentEntry,
    IntentStatistics,
)
from support_graph.domain.workspaces import Mode
from support_graph.learning.revise import Author
from support_graph.store.database import Transaction
from support_graph.store.embeddings import Vector


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
        made = []
        for one in new:
            own = len(dict.fromkeys(one.examples))
            made.append(await create_within(tx, desk, one, vectors[:own], author=author))
            vectors = vectors[own:]
    return made


async def create_within(
    tx: Transaction, desk: Desk, new: NewIntent, vectors: Vector, *, author: Author
) -> Intent:
    """`vectors` are those of its examples, each once. Raises NameTaken."""
    await tx.workspace.lock_store()  # before the intents, as who learns
    await tx.serialise("intents")
    made = await add(tx, new, author)
    await tx.intent_examples.add(
        made.id,
        list(dict.fromkeys(new.examples)),
        vectors,
        embedding_model=desk.embedder.name,
        store_version=await tx.workspace.next_store_version(),
    )
    return made


async def add(tx: Transaction, new: NewIntent, author: Author, **details: Any) -> Intent:
    await check_free(tx, new.name)
    made = await tx.intents.add(
        new.name,
        description=new.description,
        mode=new.mode,
        target_precision=new.target_precision,
    )
    told = {"name": new.name, "examples": len(new.examples), **details}
    await log(tx, made.id, IntentChange.CREATED, author, told)
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
        current = await standing(tx, intent_id)
        old = {name: getattr(current, name) for name in values}
        if old == dict(values):
            return current
        if values.get("name", current.name) != current.name:
            await check_free(tx, values["name"])
        await tx.intents.set(intent_id, values)
        details = {"before": old, "after": dict(values)}
        await log(tx, intent_id, IntentChange.CHANGED, author, details)
        return await tx.intents.get(intent_id)


async def standing(tx: Transaction, intent_id: IntentId, *, field: str = "intent") -> Intent:
    """The intent; nobody else changes names or merges meanwhile. Raises NotFound or Invalid."""
    await tx.serialise("intents")
    intent = await tx.intents.get(intent_id, lock=True)
    if intent.merged_into is not None:
        problem = f"{intent.name!r} was merged into {intent.merged_into}; take that one."
        raise Invalid(field=field, problem=problem)
    return intent


async def check_free(tx: Transaction, name: str) -> None:
    if await tx.intents.named(name) is not None:
        raise NameTaken(noun="intent", name=name)


async def log(
    tx: Transaction,
    intent_id: IntentId,
    change: IntentChange,
    author: Author,
    details: Mapping[str, Any],
) -> None:
    await tx.intent_log.add(intent_id, change, actor=author.name, note=author.note, details=details)
