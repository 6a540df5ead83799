"""Transactions on connections that are kept at hand.

To take a connection from SQLAlchemy's pool and to give it back costs as much as two statements, and
a message takes a dozen transactions. So one that only ran prepared statements stays with us.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from support_graph.store.rooms import driver_of

_USED = "used"
_PATIENCE_SECONDS = 30.0


class Begin:
    """Called with what a transaction begins with: a transaction that commits at the end of the
    block, and rolls back on any error."""

    def __init__(self, engine: AsyncEngine, *, at_once: int) -> None:
        """`at_once` is how many connections the engine's pool gives out."""
        self._engine = engine
        self._idle: list[AsyncConnection] = []
        # Whoever waited in the pool would not hear of a connection that comes back to us.
        self._places = asyncio.Semaphore(at_once)
        self._closed = False

    @asynccontextmanager
    async def __call__(self, begin: bytes) -> AsyncIterator[AsyncConnection]:
        """Its first statement shows whether a connection is still alive, so none is pinged."""
        async with self._place():
            connection = await self._begun(begin)
            try:
                yield connection
                await driver_of(connection).commit()
            except BaseException:
                await connection.close()  # which rolls back
                raise
            if connection.in_transaction() or self._closed:
                # SQLAlchemy's engine has used it, and tidies up after itself.
                await connection.close()
            else:
                self._idle.append(connection)

    async def close(self) -> None:
        self._closed = True
        while self._idle:
            await self._idle.pop().close()
        await self._engine.dispose()

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        """Raises TimeoutError where all of them stay taken."""
        async with asyncio.timeout(_PATIENCE_SECONDS if self._places.locked() else None):
            await self._places.acquire()
        try:
            yield
        finally:
            self._places.release()

    async def _begun(self, begin: bytes) -> AsyncConnection:
        """All connections may have died since they were used; that a fresh one did is news."""
        while True:
            connection = self._idle.pop() if self._idle else await self._engine.connect()
            driver, known = driver_of(connection), connection.info
            try:
                await driver.at_hand.execute(begin)
            except BaseException as error:
                died = isinstance(error, psycopg.OperationalError) and driver.closed
                stale = died and _USED in known
                if died:
                    await connection.invalidate()
                await connection.close()
                if not stale:
                    raise
            else:
                known[_USED] = True
                return connection
