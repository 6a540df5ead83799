"""Try it: the verdict on a question, with what it rests on, as a page or as a stream."""

import re
from collections.abc import AsyncIterator

import pytest

from support_graph.desk.parts import Desk
from tests.web.conftest import Company
from tests.web.pages.signed_in import Reader, reader

QUESTION = "How do I reset my API key?"
ANSWER = "Open Settings, choose API keys, and press Regenerate."
AS_HTMX = {"HX-Request": "true", "HX-Target": "div#tried"}


@pytest.fixture
async def tina(desk: Desk, server: str, acme: Company) -> AsyncIterator[Reader]:
    async with reader(desk, server, acme) as found:
        yield found


async def test_what_would_be_answered_is_shown_with_its_reasons(
    tina: Reader, acme: Company
) -> None:
    taught = await acme.teaches(QUESTION, ANSWER)
    page = await tina.sends("/try", {"question": "how do I reset my API key?"})
    assert "The assistant would answer this." in page
    assert "The customer would read" in page
    assert ANSWER in page
    assert f'href="/resolutions/{taught["id"]}"' in page
    assert "of the vote" in page
    assert page.count('data-state="done"') == 5


async def test_what_would_be_escalated_says_why_and_what_was_needed(
    tina: Reader, acme: Company
) -> None:
    page = await tina.sends("/try", {"question": "Where is my parcel?"})
    assert "A teammate would get this." in page
    assert "nothing known" in page
    assert "There is no draft" in page
    assert "A teammate&#39;s answer to this question" in page


async def test_what_is_not_needed_is_marked_so(tina: Reader, acme: Company) -> None:
    page = await tina.sends("/try", {"question": "I want to talk to a human"})
    assert page.count('data-state="skipped"') == 3
    assert "Nothing: a customer who asks for a human gets one." in page


async def test_nothing_appears_in_any_list(tina: Reader, acme: Company) -> None:
    await tina.sends("/try", {"question": "Where is my parcel?"})
    assert "Nobody is waiting" in await tina.reads("/inbox")
    assert (await acme.tina.get("/v1/conversations")).json()["items"] == []


async def test_page_and_attributes_count_and_stay_in_the_form(tina: Reader, acme: Company) -> None:
    await acme.teaches("Can I move my booking?", "Yes.", scope={"plan": ["scale"]})
    typed = {
        "question": "Can I move my booking?",
        "page_title": "Bookings",
        "attributes": "plan: scale\r\nlocale: en",
    }
    page = await tina.sends("/try", typed)
    assert "The assistant would answer this." in page
    assert 'value="Bookings"' in page
    assert "plan: scale\nlocale: en</textarea>" in page
    page = await tina.sends("/try", {**typed, "attributes": "plan: free"})
    assert "A teammate would get this." in page


async def test_the_stream_shows_each_node_begin_and_end(tina: Reader, acme: Company) -> None:
    await acme.teaches(QUESTION, ANSWER)
    response = await tina.posts("/try", {"question": QUESTION}, headers=AS_HTMX)
    assert response.headers["content-type"].startswith("text/event-stream")
    shown = [
        dict(re.findall(r'data-node="(\w+)" data-state="(\w+)"', event))
        for event in response.text.split("\n\n")
        if event
    ]
    assert set(shown[0].values()) == {"waiting"}
    assert set(shown[-1].values()) == {"done"}
    for node in shown[0]:
        states = [one[node] for one in shown]
        assert [s for n, s in enumerate(states) if n == 0 or states[n - 1] != s] == [
            "waiting",
            "running",
            "done",
        ]
    assert "The assistant would answer this." in response.text.split("\n\n")[-2]


@pytest.mark.parametrize(
    "form",
    [
        {"question": " "},
        {"question": "x" * 20_001},
        {"question": "nul \x00"},
        {"question": QUESTION, "attributes": "no colon"},
        {"question": QUESTION, "attributes": ": value"},
        {"question": QUESTION, "attributes": "nul: \x00"},
        {"question": QUESTION, "attributes": "\n".join(f"a{n}: b" for n in range(60))},
    ],
)
async def test_what_can_not_be_tried_is_refused_in_words(
    tina: Reader, form: dict[str, str]
) -> None:
    assert (await tina.posts("/try", form)).status_code == 422
    refused = await tina.posts("/try", form, headers=AS_HTMX)
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
