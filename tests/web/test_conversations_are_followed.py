"""Conversations are listed, read, and followed as they happen."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from support_graph.desk.parts import Desk
from tests.web.conftest import Company, problem


@dataclass(frozen=True, kw_only=True)
class Heard:
    id: int
    event: str
    data: Any


@asynccontextmanager
async def following(
    client: httpx.AsyncClient, conversation: str, **options: Any
) -> AsyncIterator[AsyncIterator[Heard]]:
    url = f"/v1/conversations/{conversation}/events"
    async with client.stream("GET", url, timeout=120, **options) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        yield _heard(response)


async def _heard(response: httpx.Response) -> AsyncIterator[Heard]:
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        name, _, value = line.partition(": ")
        if line:
            fields[name] = value
        elif "data" in fields:
            yield Heard(
                id=int(fields["id"]), event=fields["event"], data=json.loads(fields["data"])
            )
            fields = {}


async def _next(stream: AsyncIterator[Heard], count: int) -> list[Heard]:
    async with asyncio.timeout(120):
        return [await anext(stream) for _ in range(count)]


async def test_a_stream_tells_the_whole_story_in_order(acme: Company) -> None:
    asked = await acme.asks("Is there a student discount?")
    async with following(acme.channel, asked["conversation_id"]) as stream:
        question, escalated = await _next(stream, 2)
        assert (question.id, question.event) == (1, "message")
        assert question.data["text"] == "Is there a student discount?"
        assert (escalated.id, escalated.event) == (2, "status")
        assert escalated.data == {"status": "open", "escalation_id": asked["escalation_id"]}

        answering = asyncio.create_task(acme.answers(asked["escalation_id"], "Yes, 30 %."))
        reply, resolved = await _next(stream, 2)
        await answering
    assert (reply.event, reply.data["text"], reply.data["author_name"]) == (
        "message",
        "Yes, 30 %.",
        "Tina",
    )
    assert (resolved.event, resolved.data) == ("status", {"status": "resolved"})
    assert [reply.id, resolved.id] == [3, 4]


async def test_a_broken_stream_goes_on_where_it_broke(acme: Company) -> None:
    asked = await acme.asks("Do you have an office in Oslo?")
    conversation = asked["conversation_id"]
    async with following(acme.channel, conversation) as stream:
        await _next(stream, 1)
    await acme.answers(asked["escalation_id"], "Not yet.")
    async with following(acme.channel, conversation, headers={"Last-Event-ID": "1"}) as stream:
        assert [heard.id for heard in await _next(stream, 3)] == [2, 3, 4]
    async with following(acme.channel, conversation, params={"after": 3}) as stream:
        assert [heard.id for heard in await _next(stream, 1)] == [4]


async def test_a_stream_ends_when_its_key_is_revoked(acme: Company) -> None:
    asked = await acme.asks("Is there a discount for schools?")
    made = (await acme.admin.post("/v1/keys", json={"role": "channel", "name": "Shop"})).json()
    headers = {"Authorization": f"Bearer {made['key']}"}
    async with following(acme.channel, asked["conversation_id"], headers=headers) as stream:
        await _next(stream, 2)
        await acme.admin.delete(f"/v1/keys/{made['id']}")
        await acme.answers(asked["escalation_id"], "Yes, 20 %.")
        async with asyncio.timeout(120):
            assert [heard async for heard in stream] == []


async def test_reading_and_then_following_misses_nothing(acme: Company) -> None:
    asked = await acme.asks("Which browsers work?")
    url = f"/v1/conversations/{asked['conversation_id']}"
    read = (await acme.channel.get(url)).json()
    assert [m["text"] for m in read["messages"]] == ["Which browsers work?"]
    after = {"after": read["last_event_id"]}
    async with following(acme.channel, asked["conversation_id"], params=after) as stream:
        await acme.tina.post(
            f"/v1/escalations/{asked['escalation_id']}/replies", json={"text": "All of them."}
        )
        (heard,) = await _next(stream, 1)
    assert heard.data["text"] == "All of them."


async def test_a_stream_that_is_left_leaves_nothing_behind(acme: Company, desk: Desk) -> None:
    asked = await acme.asks("Is the app on Linux?")
    subject = f"conversation:{asked['conversation_id']}"
    async with following(acme.channel, asked["conversation_id"]) as stream:
        await _next(stream, 2)
        assert desk.listener._subscribers[subject]
    async with asyncio.timeout(120):
        while subject in desk.listener._subscribers:
            await asyncio.sleep(0.02)


async def test_a_stream_of_nothing_is_not_found(acme: Company, globex: Company) -> None:
    asked = await acme.asks("Is there an API?")
    url = f"/v1/conversations/{asked['conversation_id']}/events"
    problem(await globex.channel.get(url), 404, "not_found")
    for bad in ("-1", "x", str(2**63), "1e3"):
        response = await acme.channel.get(url, headers={"Last-Event-ID": bad})
        problem(response, 422, "invalid")


async def test_conversations_are_listed_newest_first_and_page_by_page(acme: Company) -> None:
    for number in range(5):
        await acme.asks("hello", conversation=f"c{number}")
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await acme.channel.get("/v1/conversations", params=query)).json()
        assert len(page["items"]) <= 2
        seen += [item["external_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ["c4", "c3", "c2", "c1", "c0"]


async def test_conversations_are_filtered_by_whose_they_are(acme: Company) -> None:
    await acme.asks("hello", conversation="greeted")
    await acme.asks("Why is the sky blue?", conversation="escalated")

    async def ids(status: str) -> list[str]:
        response = await acme.tina.get("/v1/conversations", params={"status": status})
        return [item["external_id"] for item in response.json()["items"]]

    assert await ids("open") == ["escalated"]
    assert await ids("pending") == ["greeted"]
    problem(await acme.tina.get("/v1/conversations?status=mine"), 422, "invalid")
