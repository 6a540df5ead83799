"""`kill -9` of the server: whatever was acknowledged is finished after a restart, once."""

import asyncio
import random
from typing import Any

import httpx

from tests.crash.conftest import Server

PATIENCE = 180.0
QUESTION = "How do I reset my API key?"
REWORDED = "How can I reset the API key I have?"
ANSWER = "Open Settings, choose API keys, and press Regenerate."


async def _post(client: httpx.AsyncClient, text: str, *, wait: int = 0) -> dict[str, Any]:
    body = {"channel": "api", "contact": {"ids": ["email:ana@example.com"]}, "text": text}
    response = await client.post("/v1/messages", json={**body, "wait": wait})
    assert response.status_code in {200, 202}, response.text
    message: dict[str, Any] = response.json()
    return message


async def _finished(client: httpx.AsyncClient, turn_id: str) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE):
        while True:
            response = await client.get(f"/v1/turns/{turn_id}")
            response.raise_for_status()
            turn: dict[str, Any] = response.json()
            if turn["status"] != "processing":
                return turn
            await asyncio.sleep(0.2)


async def _messages(client: httpx.AsyncClient, conversation_id: str) -> list[dict[str, Any]]:
    conversation = (await client.get(f"/v1/conversations/{conversation_id}")).json()
    return list(conversation["messages"])


async def _resolutions(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    asked: dict[str, Any] = {"limit": 100}
    while True:
        page = (await client.get("/v1/resolutions", params=asked)).json()
        found.extend(page["items"])
        if page["next_cursor"] is None:
            return found
        asked["cursor"] = page["next_cursor"]


async def test_a_message_that_was_acknowledged_is_handled_after_a_kill(server: Server) -> None:
    """Killed between receive and answer: nobody has begun the turn."""
    await server.start(workers=0)
    async with server.client("channel") as customer:
        message = await _post(customer, QUESTION)
    assert message["status"] == "processing"
    server.kill()

    await server.start()

    async with server.client("teammate") as teammate:
        turn = await _finished(teammate, message["turn_id"])
        assert turn["status"] == "escalated"
        waiting = (await teammate.get("/v1/escalations")).json()["items"]
        assert len(waiting) == 1


async def test_a_decision_is_learned_from_after_a_kill(server: Server) -> None:
    """Killed between decision and learning: the reply is out, the run not resumed."""
    await server.start()
    async with server.client("channel") as customer:
        message = await _post(customer, QUESTION, wait=30)
    assert message["status"] == "escalated"
    server.kill()
    await server.start(workers=0)
    async with server.client("teammate") as teammate:
        decided = asyncio.create_task(_decide(teammate, message["escalation_id"]))
        await _replied(teammate, message["conversation_id"])
        server.kill()
        decided.cancel()
        await asyncio.wait([decided])

    await server.start()

    async with server.client("teammate") as teammate:
        async with asyncio.timeout(PATIENCE):
            while not (known := await _resolutions(teammate)):
                await asyncio.sleep(0.2)
        assert [r["answer"] for r in known] == [ANSWER]
        said = await _messages(teammate, message["conversation_id"])
        assert [m["text"] for m in said] == [QUESTION, ANSWER]
        again = await teammate.post(
            f"/v1/escalations/{message['escalation_id']}/resolve",
            json={"action": "answer", "text": "Too late."},
        )
        assert again.status_code == httpx.codes.CONFLICT
    async with server.client("channel") as customer:
        reply = await _post(customer, REWORDED, wait=30)
        assert (reply["status"], reply["reply"]["text"]) == ("answered", ANSWER)


async def _decide(teammate: httpx.AsyncClient, escalation_id: str) -> None:
    await teammate.post(
        f"/v1/escalations/{escalation_id}/resolve", json={"action": "answer", "text": ANSWER}
    )


async def _replied(teammate: httpx.AsyncClient, conversation_id: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while len(await _messages(teammate, conversation_id)) < 2:
            await asyncio.sleep(0.05)


async def test_kills_in_the_middle_of_the_work_lose_nothing_and_double_nothing(
    server: Server,
) -> None:
    """Three kills at moments nobody chose, under a stream of questions and answers."""
    chance = random.Random(20)
    acknowledged: list[dict[str, Any]] = []
    decided: list[str] = []
    for round_number in range(3):
        await server.start()
        streams = [
            asyncio.create_task(_ask_on(server, acknowledged, round_number)),
            asyncio.create_task(_answer_on(server, decided)),
        ]
        await asyncio.sleep(chance.uniform(1.0, 2.5))
        server.kill()
        await asyncio.wait(streams)
    await server.start()

    assert len(acknowledged) > 10
    assert decided
    async with server.client("teammate") as teammate:
        for message in acknowledged:
            await _finished(teammate, message["turn_id"])
        await _nothing_doubled(teammate, acknowledged)
        await _all_learned(teammate, decided)


async def _ask_on(server: Server, acknowledged: list[dict[str, Any]], round_number: int) -> None:
    """Asks until the server is gone."""
    async with server.client("channel") as customer:
        for n in range(1000):
            try:
                text = f"Can I talk to a human about case {round_number}-{n}?"
                acknowledged.append(await _post(customer, text))
            except httpx.TransportError:
                return
            await asyncio.sleep(0.02)


async def _answer_on(server: Server, decided: list[str]) -> None:
    """Answers whatever waits, until the server is gone."""
    async with server.client("teammate") as teammate:
        while True:
            try:
                listed = await teammate.get("/v1/escalations", params={"status": "waiting"})
                for escalation in listed.json()["items"]:
                    answer = f"The answer to {escalation['question']}"
                    response = await teammate.post(
                        f"/v1/escalations/{escalation['id']}/resolve",
                        json={"action": "answer", "text": answer},
                    )
                    if response.status_code == httpx.codes.OK:
                        decided.append(escalation["turn_id"])
            except httpx.TransportError:
                return
            await asyncio.sleep(0.02)


async def _nothing_doubled(teammate: httpx.AsyncClient, acknowledged: list[dict[str, Any]]) -> None:
    for message in acknowledged:
        said = await _messages(teammate, message["conversation_id"])
        outgoing = [m["text"] for m in said if m["direction"] == "outgoing"]
        assert len(outgoing) <= 1, outgoing


async def _all_learned(teammate: httpx.AsyncClient, decided: list[str]) -> None:
    """Each decision that was acknowledged has taught exactly one thing."""
    async with asyncio.timeout(PATIENCE):
        while True:
            sources = await _sources(teammate)
            if set(decided) <= set(sources):
                break
            await asyncio.sleep(0.5)
    assert len(sources) == len(set(sources))


async def _sources(teammate: httpx.AsyncClient) -> list[str]:
    """The turn that each resolution, and each later phrasing, was learned from."""
    found: list[str] = []
    for resolution in await _resolutions(teammate):
        log = (await teammate.get(f"/v1/resolutions/{resolution['id']}/revisions")).json()
        for revision in log["items"]:
            note = revision["note"] or ""
            found.append(note.removeprefix("answered turn "))
    return found
