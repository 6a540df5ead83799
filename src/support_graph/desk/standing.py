"""A desk for processes that others run: opened when it is first needed, and open until closed.

LangGraph's server calls a graph's nodes from whichever event loops it has, and loads the graph long
before, or without ever, running it. A desk's connections belong to one loop, so this one has its
own, on a thread of its own.
"""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

from support_graph.desk.parts import Desk

log = logging.getLogger(__name__)

T = TypeVar("T")
Act = Callable[[Desk], Awaitable[T]]


class StandingDesk:
    def __init__(self, opened: Callable[[], AbstractAsyncContextManager[Desk]]) -> None:
        """`opened` makes the desk; when it fails, the next to ask tries again."""
        self._opened = opened
        self._lock = threading.Lock()
        self._current: _Opening | None = None

    async def do(self, act: Act[T]) -> T:
        """What `act` returns, done at the desk; from any event loop."""
        opening = self._ready()
        # Shielded, because whoever gives up waiting must not take the desk away from the others.
        desk = await asyncio.shield(asyncio.wrap_future(opening.desk))
        doing = asyncio.run_coroutine_threadsafe(_coroutine(act, desk), opening.loop)
        return await asyncio.wrap_future(doing)

    def close(self) -> None:
        """Waits until the desk is closed; blocks. Whoever asks afterwards opens another one."""
        with self._lock:
            opening, self._current = self._current, None
        if opening is not None:
            opening.close()

    def _ready(self) -> "_Opening":
        with self._lock:
            if self._current is None or self._current.failed:
                self._current = _Opening(self._opened)
            return self._current


class _Opening:
    """One desk's life, on its own thread."""

    loop: asyncio.AbstractEventLoop

    def __init__(self, opened: Callable[[], AbstractAsyncContextManager[Desk]]) -> None:
        self.desk: Future[Desk] = Future()
        self._opened = opened
        self._closing = asyncio.Event()
        self._thread = threading.Thread(target=asyncio.run, args=(self._stand(),), daemon=True)
        self._thread.start()

    @property
    def failed(self) -> bool:
        return self.desk.done() and self.desk.exception() is not None

    def close(self) -> None:
        if self.desk.exception() is None:
            self.loop.call_soon_threadsafe(self._closing.set)
        self._thread.join()

    async def _stand(self) -> None:
        self.loop = asyncio.get_running_loop()
        try:
            async with self._opened() as desk:
                self.desk.set_result(desk)
                await self._closing.wait()
        except Exception as error:
            if self.desk.done():
                log.exception("The desk did not close cleanly.")
            else:
                self.desk.set_exception(error)


def _coroutine(act: Act[T], desk: Desk) -> Coroutine[Any, Any, T]:
    async def run() -> T:
        return await act(desk)

    return run()
