"""Lists that are open: each hears how much has changed since, and stays as it is until asked.

The answer to a stream's request is a bar above the list, sent again whenever it would say something
else. What the list shows is named in the stream's address, so a stream that is taken up again after
a break counts from there as well.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import Query, Request
from fastapi.sse import ServerSentEvent

from support_graph.desk.parts import Desk
from support_graph.store.database import Transaction
from support_graph.web.pages.rendering import piece
from support_graph.web.pages.visitors import Member
from support_graph.web.pages.watching import LOOK_ANYWAY_SECONDS, still_here, whole

Count = Callable[[Transaction], Awaitable[int]]
Since = Annotated[str, Query(alias="since", max_length=40)]

_AT_MOST_EVERY_SECONDS: Final = 1.0
_TICKS: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """`subject` is told when there may be some; `path` and `target` fetch the list again."""

    subject: str
    count: Count
    key: str
    path: str
    target: str


async def bars(
    request: Request, desk: Desk, by: Member, news: News
) -> AsyncIterator[ServerSentEvent]:
    told = 0
    with desk.listener.subscribed(news.subject) as bell:
        while await still_here(desk, by):
            n = await whole(_counted(by, news))
            if n != told:
                bar = piece(request, "shell/news.html", news=news, n=n)
                yield ServerSentEvent(raw_data=bar)
                told = n
            await bell.wait(LOOK_ANYWAY_SECONDS)
            await asyncio.sleep(_AT_MOST_EVERY_SECONDS)


async def _counted(by: Member, news: News) -> int:
    async with by.scope.begin() as tx:
        return await news.count(tx)


def tick(moment: datetime | None) -> str:
    """A moment as a word that fits into an address; none is before all."""
    if moment is None:
        return "0"
    since = moment - datetime.fromtimestamp(0, UTC)
    return str(since.days * 86_400 * _TICKS + since.seconds * _TICKS + since.microseconds)


def moment(tick: str) -> datetime | None:
    """None before all, and for what is no moment."""
    known = tick.isascii() and tick.isdecimal() and 0 < int(tick) < 10**17
    seconds, micros = divmod(int(tick), _TICKS) if known else (0, 0)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros) if known else None
