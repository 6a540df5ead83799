"""How the commands run that have much to do: `serve`, `worker`, `demo` and `evaluate`."""

import asyncio
import gc
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_OBJECTS_BEFORE_LOOKING = 50_000
"""Python looks for cycles after 700 new objects, which a single message makes many times over."""


def run(work: Coroutine[Any, Any, T]) -> T:
    """As `asyncio.run`, on uvloop where there is one; a message takes a fifth less time there."""
    keep()
    gc.set_threshold(_OBJECTS_BEFORE_LOOKING, *gc.get_threshold()[1:])
    with asyncio.Runner(loop_factory=_loops()) as runner:
        return runner.run(work)


def keep() -> None:
    """What there is by now, of imports above all, is never looked through for garbage again."""
    gc.collect()
    gc.freeze()


def _loops() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop  # noqa: PLC0415 - there is none for Windows

    return uvloop.new_event_loop
