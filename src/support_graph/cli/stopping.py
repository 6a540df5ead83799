"""How a server ends: by a signal, in order; or because a part of it did."""

import asyncio
import logging
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

from support_graph.cli import console
from support_graph.cli.failures import CommandFailed, first_line

log = logging.getLogger(__name__)

T = TypeVar("T")

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_END_SECONDS = 20.0
"""A part that takes longer to end than its own grace allows is left behind."""


async def until_signal(work: Coroutine[Any, Any, T]) -> T | None:
    """What `work` gives; at the first SIGINT or SIGTERM it is cancelled instead, and None given.

    Later signals change nothing: ending takes some seconds at most.
    """
    task = asyncio.create_task(work)
    asked: list[int] = []

    def stop(number: int) -> None:
        if not asked:
            console.note("Stopping; what has begun is finished first.")
            task.cancel()
        asked.append(number)

    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, stop, number)
    try:
        return await task
    except asyncio.CancelledError:
        if asked:
            return None
        raise
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)


class Parts:
    """Tasks of which none may end before all are ended."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, name: str, part: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(part, name=name))

    async def alive_during(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` gives. Raises CommandFailed when a part ends before it does."""
        task = asyncio.create_task(work)
        try:
            await asyncio.wait([task, *self._tasks], return_when=asyncio.FIRST_COMPLETED)
            for part in self._tasks:
                if part.done():
                    raise _died(part)
            return await task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def end(self) -> None:
        """In the order of their start; each may finish what it has begun."""
        for part in self._tasks:
            part.cancel()
            await asyncio.wait([part], timeout=_END_SECONDS)


def _died(part: asyncio.Task[None]) -> CommandFailed:
    error = None if part.cancelled() else part.exception()
    log.error("The %s ended.", part.get_name(), exc_info=error)
    why = f" ({first_line(error)})" if error is not None else ""
    return CommandFailed(f"The {part.get_name()} has failed{why}, so the whole service stops.")
