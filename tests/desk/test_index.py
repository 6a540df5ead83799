"""Chroma proposes, Postgres disposes: a stale, missing or damaged index never changes an answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest

from support_graph.desk import indexing, resolutions
from support_graph.desk.parts import Desk
from support_graph.domain.ids import ResolutionId, WorkspaceId, new_id
from support_graph.learning.revise import Author
from support_graph.store.database import Transaction
from support_graph.store.embeddings import Vector
from support_graph.store.neighbours import IndexWriter, Neighbours
from support_graph.store.outbox import QUARANTINED, READY, RESOLUTIONS
from support_graph.store.vectors import Address, Vectors
from tests.desk.conftest import Customer, teach

TINA = Author(name="Tina")
TOPICS = {
    "How do I reset my API key?": "Press Regenerate.",
    "Where is my invoice?": "Under Billing.",
    "Do you ship to Norway?": "Yes, in five days.",
    "Can I change my seat?": "Until the day before.",
}


@pytest.fixture
async def taught(desk: Desk, workspace: WorkspaceId) -> list[ResolutionId]:
    return [await teach(desk, workspace, q, a) for q, a in TOPICS.items()]


async def _found(
    desk: Desk, workspace: WorkspaceId, question: str, vectors: Vectors | None = None
) -> list[tuple[ResolutionId, float]]:
    neighbours = Neighbours(vectors or desk.vectors, desk.embedder.name)
    query = (await desk.embedder.embed([question]))[0]
    async with desk.stores.within(workspace).begin() as tx:
        hits = await neighbours.phrasings(tx, query, 10)
    return [(hit.resolution_id, round(hit.similarity, 4)) for hit in hits]


async def _nowhere() -> Address:
    return Address("127.0.0.1", 1, tls=False)


async def test_the_index_and_exact_search_agree(
    desk: Desk, workspace: WorkspaceId, taught: list[ResolutionId]
) -> None:
    await indexing.sync_index(desk, workspace, RESOLUTIONS)
    away = Vectors(_nowhere)
    for question in TOPICS:
        with_index = await _found(desk, workspace, question)
        assert with_index == await _found(desk, workspace, question, away)
    await away.close()


async def test_customers_are_answered_while_the_index_is_away(
    desk: Desk, workspace: WorkspaceId, taught: list[ResolutionId]
) -> None:
    away = Vectors(_nowhere)
    found = await _found(desk, workspace, "Where can I find my invoice?", away)
    await away.close()

    assert found[0][0] == taught[1]


async def test_what_the_index_still_has_of_a_deleted_resolution_is_not_believed(
    desk: Desk, workspace: WorkspaceId, taught: list[ResolutionId]
) -> None:
    await indexing.sync_index(desk, workspace, RESOLUTIONS)
    phrasings = await _phrasings(desk, workspace, taught[1])

    await resolutions.delete(desk, workspace, taught[1], author=TINA)
    await _put_back(desk, workspace, phrasings)

    found = [r for r, _ in await _found(desk, workspace, "Where is my invoice?")]
    assert taught[1] not in found


async def test_what_the_index_lacks_is_found_all_the_same(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    async with idle_desk.stores.within(workspace).begin() as tx:
        made = await _made(idle_desk, tx, "Where is my invoice?")
        # Everything before counts as confirmed, as in a workspace that is long in use.
        await tx.outbox.set_status(RESOLUTIONS, idle_desk.embedder.name, READY)

    found = await _found(idle_desk, workspace, "Where is my invoice?")
    assert found[0][0] == made


async def test_verify_sees_what_is_missing_and_what_is_too_much(
    desk: Desk, workspace: WorkspaceId, taught: list[ResolutionId]
) -> None:
    await indexing.sync_index(desk, workspace, RESOLUTIONS)
    stray = np.zeros(desk.embedder.dimensions, dtype=np.float32)
    stray[0] = 1.0
    phrasings = await _phrasings(desk, workspace, taught[0])
    await desk.vectors.apply(
        workspace,
        RESOLUTIONS,
        desk.embedder.name,
        upserts=[(new_id(), stray, "stray")],
        deletes=[item for item, _, _ in phrasings],
    )

    found = {v.kind: v for v in await indexing.verify(desk, workspace)}[RESOLUTIONS]
    assert (found.missing, found.surplus) == (1, 1)

    await indexing.rebuild(desk, workspace)
    found = {v.kind: v for v in await indexing.verify(desk, workspace)}[RESOLUTIONS]
    assert (found.missing, found.surplus) == (0, 0)


async def test_a_quarantined_index_is_passed_by_and_rebuilt(
    desk: Desk, workspace: WorkspaceId, taught: list[ResolutionId]
) -> None:
    await indexing.sync_index(desk, workspace, RESOLUTIONS)
    async with desk.stores.within(workspace).begin() as tx:
        await tx.outbox.set_status(RESOLUTIONS, desk.embedder.name, QUARANTINED)

    turn = await Customer(desk=desk, workspace=workspace).asks("Where can I find my invoice?")
    assert turn.explanation["evidence"]["resolutions"][0]["id"] == str(taught[1])

    await indexing.sync_index(desk, workspace, RESOLUTIONS)
    async with desk.stores.within(workspace).begin() as tx:
        assert await tx.outbox.status(RESOLUTIONS, desk.embedder.name) == READY


async def test_an_index_that_is_written_anew_by_two_at_once_is_sound(
    desk: Desk, workspace: WorkspaceId, taught: list[ResolutionId]
) -> None:
    """Such as a job and somebody at the command line."""
    await asyncio.gather(*(indexing.rebuild(desk, workspace) for _ in range(12)))

    found = {v.kind: v for v in await indexing.verify(desk, workspace)}[RESOLUTIONS]
    assert (found.status, found.missing, found.surplus) == (READY, 0, 0)


async def test_what_another_process_wrote_anew_is_searched(
    desk: Desk, workspace: WorkspaceId, taught: list[ResolutionId]
) -> None:
    await indexing.rebuild(desk, workspace)
    other = Vectors(desk.vectors.address)
    before = await _found(desk, workspace, "Where is my invoice?", other)

    await indexing.rebuild(desk, workspace)

    assert await _found(desk, workspace, "Where is my invoice?", other) == before
    await other.close()
    assert await _status(desk, workspace) == READY


async def test_an_index_that_chroma_has_lost_is_passed_by_and_upkeep_writes_it_again(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    async with idle_desk.stores.within(workspace).begin() as tx:
        made = await _made(idle_desk, tx, "Where is my invoice?")
    await indexing.rebuild(idle_desk, workspace)
    await idle_desk.vectors.drop(workspace, RESOLUTIONS, idle_desk.embedder.name)

    found = await _found(idle_desk, workspace, "Where is my invoice?")
    assert found[0][0] == made
    assert await _status(idle_desk, workspace) == QUARANTINED
    assert await _left_to_index(idle_desk, workspace, seconds=3600) == []
    assert await _left_to_index(idle_desk, workspace, seconds=0) == [RESOLUTIONS]

    await indexing.sync_index(idle_desk, workspace, RESOLUTIONS)
    assert await _status(idle_desk, workspace) == READY
    assert await _left_to_index(idle_desk, workspace, seconds=0) == []


async def _status(desk: Desk, workspace: WorkspaceId) -> str | None:
    async with desk.stores.within(workspace).begin() as tx:
        return await tx.outbox.status(RESOLUTIONS, desk.embedder.name)


async def _left_to_index(desk: Desk, workspace: WorkspaceId, *, seconds: float) -> list[str]:
    async with desk.stores.across() as workspaces:
        left = await workspaces.waiting_for_index(desk.embedder.name, seconds=seconds)
    return [kind for one, kind in left if one == workspace]


async def test_an_index_that_is_away_leaves_its_changes_waiting(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    async with idle_desk.stores.within(workspace).begin() as tx:
        await _made(idle_desk, tx, "Where is my invoice?")
    away = Vectors(_nowhere)
    cut_off = replace(idle_desk, index=IndexWriter(away, idle_desk.embedder.name))

    await indexing.sync_index(cut_off, workspace, RESOLUTIONS)
    await away.close()

    async with idle_desk.stores.within(workspace).begin() as tx:
        assert await tx.outbox.waiting(RESOLUTIONS) == 1


async def _made(desk: Desk, tx: Transaction, question: str) -> ResolutionId:
    from support_graph.domain.resolutions import Change  # noqa: PLC0415
    from support_graph.learning.revise import NewResolution, create  # noqa: PLC0415

    await tx.workspace.lock_store()
    new = NewResolution(
        answer="Under Billing.",
        phrasings=[question],
        intent_id=await tx.intents.ensure("invoice"),
        provenance={},
    )
    made = await create(tx, desk.embedder, new, author=TINA, change=Change.LEARNED)
    return made.id


_Rows = Sequence[tuple[UUID, np.ndarray, str]]


async def _phrasings(desk: Desk, workspace: WorkspaceId, resolution_id: ResolutionId) -> _Rows:
    async with desk.stores.within(workspace).begin() as tx:
        rows = await tx.phrasings.of([resolution_id])
    return [(row.id, row.vector, row.text) for row in rows]


async def _put_back(desk: Desk, workspace: WorkspaceId, rows: _Rows) -> None:
    await desk.vectors.apply(workspace, RESOLUTIONS, desk.embedder.name, upserts=rows, deletes=[])


async def test_what_is_indexed_while_the_question_is_looked_up_is_found(
    desk: Desk, workspace: WorkspaceId, taught: list[ResolutionId]
) -> None:
    """A change leaves the outbox just after the index was asked, which did not have it yet."""
    await indexing.sync_index(desk, workspace, RESOLUTIONS)
    late = _ConfirmedLate(desk, workspace)
    async with desk.stores.within(workspace).begin() as tx:
        made = await _made(desk, tx, "Is there a night bus?")

    found = await _found(desk, workspace, "Is there a night bus?", late)
    await late.close()

    assert found[0][0] == made


class _ConfirmedLate(Vectors):
    """The real index, caught at the worst moment."""

    def __init__(self, desk: Desk, workspace: WorkspaceId) -> None:
        super().__init__(desk.vectors.address)
        self._desk = desk
        self._workspace = workspace

    async def search(
        self, workspace_id: WorkspaceId, kind: str, model: str, vectors: Sequence[Vector], k: int
    ) -> Sequence[Sequence[tuple[UUID, float]]]:
        hits = await super().search(workspace_id, kind, model, vectors, k)
        await indexing.sync_index(self._desk, self._workspace, RESOLUTIONS)
        return hits
