"""`kill -9` around one answer for many: each customer gets it exactly once."""

import asyncio
import random
from contextlib import suppress

import httpx

from tests.crash.conftest import Server
from tests.crash.test_kill import _finished, _messages, _post

MANY = 8
ANSWER = "We are sending you a new couch."


async def _waiting(server: Server, first: int) -> list[dict[str, str]]:
    async with server.client("channel") as customer:
        asked = [f"Can I talk to a human about couch {n}?" for n in range(first, first + MANY)]
        messages = [await _post(customer, text, wait=30) for text in asked]
    assert [m["status"] for m in messages] == ["escalated"] * MANY
    return messages


async def _answers_all(page: httpx.AsyncClient, messages: list[dict[str, str]]) -> httpx.Response:
    first, *others = [m["escalation_id"] for m in messages]
    path = f"/inbox/{first}"
    token = (await page.get(path)).text.partition('name="csrf" value="')[2].partition('"')[0]
    typed = {"csrf": token, "text": ANSWER, "learn": "true", "also": others}
    return await page.post(f"{path}/resolve", data=typed)


async def _signed_in(server: Server) -> httpx.Cookies:
    """The way somebody gets in who has the machine: a link from the command line."""
    path = server.invitation()
    async with httpx.AsyncClient(base_url=server.url, timeout=120) as page:
        form = (await page.get(path)).text
        token = form.partition('name="csrf" value="')[2].partition('"')[0]
        new = {"csrf": token, "name": "Uma", "login": "uma@example.com", "password": "0123456789"}
        begun = await page.post(path, data=new)
        assert begun.status_code == httpx.codes.SEE_OTHER, begun.text
        return page.cookies


async def test_a_kill_amid_one_answer_for_many_tells_each_exactly_once(server: Server) -> None:
    """Killed at moments nobody chose; the teammate, who saw no answer, sends it again."""
    chance = random.Random(7)
    await server.start()
    cookies = await _signed_in(server)
    told: list[dict[str, str]] = []
    for round_number in range(3):
        messages = await _waiting(server, MANY * round_number)
        told += messages
        async with _page(server, cookies) as page:
            sending = asyncio.create_task(_answers_all(page, messages))
            await asyncio.sleep(chance.uniform(0.05, 0.4))
            server.kill()
            with suppress(httpx.TransportError):
                await sending
        await server.start()
        async with _page(server, cookies) as page:
            again = await _answers_all(page, messages)
            assert again.status_code in {httpx.codes.SEE_OTHER, httpx.codes.CONFLICT}, again.text

    async with server.client("teammate") as teammate:
        for message in told:
            await _finished(teammate, message["turn_id"])
            said = await _messages(teammate, message["conversation_id"])
            assert [m["text"] for m in said if m["direction"] == "outgoing"] == [ANSWER]


def _page(server: Server, cookies: httpx.Cookies) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=server.url, timeout=120, cookies=cookies)
