"""A removed document is found by nobody, and comes back as it was for as long as it is kept."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from support_graph.brain.search import BrainSearch
from support_graph.desk import documents, removing
from support_graph.desk.auditing import OPERATOR
from support_graph.desk.indexing import sync_index, verify
from support_graph.desk.parts import Desk
from support_graph.domain.documents import DocumentStatus, Visibility
from support_graph.domain.errors import NameTaken, NotFound
from support_graph.domain.ids import DocumentId, WorkspaceId
from support_graph.store.neighbours import Neighbours
from support_graph.store.outbox import BRAIN
from support_graph.store.tables import document_uploads, passages, removed_rows
from support_graph.store.tables import documents as table
from tests.desk.conftest import document

QUESTION = "How long is the warranty?"
WARRANTY = "# Warranty\n\nThe warranty lasts two years from the day of purchase.\n"


async def _only(desk: Desk, workspace: WorkspaceId) -> DocumentId:
    async with desk.stores.within(workspace).begin() as tx:
        (one,) = (await tx.documents.list(cursor=None, limit=5)).items
    return one.id


async def _rows(desk: Desk, workspace: WorkspaceId) -> list[list[dict[str, Any]]]:
    """All that is stored of documents, but for the version that brought the passages."""
    async with desk.stores.within(workspace).begin() as tx:
        found = [
            (await tx.connection.execute(select(one))).mappings().all()
            for one in (table, passages, document_uploads)
        ]
    return [
        sorted(({k: v for k, v in row.items() if k != "added_in"} for row in rows), key=str)
        for rows in found
    ]


async def _finds(desk: Desk, workspace: WorkspaceId, search: BrainSearch) -> int:
    async with desk.stores.within(workspace).begin() as tx:
        return len((await search.search(tx, QUESTION)).hits)


async def test_a_document_comes_back_as_it_was(desk: Desk, workspace: WorkspaceId) -> None:
    """To a process that saw it go, to one that did not, and to one that begins."""
    await document(desk, workspace, "guide", WARRANTY)
    one, before = await _only(desk, workspace), await _rows(desk, workspace)
    near = Neighbours(desk.vectors, desk.embedder.name)
    saw, slept, begins = (BrainSearch(neighbours=near, embedder=desk.embedder) for _ in range(3))
    assert await _finds(desk, workspace, saw) == await _finds(desk, workspace, slept) == 1

    await removing.remove(desk, workspace, one, by=OPERATOR)
    assert await _finds(desk, workspace, saw) == 0
    assert await _rows(desk, workspace) == [[], [], []]
    await removing.bring_back(desk, workspace, one, by=OPERATOR)

    assert await _rows(desk, workspace) == before
    for search in (saw, slept, begins):
        assert await _finds(desk, workspace, search) == 1
    await sync_index(desk, workspace, BRAIN)
    index = next(v for v in await verify(desk, workspace) if v.kind == BRAIN)
    assert (index.missing, index.surplus, index.waiting) == (0, 0, 0)


async def test_what_had_not_been_read_yet_is_read_when_it_is_back(
    desk: Desk, idle_desk: Desk, workspace: WorkspaceId
) -> None:
    new = documents.NewDocument(
        source="guide.md",
        title="guide",
        url=None,
        media_type="text/markdown",
        filename="guide.md",
        content=WARRANTY.encode(),
        visibility=Visibility.PUBLIC,
    )
    async with idle_desk.stores.within(workspace).begin() as tx:
        # In one transaction, so that no worker can be quicker than the removal.
        one = await tx.documents.ensure(
            source=new.source, title=new.title, url=None, visibility=new.visibility
        )
        await tx.documents.upload(
            document_id=one,
            media_type=new.media_type,
            filename=new.filename,
            title=new.title,
            visibility=new.visibility,
            content=new.content,
        )
    await removing.remove(desk, workspace, one, by=OPERATOR)
    await removing.bring_back(desk, workspace, one, by=OPERATOR)

    async def read() -> bool | None:
        async with desk.stores.within(workspace).begin() as tx:
            return (await tx.documents.get(one)).status is DocumentStatus.READY or None

    assert await desk.listener.until(f"document:{one}", read, seconds=120)


async def test_a_document_whose_place_is_taken_stays_removed(
    desk: Desk, workspace: WorkspaceId
) -> None:
    await document(desk, workspace, "guide", WARRANTY)
    old = await _only(desk, workspace)
    await removing.remove(desk, workspace, old, by=OPERATOR)
    await document(desk, workspace, "guide", "# Warranty\n\nIt lasts three years by now.\n")
    new = await _only(desk, workspace)

    with pytest.raises(NameTaken, match=r"guide\.md"):
        await removing.bring_back(desk, workspace, old, by=OPERATOR)
    await removing.remove(desk, workspace, new, by=OPERATOR)
    await removing.bring_back(desk, workspace, old, by=OPERATOR)

    assert await _only(desk, workspace) == old


async def test_what_is_kept_no_longer_is_gone_for_good(desk: Desk, workspace: WorkspaceId) -> None:
    for name in ("first", "second"):
        await document(desk, workspace, name, WARRANTY)
    async with desk.stores.within(workspace).begin() as tx:
        first, second = (d.id for d in (await tx.documents.list(cursor=None, limit=5)).items)
    await removing.remove(desk, workspace, first, by=OPERATOR)
    later = replace(desk, clock=lambda: datetime.now(UTC) + removing.KEPT)
    await removing.remove(later, workspace, second, by=OPERATOR)

    await removing.purge_everywhere(desk)
    async with desk.stores.within(workspace).begin() as tx:
        assert await tx.removals.among([first, second]) == {first, second}
    await removing.purge_everywhere(later)

    with pytest.raises(NotFound):
        await removing.bring_back(desk, workspace, first, by=OPERATOR)
    await removing.forget(desk, workspace, second, by=OPERATOR)
    with pytest.raises(NotFound):
        await removing.bring_back(desk, workspace, second, by=OPERATOR)
    async with desk.stores.within(workspace).begin() as tx:
        assert (await tx.connection.execute(select(removed_rows))).all() == []
