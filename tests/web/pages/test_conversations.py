"""Any conversation can be found and read, with the reasons for what was said in it."""

import asyncio
import re
from uuid import uuid4

import httpx
import pytest

from support_graph.web.pages import csrf
from tests.web.conftest import Company
from tests.web.pages.conftest import Reader, rows

KEY = "How do I reset my API key?"
PRESS = "Open Settings and press Regenerate."
HUMAN = "Can I talk to a human about my couch?"


async def test_the_list_is_filtered_and_searched_by_its_address(
    tina: Reader, acme: Company
) -> None:
    await acme.teaches(KEY, PRESS)
    ana = {"ids": ["email:ana@example.com"], "name": "Ana R."}
    answered = (await acme.asks(KEY, contact=ana))["conversation_id"]
    waiting = (await acme.asks(HUMAN, channel="widget"))["conversation_id"]
    both = [waiting, answered]

    for query, found in (
        ("", both),
        ("?status=open", [waiting]),
        ("?status=pending", [answered]),
        ("?channel=widget", [waiting]),
        ("?q=regenerate", [answered]),
        ("?q=ana+r", [answered]),
        ("?q=ana@example", [answered]),
        ("?q=nothing+like+this", []),
        ("?status=resolved", []),
        (f"?after={waiting}", [answered]),
        (f"?after={answered}", []),
    ):
        assert rows(await tina.opens(f"/conversations{query}")) == found, query


@pytest.mark.parametrize("query", ["status=x&channel=x&after=x", "q=%00", "q=%ff&channel=%00"])
async def test_no_query_breaks_the_list(tina: Reader, query: str) -> None:
    await tina.opens(f"/conversations?{query}")


async def test_a_long_list_goes_on(tina: Reader, acme: Company) -> None:
    made = [(await acme.asks("Hello!"))["conversation_id"] for _ in range(52)]

    first = await tina.opens("/conversations")
    second = await tina.opens(f"/conversations?after={rows(first)[-1]}")

    assert rows(first) + rows(second) == made[::-1]
    assert 'rel="next"' not in second


async def test_it_says_why_it_was_answered_and_from_what(tina: Reader, acme: Company) -> None:
    known = await acme.teaches(KEY, PRESS)
    asked = await acme.asks(KEY)
    rated = {"rating": "up", "comment": "Great!"}
    reply = asked["reply"]["message_id"]
    assert (await acme.channel.post(f"/v1/messages/{reply}/feedback", json=rated)).is_success

    page = await tina.opens(f"/conversations/{asked['conversation_id']}")

    assert "Sent: an earlier answer fits surely enough." in page
    assert f'href="/resolutions/{known["id"]}"' in page
    assert "of the vote" in page
    assert "solved: the customer said so" in page
    assert "thumbs up" in page
    assert "Great!" in page


async def test_it_says_why_a_human_was_asked_and_what_was_learned(
    tina: Reader, acme: Company
) -> None:
    asked = await acme.asks("Where do I find my invoice of last year?")
    path = f"/conversations/{asked['conversation_id']}"
    page = await tina.opens(path)
    assert "neither the documents nor earlier answers seem to cover this" in page
    assert "What would have been needed" in page
    assert f'href="/inbox/{asked["escalation_id"]}"' in page

    await acme.answers(asked["escalation_id"], "It is under Billing.")
    (learned,) = (await acme.tina.get("/v1/resolutions")).json()["items"]
    page = await tina.opens(path)

    assert "It is under Billing." in page
    assert f'href="/resolutions/{learned["id"]}"' in page
    for mark in ("badge-human", "badge-learned"):
        assert mark in page


async def test_what_would_have_been_needed_is_worked_out_when_it_is_asked_for(
    tina: Reader, acme: Company
) -> None:
    asked = await acme.asks("Where do I find my invoice of last year?")
    first = await tina.opens(f"/conversations/{asked['conversation_id']}")
    assert "A teammate's answer to this question" not in first

    (link,) = re.findall(r'href="([^"#]+)#needed"', first)  # as without scripts
    (same,) = re.findall(r'id="needed"[^>]+hx-get="([^"]+)"', first)
    assert link == same
    worked_out = await tina.opens(link)

    assert "A teammate's answer to this question" in worked_out
    assert 'id="needed" aria-live="polite">' in worked_out


async def test_any_turn_can_be_explained(tina: Reader, acme: Company) -> None:
    await acme.teaches(KEY, PRESS)
    first = await acme.asks(KEY)
    conversation = first["conversation_id"]
    await acme.asks(HUMAN, conversation=conversation)

    last = await tina.opens(f"/conversations/{conversation}")
    chosen = await tina.opens(f"/conversations/{conversation}?turn={first['turn_id']}")

    assert "Sent: an earlier answer" not in last
    assert "the customer asks for a human" in last
    assert "Sent: an earlier answer" in chosen
    await tina.opens(f"/conversations/{conversation}?turn={uuid4()}")


async def test_a_contacts_other_conversations_are_beside_it(tina: Reader, acme: Company) -> None:
    ana = {"ids": ["email:ana@example.com"]}
    first = await acme.asks("Hello!", contact=ana)
    second = await acme.asks(HUMAN, contact=ana)
    stranger = await acme.asks("Hello!")

    page = await tina.opens(f"/conversations/{second['conversation_id']}")

    assert f'href="/conversations/{first["conversation_id"]}"' in page
    assert f'href="/conversations/{stranger["conversation_id"]}"' not in page


async def test_a_page_that_is_open_hears_of_what_comes(
    tina: Reader, acme: Company, server: str
) -> None:
    conversation = (await acme.asks("Hello!"))["conversation_id"]
    cookies = {csrf.SESSION_COOKIE: tina.session}
    heard: list[str] = []

    async def listens() -> None:
        async with (
            httpx.AsyncClient(base_url=server, cookies=cookies, trust_env=False) as client,
            client.stream("GET", f"/conversations/{conversation}/events", timeout=120) as stream,
        ):
            async for line in stream.aiter_lines():
                if line.startswith("id:"):
                    heard.append(line)
                    if len(heard) > 1:
                        return

    listening = asyncio.create_task(listens())
    async with asyncio.timeout(120):
        while not heard:
            await asyncio.sleep(0.05)
        await acme.asks(HUMAN, conversation=conversation)
        await listening
    assert len(set(heard)) == len(heard)


async def test_another_workspaces_conversation_is_not_found(tina: Reader, globex: Company) -> None:
    theirs = (await globex.asks(HUMAN))["conversation_id"]

    await tina.opens(f"/conversations/{theirs}", code=404)
    await tina.opens(f"/conversations/{theirs}/events", code=404)
    assert rows(await tina.opens("/conversations")) == []
