"""What a statement costs on the processor: through SQLAlchemy's engine, and prepared (see
store/prepared.py).

    python -m benchmarks.statements [--times N]

The same query, a turn by its id, on one connection of an embedded Postgres; microseconds of this
process' time each, medians of five rounds.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy import select

from support_graph import bootstrap
from support_graph.desk.receive import Incoming, receive
from support_graph.settings import Settings
from support_graph.store.tables import turns

_ROUNDS = 5


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=400)
    asyncio.run(_run(parser.parse_args().times))


async def _run(times: int) -> None:
    with tempfile.TemporaryDirectory(prefix="sgstat", ignore_cleanup_errors=True) as folder:
        settings = Settings(data=Path(folder), database_url=None, chroma_url=None)
        async with bootstrap.desk(settings, listen=False) as desk:
            async with desk.stores.across() as workspaces:
                workspace = (await workspaces.create("statements")).id
            turn_id = (await receive(desk, workspace, Incoming(channel="api", text="Hi"))).turn_id
            async with desk.stores.within(workspace).begin() as tx:

                async def prepared() -> None:
                    await tx.turns.get(turn_id)

                async def built() -> None:
                    mine = turns.c.workspace_id == workspace, turns.c.id == turn_id
                    (await tx.connection.execute(select(turns).where(*mine))).mappings().first()

                print(f"prepared              {await _cost(prepared, times):6.0f} us")
                print(f"SQLAlchemy's engine   {await _cost(built, times):6.0f} us")

            async def transaction() -> None:
                async with desk.stores.within(workspace).begin():
                    pass

            print(f"an empty transaction  {await _cost(transaction, times):6.0f} us")


async def _cost(work: Callable[[], Awaitable[None]], times: int) -> float:
    rounds: list[float] = []
    for _ in range(_ROUNDS):
        started = time.thread_time()
        for _ in range(times):
            await work()
        rounds.append((time.thread_time() - started) / times * 1e6)
    return statistics.median(rounds)


if __name__ == "__main__":
    main()
