"""Streams tell a page what has changed since it was made: all of it, and nothing twice."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_graph.web.pages import csrf
from support_graph.web.pages.news import moment, tick
from tests.web.conftest import Company
from tests.web.pages.conftest import Reader

HUMAN = "Can I talk to a human about my couch?"
QUIET_SECONDS = 1.5


class Heard:
    """The data of a stream's messages, as they come."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def next(self) -> str:
        """The next message of some lines."""
        said: list[str] = []
        async for line in self._lines:
            if line.startswith("data:"):
                said.append(line.removeprefix("data:").strip())
            elif not line and said:
                return " ".join(said)
        raise AssertionError("the stream has ended")


@asynccontextmanager
async def listening(server: str, reader: Reader, path: str) -> AsyncIterator[Heard]:
    cookies = {csrf.SESSION_COOKIE: reader.session}
    async with (
        httpx.AsyncClient(base_url=server, cookies=cookies, trust_env=False) as client,
        client.stream("GET", path, timeout=120) as stream,
    ):
        assert stream.status_code == 200
        yield Heard(stream.aiter_lines())


def _stream(page: str, path: str) -> str:
    (found,) = re.findall(rf'hx-sse:connect="({path}[^"]*)"', page)
    return str(found)


@pytest.mark.parametrize(
    ("page", "events"),
    [
        ("/inbox", "/inbox/events"),
        ("/resolutions", "/resolutions/news"),
        ("/resolutions?q=couch&sort=uses", "/resolutions/news"),
        ("/resolutions/review", "/resolutions/review/news"),
        ("/conversations", "/conversations/news"),
        ("/conversations?status=open&channel=widget", "/conversations/news"),
        ("/conversations/{conversation}", "/conversations/{conversation}/events"),
    ],
)
async def test_a_page_that_has_just_come_has_nothing_to_hear(
    tina: Reader, acme: Company, server: str, page: str, events: str
) -> None:
    await acme.doubts()
    asked = await acme.asks(HUMAN)
    names = {"conversation": asked["conversation_id"]}
    path = _stream(await tina.opens(page.format(**names)), events.format(**names))

    async with listening(server, tina, path) as heard:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(heard.next(), QUIET_SECONDS)


async def test_what_came_between_the_page_and_its_stream_is_told(
    tina: Reader, acme: Company, server: str
) -> None:
    known = await acme.teaches("Where is my invoice?", "Under Billing.")
    inbox = _stream(await tina.opens("/inbox"), "/inbox/events")
    answers = _stream(await tina.opens("/resolutions"), "/resolutions/news")
    threads = _stream(await tina.opens("/conversations"), "/conversations/news")

    await acme.escalates(HUMAN)
    await tina.sends(f"/resolutions/{known['id']}/delete")

    async with asyncio.timeout(120):
        async with listening(server, tina, inbox) as heard:
            assert "changed" in await heard.next()
        async with listening(server, tina, answers) as heard:  # gone is changed as well
            assert "1 answer has changed or is new." in await heard.next()
        async with listening(server, tina, threads) as heard:
            assert "Something happened in 1 conversation." in await heard.next()


@pytest.mark.parametrize("since", ["", "x", "-1", "9" * 40, "٣", "1e3"])
@pytest.mark.parametrize("path", ["/resolutions", "/resolutions/review", "/conversations"])
async def test_no_state_breaks_a_stream(
    tina: Reader, acme: Company, server: str, path: str, since: str
) -> None:
    await acme.asks("Hello!")
    async with listening(server, tina, f"{path}/news?since={since}"):
        pass


@given(st.datetimes(datetime(1971, 1, 1), datetime(3000, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_moment_fits_into_an_address_and_comes_out_again(when: datetime) -> None:
    assert moment(tick(when)) == when


async def test_writing_lasts_for_seconds_and_is_stored_nowhere(
    tina: Reader, tom: Reader, acme: Company, server: str
) -> None:
    path = f"/inbox/{await acme.escalates(HUMAN)}"
    async with (
        asyncio.timeout(120),
        listening(server, tina, f"{path}/events") as heard,
        listening(server, tom, f"{path}/events"),
    ):
        while "Also here: Tom" not in await heard.next():
            pass
        await tom.sends(f"{path}/writing", code=204)
        assert "Tom is writing…" in await heard.next()
        async with listening(server, tina, f"{path}/events") as later:
            assert "writing" not in await later.next()
        assert "Also here: Tom" in await heard.next()  # by itself
