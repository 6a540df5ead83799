"""A worker that lives as long as the process that started it (see worker_processes).

Run with -m, a data folder, and how many jobs it may run at a time. It ends when its standard input
is closed: by the other process, or by the kernel when that one has died.
"""

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from support_graph import bootstrap
from support_graph.cli.running import keep, run
from support_graph.cli.stopping import Parts
from support_graph.cli.working import keep_working
from support_graph.settings import Settings

_GRACE_SECONDS = 60.0
"""For what has begun to be finished, and for the engines to be stopped where nobody else is left to
do it; a process that hangs then ends all the same."""


def main() -> None:
    folder, jobs = sys.argv[1:]
    run(_work(Path(folder), concurrency=int(jobs)))


async def _work(folder: Path, *, concurrency: int) -> None:
    loop, left = asyncio.get_running_loop(), asyncio.Event()

    def leave() -> None:
        with suppress(RuntimeError):  # it has ended by itself
            loop.call_soon_threadsafe(left.set)

    threading.Thread(target=_watch, args=[leave], name="watch", daemon=True).start()
    settings = Settings(data=folder, database_url=None, chroma_url=None)
    # Opened in any case: only one who uses the engines can be the last one to do so.
    async with bootstrap.desk(settings, listen=False, fleeting=True) as desk:
        keep()
        parts = Parts()
        parts.start("worker", keep_working(desk, concurrency=concurrency))
        try:
            await parts.alive_during(left.wait())
        finally:
            await parts.end()


def _watch(leave: Callable[[], None]) -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    leave()
    time.sleep(_GRACE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
