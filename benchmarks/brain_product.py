"""Brain search as the product does it, with Postgres and Chroma: recall@5, and milliseconds.

    python -m benchmarks.brain_product

`benchmarks.brain_search` compares ways of ranking in memory; this runs `BrainSearch` itself on the
same passages, ingested into a workspace, and must find the same.
"""

import asyncio
import statistics
import tempfile
import time
from itertools import groupby
from pathlib import Path
from typing import Any

from benchmarks.brain_tenants import Tenant, headings, segment
from benchmarks.service import percentile
from support_graph import bootstrap
from support_graph.desk.indexing import sync_index
from support_graph.desk.parts import Desk
from support_graph.domain.documents import Passage, Visibility
from support_graph.domain.ids import DocumentId, PassageId, WorkspaceId, new_id
from support_graph.settings import Settings
from support_graph.store.outbox import BRAIN

_NOT_FOUND = 10**6

Gold = dict[int, PassageId]


def main() -> None:
    asyncio.run(_measure(segment()))


async def _measure(tenant: Tenant) -> None:
    with tempfile.TemporaryDirectory(prefix="sgbrain", ignore_cleanup_errors=True) as folder:
        settings = Settings(data=Path(folder), database_url=None, chroma_url=None)
        async with bootstrap.desk(settings, listen=False) as desk:
            async with desk.stores.across() as workspaces:
                workspace = (await workspaces.create("segment")).id
            started = time.perf_counter()
            gold = await _stored(desk, workspace, tenant)
            await sync_index(desk, workspace, BRAIN)
            print(f"stored and indexed in {time.perf_counter() - started:.1f} s")
            print("\n                     recall@1  recall@5    p50 ms    p99 ms")
            for name, with_page in (("question", False), ("question and page", True)):
                await _row(desk, workspace, tenant, gold, name, with_page=with_page)


async def _stored(desk: Desk, workspace: WorkspaceId, tenant: Tenant) -> Gold:
    """The passages as they are, one document a page, with the vectors of what is indexed."""
    gold: Gold = {}
    numbered = list(enumerate(tenant.passages))
    for page, rows in groupby(numbered, key=lambda pair: str(pair[1]["page"])):
        async with desk.stores.within(workspace).begin() as tx:
            members = list(rows)
            title = str(members[0][1]["page_title"])
            document_id = await tx.documents.ensure(
                source=f"{page} {members[0][0]}",
                title=title,
                url=None,
                visibility=Visibility.PUBLIC,
            )
            made = [_passage(row, document_id, title, number) for number, row in members]
            gold.update({number: p.id for (number, _), p in zip(members, made, strict=True)})
            await tx.passages.add(
                [(p, tenant.vectors[n]) for (n, _), p in zip(members, made, strict=True)],
                embedding_model=desk.embedder.name,
                brain_version=await tx.workspace.next_brain_version(),
            )
            await tx.outbox.touch(BRAIN, [p.id for p in made])
    return gold


def _passage(row: dict[str, Any], document: DocumentId, title: str, position: int) -> Passage:
    return Passage(
        id=PassageId(new_id()),
        document_id=document,
        position=position,
        headings=tuple(headings(row)),
        text=row["text"],
        url=None,
        title=title,
        visibility=Visibility.PUBLIC,
    )


async def _row(
    desk: Desk,
    workspace: WorkspaceId,
    tenant: Tenant,
    gold: Gold,
    name: str,
    *,
    with_page: bool,
) -> None:
    ranks, spent = [], []
    for question in tenant.questions:
        title = question.page_title if with_page else None
        started = time.perf_counter()
        async with desk.stores.within(workspace).begin() as tx:
            found = await desk.tools.brain.search(tx, question.text, page_title=title)
        spent.append((time.perf_counter() - started) * 1000)
        ids = [hit.id for hit in found.hits]
        wanted = str(gold[question.gold])
        ranks.append(ids.index(wanted) if wanted in ids else _NOT_FOUND)
    first = statistics.mean(rank == 0 for rank in ranks)
    fifth = statistics.mean(rank < 5 for rank in ranks)
    times = f"{statistics.median(spent[5:]):8.1f}  {percentile(spent[5:], 0.99):8.1f}"
    print(f"{name:20} {first:9.3f} {fifth:9.3f}  {times}")


if __name__ == "__main__":
    main()
