"""What the story needs before it begins: a workspace, keys, and documents in the Brain."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from support_graph.cli import console
from support_graph.cli.demo.api import Json, Teammate
from support_graph.cli.demo.story import Story
from support_graph.desk import keys, people
from support_graph.desk.parts import Desk
from support_graph.domain.errors import NameTaken
from support_graph.domain.ids import WorkspaceId
from support_graph.domain.workspaces import Role

WORKSPACE = "demo"

_KEY_NAME = "made by the demo"
_LOOK_SECONDS = 0.05
_LOOKS = 2400


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    customer: str
    teammate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Brain:
    """What the documents were read as."""

    documents: int
    passages: int
    known: int
    unread: tuple[str, ...]


@asynccontextmanager
async def demo_keys(desk: Desk, story: Story) -> AsyncIterator[Keys]:
    """Keys of the demo's workspace that open nothing once the demo is over."""
    workspace_id = await _workspace(desk)
    await _revoke_all(desk, workspace_id)  # of a demo that could not end properly
    customer = await keys.create(desk, workspace_id, role=Role.CHANNEL, name=_KEY_NAME, member=None)
    teammate = await keys.create(
        desk, workspace_id, role=Role.TEAMMATE, name=_KEY_NAME, member=story.teammate
    )
    try:
        yield Keys(customer=customer.secret, teammate=teammate.secret)
    finally:
        await _revoke_all(desk, workspace_id)


async def seat(desk: Desk, story: Story) -> str:
    """The secret of a link that opens the dashboard once, signed in as the story's teammate."""
    return await people.seat(desk, await _workspace(desk), story.teammate, Role.TEAMMATE)


async def _workspace(desk: Desk) -> WorkspaceId:
    with suppress(NameTaken):
        async with desk.stores.across() as workspaces:
            return (await workspaces.create(WORKSPACE)).id
    async with desk.stores.across() as workspaces:
        return (await workspaces.named(WORKSPACE)).id


async def _revoke_all(desk: Desk, workspace_id: WorkspaceId) -> None:
    async with desk.stores.within(workspace_id).begin() as tx:
        made = [key for key in await tx.keys.all() if key.name == _KEY_NAME]
    for key in made:
        if key.revoked_at is None:
            await keys.revoke(desk, workspace_id, key.id)


async def read_documents(teammate: Teammate, paths: list[Path]) -> Brain:
    """Hands the documents in; ones that are known and unchanged are not read again."""
    known = {d["source"] async for d in teammate.documents() if d["status"] == "ready"}
    read: list[Json] = []
    with console.progress() as progress:
        contents = [(path.name, path.read_bytes()) for path in paths]
        for name, content in progress.track(contents, description="Reading the documentation"):
            taken = await teammate.add_document(name, content)
            read.append(await _read(teammate, taken["id"]))
    ready = [document for document in read if document["status"] == "ready"]
    return Brain(
        documents=len(ready),
        passages=sum(document["passage_count"] for document in ready),
        known=sum(document["source"] in known for document in ready),
        unread=tuple(d["error"] or d["source"] for d in read if d["status"] != "ready"),
    )


async def _read(teammate: Teammate, document_id: str) -> Json:
    """The document once it has been read, or as it is when that takes too long."""
    for _ in range(_LOOKS):
        document = await teammate.document(document_id)
        if document["status"] != "processing":
            break
        await asyncio.sleep(_LOOK_SECONDS)
    return document


async def tidy_up(teammate: Teammate, story: Story) -> bool:
    """Removes what a story that was broken off has left behind; whether there was anything."""
    learned = [r["id"] async for r in teammate.resolutions() if r["answer"] == story.answer]
    asked = {story.documented, story.unknown, story.reworded}
    waiting = [e["id"] async for e in teammate.escalations() if e["question"] in asked]
    for resolution_id in learned:
        await teammate.delete_resolution(resolution_id)
    for escalation_id in waiting:
        await teammate.dismiss(escalation_id)
    return bool(learned or waiting)
