"""Passages read into the Brain a second, over HTTP: parsed, cut, embedded, stored and indexed.

python -m benchmarks.ingest [--pages N]
"""

import asyncio
import sys
import time
from collections.abc import Iterable
from typing import Any

import httpx

from benchmarks.public_data import rows
from benchmarks.service import Service, running

SETS = ("docs_segment_passages_a", "docs_segment_passages_b")


def main() -> None:
    pages = list(_pages(row for name in SETS for row in rows(name)).items())
    if "--pages" in sys.argv:
        pages = pages[: int(sys.argv[sys.argv.index("--pages") + 1])]
    with running() as service:
        asyncio.run(_measure(service, pages))


def _pages(passages: Iterable[dict[str, Any]]) -> dict[str, str]:
    """The pages as Markdown again, by title."""
    pages: dict[str, list[str]] = {}
    for row in passages:
        title = f"{row['page_title']} ({row['page']})"
        page = pages.setdefault(title, [])
        if row["headings"]:
            page.append(f"## {row['headings'][-1]}")
        page.append(row["text"])
    return {title: "\n\n".join(parts) for title, parts in pages.items()}


async def _measure(service: Service, pages: list[tuple[str, str]]) -> None:
    async with service.client("teammate", connections=8) as client:
        started = time.perf_counter()
        gate = asyncio.Semaphore(8)

        async def add(title: str, text: str) -> str:
            async with gate:
                body = {"title": title, "text": text}
                response = await client.post("/v1/brain/documents", json=body)
                response.raise_for_status()
                return str(response.json()["id"])

        ids = await asyncio.gather(*(add(title, text) for title, text in pages))
        taken = time.perf_counter() - started
        counts = [await _read(client, document_id) for document_id in ids]
        passages = sum(count for count in counts if count is not None)
        spent = time.perf_counter() - started
        indexed = await _indexed(client, started)
    print(f"documents                        {len(ids):10,}")
    print(f"  of them without any text       {counts.count(None):10,}")
    print(f"passages                         {passages:10,}")
    print(f"documents taken in, a second     {len(ids) / taken:10.1f}")
    print(f"passages ready to be found, a s  {passages / spent:10.1f}")
    print(f"passages in the vector index a s {passages / indexed:10.1f}")


async def _read(client: httpx.AsyncClient, document_id: str) -> int | None:
    """How many passages it has once it has been read; None for a page without any text."""
    while True:
        document = (await client.get(f"/v1/brain/documents/{document_id}")).json()
        if document["status"] != "processing":
            return int(document["passage_count"]) if document["status"] == "ready" else None
        await asyncio.sleep(0.2)


async def _indexed(client: httpx.AsyncClient, started: float) -> float:
    """Seconds until nothing waits for the index any more."""
    while True:
        metrics = (await client.get("/metrics")).text
        waiting = [
            float(line.rsplit(" ", 1)[1])
            for line in metrics.splitlines()
            if line.startswith("support_graph_index_outbox_waiting")
        ]
        if not waiting:
            raise SystemExit("/metrics does not say how much waits for the index")
        if not sum(waiting):
            return time.perf_counter() - started
        await asyncio.sleep(0.5)


if __name__ == "__main__":
    main()
