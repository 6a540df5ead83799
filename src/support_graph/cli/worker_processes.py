"""Workers beside this process, on the engines of one data folder, which live as long as it does.

They are what `support-graph worker` is to `serve`. Each reads from a pipe of which we alone have
the other end, so that the kernel tells them when we die, however we die; the last one to go stops
the engines.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from support_graph.cli import console
from support_graph.cli.failures import CommandFailed
from support_graph.store.engines import DataFolder

_LIVES = 5
_LAST_WORDS = 200
_PAUSE_SECONDS = 1.0
_GRACE_SECONDS = 15.0
"""For a worker to finish what it has begun, which is given ten seconds there."""


async def keep_processes(folder: DataFolder, *, count: int, concurrency: int) -> None:
    """Until cancelled. One that dies is replaced; raises CommandFailed when that goes on.

    Whoever cancels this goes on using the engines meanwhile: a worker that hangs is killed, and
    can't stop them.
    """
    keeping = (_keep(folder, number, concurrency) for number in range(count))
    tasks = [asyncio.create_task(one) for one in keeping]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _keep(folder: DataFolder, number: int, concurrency: int) -> None:
    log = folder.run / f"worker-{number}.log"
    why = ""
    for _ in range(_LIVES):
        code = await _lived(folder.path, log, concurrency)
        why = _why(code, log)
        console.note(f"A worker process has ended ({why}); another one takes its place.")
        await asyncio.sleep(_PAUSE_SECONDS)
    raise CommandFailed(f"one process after the other has ended, {_LIVES} by now; the last: {why}")


async def _lived(folder: Path, log: Path, concurrency: int) -> int:
    """Its exit code, which is negative where a signal has ended it."""
    with log.open("wb") as said:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # what lies where the command was typed is none of our modules
            "-m",
            "support_graph.cli.worker_process",
            str(folder),
            str(concurrency),
            stdin=PIPE,
            stdout=said,
            stderr=said,
            # Ctrl-C is for us: a worker finishes what it has begun.
            start_new_session=True,
        )
    try:
        return await process.wait()
    finally:
        if process.returncode is None:
            await _end(process)


async def _end(process: Process) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(_GRACE_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _why(code: int, log: Path) -> str:
    if code < 0:
        return f"killed by signal {-code}"
    said = log.read_text(encoding="utf-8", errors="replace").strip().rsplit("\n", 1)[-1]
    return said[:_LAST_WORDS] or f"with code {code}"
