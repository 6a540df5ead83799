"""How a replay of labelled messages ends."""

import asyncio
from contextlib import aclosing, suppress

import pytest

from support_graph.desk import evaluation
from support_graph.desk.evaluation import People, Row, replay
from support_graph.desk.parts import Desk
from support_graph.domain.ids import WorkspaceId


async def test_a_replay_ends_although_a_message_under_way_goes_on(
    idle_desk: Desk, workspace: WorkspaceId, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with a driver that loses a cancellation."""
    begun = asyncio.Event()

    async def handle(self: object, number: int, row: Row) -> None:
        begun.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    monkeypatch.setattr(evaluation._Replay, "handle", handle)
    rows = [Row(text="Hello", gold=None, wordings=["Good day."])] * 10

    async def listen() -> None:
        course = replay(idle_desk, workspace, rows, People(), at_once=2)
        async with aclosing(course) as handled:
            async for _ in handled:
                pytest.fail("nothing was handled")

    listening = asyncio.create_task(listen())
    await begun.wait()
    await asyncio.sleep(0)
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening
