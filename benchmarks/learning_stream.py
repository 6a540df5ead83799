"""The learning curve inside the product: graph, queue, Postgres and Chroma; scripted people.

    python -m benchmarks.learning_stream [--data banking77|clinc150] [--messages N] [--noticed S]

From an empty store, in random order (seed 0). CLINC150 with 12 % out-of-scope messages, which a
teammate answers with a one-off. Teammates give each answer in three wordings.
"""

import argparse
import asyncio
import contextlib
import random
import tempfile
import time
from pathlib import Path

from benchmarks.public_data import rows as public
from support_graph import bootstrap
from support_graph.cli.scripted import one_off, wordings
from support_graph.desk.evaluation import Handled, People, Row, replay
from support_graph.desk.work import work
from support_graph.settings import Settings

_MARKS = (500, 1_000, 3_000, 5_000, 10_000)
_LAST = 2_000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", choices=["banking77", "clinc150"], default="banking77")
    parser.add_argument("--messages", type=int, default=3_000)
    parser.add_argument("--noticed", type=float, default=0.2)
    parser.add_argument("--at-once", type=int, default=8)
    asked = parser.parse_args()
    asyncio.run(_run(asked))


async def _run(asked: argparse.Namespace) -> None:
    chance = random.Random(0)
    rows = _stream(asked.data, asked.messages, chance)
    with tempfile.TemporaryDirectory(prefix="sgstream", ignore_cleanup_errors=True) as folder:
        settings = Settings(data=Path(folder), database_url=None, chroma_url=None)
        async with bootstrap.desk(settings, fleeting=True) as desk:
            worker = asyncio.create_task(work(desk, concurrency=8))
            async with desk.stores.across() as workspaces:
                workspace = (await workspaces.create(asked.data)).id
            people = People(chance=chance, noticed=asked.noticed)
            started = time.perf_counter()
            handled: list[Handled] = []
            async for one in replay(desk, workspace, rows, people, at_once=asked.at_once):
                handled.append(one)
                if len(handled) in _MARKS or len(handled) % 500 == 0:
                    _print(handled, time.perf_counter() - started)
            async with desk.stores.within(workspace).begin() as tx:
                known = await tx.resolutions.list(
                    intent=None, status=None, pinned=None, cursor=None, limit=5_000
                )
            answers = {row.gold for row in rows if row.gold is not None}
            print(f"{len(known.items)} resolutions for {len(answers)} answers")
            worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await worker


def _print(handled: list[Handled], seconds: float) -> None:
    automatic = [h for h in handled if h.automatic]
    lately = [h for h in handled[-_LAST:] if h.automatic]
    print(
        f"{len(handled):6,}  deflected {len(automatic) / len(handled):6.1%}"
        f"  right {_right(automatic):6.1%}"
        f"  last {min(_LAST, len(handled)):,}: {len(lately) / min(_LAST, len(handled)):6.1%}"
        f" / {_right(lately):6.1%}  {len(handled) / seconds:5.1f} messages/s",
        flush=True,
    )


def _right(automatic: list[Handled]) -> float:
    return sum(bool(h.right) for h in automatic) / max(1, len(automatic))


def _stream(data: str, messages: int, chance: random.Random) -> list[Row]:
    if data == "banking77":
        found = [r for r in public("intents_banking77") if r["split"] == "train"]
        chance.shuffle(found)
        return [_row(r["text"], r["intent"]) for r in found[:messages]]
    every = public("intents_clinc150")
    known = [r for r in every if not r["oos"]]
    strange = [r for r in every if r["oos"]]
    chance.shuffle(known)
    chance.shuffle(strange)
    apart = int(messages * 0.12)
    chosen = [*known[: messages - apart], *strange[:apart]]
    chance.shuffle(chosen)
    return [_row(r["text"], None if r["oos"] else r["intent"]) for r in chosen]


def _row(text: str, intent: str | None) -> Row:
    if intent is None:
        return Row(text=text, gold=None, wordings=one_off(text))
    return Row(text=text, gold=intent, wordings=wordings(intent))


if __name__ == "__main__":
    main()
