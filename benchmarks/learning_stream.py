"""The learning curve inside the product: graph, queue, Postgres and Chroma; scripted people.

    python -m benchmarks.learning_stream [--data banking77|clinc150|banking77_oos]
        [--kind random|zipf|drift|unmerged] [--messages N] [--noticed S] [--seed K] [--json FILE]
        [--processes N] [--jobs N] [--at-once N]

From an empty store. Teammates give each answer in three wordings; what no answer is kept for gets
a one-off. With --json, every message's outcome is written to a file too.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.processor import spent
from benchmarks.streams import DATA, KINDS, stream
from support_graph import bootstrap
from support_graph.cli.running import keep, run
from support_graph.cli.worker_processes import keep_processes
from support_graph.desk.evaluation import Handled, People, replay
from support_graph.desk.parts import Desk
from support_graph.desk.work import work
from support_graph.domain.ids import WorkspaceId
from support_graph.settings import Settings
from support_graph.store.engines import DataFolder

_EVERY = 500
_LAST = 2_000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", choices=DATA, default="banking77")
    parser.add_argument("--kind", choices=KINDS, default="random")
    parser.add_argument("--messages", type=int, default=3_000)
    parser.add_argument("--noticed", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=8)
    parser.add_argument("--json", type=Path)
    run(_run(parser.parse_args()))


async def _run(asked: argparse.Namespace) -> None:
    rows = stream(asked.data, asked.kind, asked.messages, seed=asked.seed)
    people = People(seed=asked.seed, noticed=asked.noticed)
    with tempfile.TemporaryDirectory(prefix="sgstream", ignore_cleanup_errors=True) as folder:
        settings = Settings(data=Path(folder), database_url=None, chroma_url=None)
        async with bootstrap.desk(settings, fleeting=True) as desk:
            keep()
            worker = asyncio.create_task(_work(desk, settings.data, asked))
            async with desk.stores.across() as workspaces:
                workspace = (await workspaces.create(asked.data)).id
            before = spent(settings.data)
            started = time.perf_counter()
            handled: list[Handled] = []
            async for one in replay(desk, workspace, rows, people, at_once=asked.at_once):
                handled.append(one)
                if len(handled) % _EVERY == 0 or len(handled) == len(rows):
                    _print(handled, time.perf_counter() - started)
            seconds = time.perf_counter() - started
            known = await _resolutions(desk, workspace)
            answers = {row.gold for row in rows if row.gold is not None}
            print(f"{known} resolutions for {len(answers)} answers")
            cost = {name: (now - before[name]) for name, now in spent(settings.data).items()}
            parts = (f"{name} {1000 * s / len(rows):.1f} ms" for name, s in cost.items())
            print(f"on the processor, a message: {', '.join(parts)}")
            worker.cancel()
            await asyncio.gather(worker, return_exceptions=True)
    if asked.json:
        _write(asked.json, handled, seconds=seconds, resolutions=known, answers=len(answers))


async def _work(desk: Desk, folder: Path, asked: argparse.Namespace) -> None:
    """In this process, or in those beside it, as `evaluate` does."""
    if asked.processes == 1:
        await work(desk, concurrency=asked.jobs)
    else:
        count = asked.processes - 1
        await keep_processes(DataFolder(folder), count=count, concurrency=asked.jobs)


async def _resolutions(desk: Desk, workspace: WorkspaceId) -> int:
    async with desk.stores.within(workspace).begin() as tx:
        known = await tx.resolutions.list(
            intent=None, status=None, pinned=None, cursor=None, limit=50_000
        )
    return len(known.items)


def _print(handled: Sequence[Handled], seconds: float) -> None:
    automatic = [h for h in handled if h.automatic]
    lately = [h for h in handled[-_LAST:] if h.automatic]
    print(
        f"{len(handled):6,}  deflected {len(automatic) / len(handled):6.1%}"
        f"  right {_right(automatic):6.1%}"
        f"  last {min(_LAST, len(handled)):,}: {len(lately) / min(_LAST, len(handled)):6.1%}"
        f" / {_right(lately):6.1%}  {len(handled) / seconds:5.1f} messages/s",
        flush=True,
    )


def _right(automatic: Sequence[Handled]) -> float:
    return sum(bool(h.right) for h in automatic) / max(1, len(automatic))


def _write(
    path: Path, handled: Sequence[Handled], *, seconds: float, resolutions: int, answers: int
) -> None:
    told = {
        "seconds": seconds,
        "resolutions": resolutions,
        "answers": answers,
        "automatic": [h.automatic for h in handled],
        "right": [h.right for h in handled],
    }
    path.write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main()
