"""A standing desk serves any event loop, is opened once, and closes when it is told to."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from support_graph.desk.parts import Desk
from support_graph.desk.standing import StandingDesk


class Opened:
    """Opens the same desk again and again, and counts."""

    def __init__(self, desk: Desk, *, failing: int = 0) -> None:
        self.desk = desk
        self.failing = failing
        self.opened = 0
        self.closed = 0

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[Desk]:
        await asyncio.sleep(0.01)
        self.opened += 1
        if self.opened <= self.failing:
            raise ConnectionError("The database is away.")
        yield self.desk
        self.closed += 1


async def _thread_of(_: Desk) -> str:
    return threading.current_thread().name


async def test_one_desk_serves_every_loop(idle_desk: Desk) -> None:
    opened = Opened(idle_desk)
    standing = StandingDesk(opened)

    def elsewhere() -> str:
        return asyncio.run(standing.do(_thread_of))

    here, there, again = await asyncio.gather(
        standing.do(_thread_of), asyncio.to_thread(elsewhere), standing.do(_thread_of)
    )

    assert here == there == again
    assert opened.opened == 1
    await asyncio.to_thread(standing.close)
    assert opened.closed == 1


async def test_a_desk_that_did_not_open_is_tried_again(idle_desk: Desk) -> None:
    opened = Opened(idle_desk, failing=1)
    standing = StandingDesk(opened)

    with pytest.raises(ConnectionError, match="away"):
        await standing.do(_thread_of)
    await standing.do(_thread_of)

    assert opened.opened == 2
    await asyncio.to_thread(standing.close)


async def test_an_error_reaches_who_asked_and_nobody_else(idle_desk: Desk) -> None:
    standing = StandingDesk(Opened(idle_desk))

    async def fail(_: Desk) -> None:
        raise LookupError("Nothing there.")

    with pytest.raises(LookupError, match="Nothing there"):
        await standing.do(fail)

    assert await standing.do(_thread_of)
    await asyncio.to_thread(standing.close)


async def test_who_gives_up_waiting_leaves_the_desk_to_the_others(idle_desk: Desk) -> None:
    opened = Opened(idle_desk)
    standing = StandingDesk(opened)
    hasty = asyncio.create_task(standing.do(_thread_of))
    await asyncio.sleep(0)
    hasty.cancel()

    assert await standing.do(_thread_of)

    assert opened.opened == 1
    await asyncio.to_thread(standing.close)


async def test_closing_what_was_never_needed_opens_nothing(idle_desk: Desk) -> None:
    opened = Opened(idle_desk)

    StandingDesk(opened).close()

    assert opened.opened == 0


async def test_a_desk_that_could_not_be_opened_can_be_closed(idle_desk: Desk) -> None:
    standing = StandingDesk(Opened(idle_desk, failing=1))
    with pytest.raises(ConnectionError):
        await standing.do(_thread_of)

    await asyncio.to_thread(standing.close)
