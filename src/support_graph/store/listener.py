"""Wakes whoever waits for something in this process when any process makes it happen.

One connection LISTENs; a waiter subscribes first, then looks at the rows, then waits, so nothing
that happens in between is missed. When the connection is lost every waiter is woken to look again.
"""

import asyncio
import contextlib
import json
import logging
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import psycopg

from support_graph.store.events import NOTIFY_CHANNEL

log = logging.getLogger(__name__)

T = TypeVar("T")

_RECONNECT_SECONDS = 1.0
_MOMENT_SECONDS = 0.25
_NOTES_KEPT = 100


class Subscription:
    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._notes: deque[str] = deque(maxlen=_NOTES_KEPT)

    def ring(self, note: str | None = None) -> None:
        if note is not None:
            self._notes.append(note)
        self._rung.set()

    def notes(self) -> list[str]:
        """What was noted since the last look, oldest first."""
        noted = list(self._notes)
        self._notes.clear()
        return noted

    async def wait(self, seconds: float) -> bool:
        """Whether something happened within `seconds`.

        Not by `asyncio.wait_for`: in Python 3.11 it loses a cancellation that comes with the bell.
        """
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return False
        self._rung.clear()
        return True


class Listener:
    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._subscribers: dict[str, set[Subscription]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="listener")
        await self._listening.wait()

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    @contextmanager
    def subscribed(self, subject: str) -> Iterator[Subscription]:
        """Rings when a transaction that `Events.tell`s `subject` has committed."""
        subscription = Subscription()
        self._subscribers[subject].add(subscription)
        try:
            yield subscription
        finally:
            self._subscribers[subject].discard(subscription)
            if not self._subscribers[subject]:
                del self._subscribers[subject]

    async def until(
        self,
        subject: str,
        look: Callable[[], Awaitable[T | None]],
        *,
        seconds: float,
        expected: bool = False,
    ) -> T | None:
        """What `look` finds, tried again whenever `subject` is told, for at most `seconds`.

        What is `expected` has just been asked for: it can hardly be there already, so `look` has a
        moment's time, in case that it was told before anybody listened here.
        """
        clock = asyncio.get_running_loop().time
        deadline = clock() + seconds
        with self.subscribed(subject) as subscription:
            if expected:
                await subscription.wait(min(seconds, _MOMENT_SECONDS))
            while (found := await look()) is None:
                if not await subscription.wait(deadline - clock()):
                    return await look()
            return found

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except psycopg.OperationalError as error:
                log.warning("Lost the connection that listens (%s); connecting again.", error)
                self._ring_all()
                await asyncio.sleep(_RECONNECT_SECONDS)

    async def _listen(self) -> None:
        connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
        async with connection:
            await connection.execute(f"LISTEN {NOTIFY_CHANNEL}")
            self._listening.set()
            self._ring_all()
            async for notice in connection.notifies():
                _, subject, note = json.loads(notice.payload)
                for subscription in self._subscribers.get(subject, ()):
                    subscription.ring(note)

    def _ring_all(self) -> None:
        for subscriptions in self._subscribers.values():
            for subscription in subscriptions:
                subscription.ring()
