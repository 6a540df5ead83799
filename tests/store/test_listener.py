"""Waiting for what another process may make happen."""

import asyncio

import pytest

from support_graph.store.listener import Subscription


@pytest.mark.parametrize("moments", range(6))
async def test_a_wait_that_is_cancelled_as_the_bell_rings_ends(moments: int) -> None:
    bell = Subscription()
    waiting = asyncio.create_task(bell.wait(60))
    await asyncio.sleep(0)
    bell.ring()
    for _ in range(moments):
        await asyncio.sleep(0)
    if waiting.cancel():
        with pytest.raises(asyncio.CancelledError):
            await waiting
    else:
        assert waiting.result()


async def test_a_wait_ends_with_the_bell_or_with_its_time() -> None:
    bell = Subscription()
    assert not await bell.wait(0)
    bell.ring("first")
    bell.ring("second")
    assert await bell.wait(0)
    assert bell.notes() == ["first", "second"]
    assert not await bell.wait(0.01)
