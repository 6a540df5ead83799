"""What a channel may count on when it brings a message."""

import asyncio
from typing import Any

import pytest

from tests.web.conftest import Company, problem
from tests.web.operations import Json

URL = "/v1/messages"


async def test_an_answer_has_exactly_the_promised_fields(acme: Company) -> None:
    await acme.teaches("How do I change my plan?", "Under Billing, choose Plan.")
    answer = await acme.asks(
        "How do I change my plan?",
        channel="widget",
        conversation="chat-1",
        contact={"ids": ["email:ana@example.com"], "name": "Ana", "attributes": {"plan": "scale"}},
        context={"page_url": "https://example.com/billing", "page_title": "Billing"},
    )
    assert answer.keys() == {
        "conversation_id",
        "message_id",
        "turn_id",
        "status",
        "escalation_id",
        "reply",
        "verdict",
    }
    assert answer["reply"].keys() == {"message_id", "text", "source", "citations"}
    assert answer["reply"]["citations"][0].keys() == {"kind", "id", "title", "url", "quote"}
    assert answer["verdict"].keys() == {"confidence", "threshold", "reason", "intent"}


async def test_who_does_not_wait_is_told_that_it_is_being_worked_on(acme: Company) -> None:
    body = {"text": "Where is my invoice?", "wait": 0}
    response = await acme.channel.post(URL, json=body, headers={"Idempotency-Key": "inv-1"})
    assert response.status_code == 202
    assert response.json()["status"] == "processing"
    assert response.json()["verdict"] is None

    again = await acme.channel.post(
        URL, json={**body, "wait": 30}, headers={"Idempotency-Key": "inv-1"}
    )
    assert again.status_code == 200
    assert again.json()["turn_id"] == response.json()["turn_id"]
    assert again.json()["status"] == "escalated"


async def test_ten_deliveries_at_once_are_one_message(acme: Company) -> None:
    async def send() -> Json:
        response = await acme.channel.post(
            URL,
            json={"text": "Do you ship to Norway?", "wait": 30, "conversation": "chat-7"},
            headers={"Idempotency-Key": "delivery 7"},
        )
        assert response.status_code == 200
        return dict(response.json())

    answers = await asyncio.gather(*(send() for _ in range(10)))
    assert all(answer == answers[0] for answer in answers)
    conversation = await acme.tina.get(f"/v1/conversations/{answers[0]['conversation_id']}")
    assert [m["text"] for m in conversation.json()["messages"]] == ["Do you ship to Norway?"]


async def test_a_key_with_another_body_is_refused(acme: Company) -> None:
    headers = {"Idempotency-Key": "k"}
    await acme.channel.post(URL, json={"text": "one", "wait": 0}, headers=headers)
    response = await acme.channel.post(URL, json={"text": "two", "wait": 0}, headers=headers)
    assert problem(response, 422, "idempotency_conflict")["key"] == "k"


async def test_two_companies_may_use_the_same_key_and_ids(acme: Company, globex: Company) -> None:
    body = {"text": "hello", "wait": 30, "conversation": "c", "contact": {"ids": ["user:1"]}}
    first, second = [
        await company.channel.post(URL, json=body, headers={"Idempotency-Key": "1"})
        for company in (acme, globex)
    ]
    assert first.json()["status"] == second.json()["status"] == "answered"
    assert first.json()["conversation_id"] != second.json()["conversation_id"]


async def test_what_is_written_while_a_teammate_has_it_goes_to_them(acme: Company) -> None:
    first = await acme.asks("My order never came", conversation="chat-2")
    second = await acme.asks("It was order 77", conversation="chat-2")
    assert second["status"] == "open"
    assert second["conversation_id"] == first["conversation_id"]
    assert second["escalation_id"] is None
    assert second["reply"] is None
    assert second["verdict"] is None


async def test_the_teammates_words_become_the_reply(acme: Company) -> None:
    headers = {"Idempotency-Key": "q"}
    body = {"text": "Can I pay by invoice?", "wait": 30}
    asked = (await acme.channel.post(URL, json=body, headers=headers)).json()
    await acme.answers(asked["escalation_id"], "Yes, from 500 euros on.")
    again = (await acme.channel.post(URL, json=body, headers=headers)).json()
    assert again["status"] == "escalated"
    assert again["reply"]["text"] == "Yes, from 500 euros on."
    assert again["reply"]["source"] == "human"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": " \n\t "}, "/text"),
        ({"text": "x" * 20_001}, "/text"),
        ({"text": "nul \x00"}, "/text"),
        ({"text": 7}, "/text"),
        ({"text": None}, "/text"),
        ({"txt": "hello"}, "/txt"),
        ({"wait": 31}, "/wait"),
        ({"wait": True}, "/wait"),
        ({"wait": "5"}, "/wait"),
        ({"channel": "Not a channel"}, "/channel"),
        ({"conversation": "x" * 201}, "/conversation"),
        ({"contact": {"ids": ["a", ""]}}, "/contact/ids/1"),
        ({"contact": {"ids": ["a"] * 21}}, "/contact/ids"),
        ({"contact": {"attributes": {"a": {"b": ["c", "\x00"]}}}}, "/contact/attributes/a/b/1"),
        ({"contact": {"attributes": {"n": 2**63}}}, "/contact/attributes/n"),
        ({"context": {f"k{i}": 1 for i in range(51)}}, "/context"),
        ({"context": {"k": "x" * 16_384}}, "/context"),
        ({"context": {"a/b": {"~": "\x00"}}}, "/context/a~1b/~0"),
    ],
)
async def test_a_refusal_says_where_the_mistake_is(
    acme: Company, change: dict[str, Any], field: str
) -> None:
    response = await acme.channel.post(URL, json={"text": "hello", "wait": 0, **change})
    errors = problem(response, 422, "invalid")["errors"]
    assert [(e["in"], e["field"]) for e in errors] == [("body", field)]


@pytest.mark.parametrize("key", ["", "x" * 201, "ümlaut".encode(), b"tab\tinside", b"\xff"])
async def test_an_idempotency_key_is_short_and_printable(acme: Company, key: str | bytes) -> None:
    headers = {b"Idempotency-Key": key if isinstance(key, bytes) else key.encode()}
    response = await acme.channel.post(URL, json={"text": "hello", "wait": 0}, headers=headers)
    assert problem(response, 422, "invalid")["errors"][0]["field"] == "/idempotency-key"


async def test_one_customer_who_writes_everywhere_at_once_is_one_contact(acme: Company) -> None:
    ids = ["email:ana@example.com", "phone:+4712345678", "user:7"]

    async def write(number: int) -> str:
        order = [ids[(number + step) % len(ids)] for step in range(len(ids))]
        body = {"text": "hello", "wait": 0, "contact": {"ids": order}}
        response = await acme.channel.post(URL, json=body)
        assert response.status_code in {200, 202}, response.text
        return str(response.json()["conversation_id"])

    conversations = await asyncio.gather(*(write(number) for number in range(12)))
    assert len(set(conversations)) == 12
    listed = (await acme.channel.get("/v1/conversations")).json()["items"]
    contacts = {item["contact"]["id"]: item["contact"]["ids"] for item in listed}
    assert list(contacts.values()) == [sorted(ids)]


async def test_a_customer_rates_a_reply(acme: Company) -> None:
    await acme.teaches("How do I change my plan?", "Under Billing, choose Plan.")
    answer = await acme.asks("How do I change my plan?")
    feedback = f"{URL}/{answer['reply']['message_id']}/feedback"

    given = await acme.channel.post(feedback, json={"rating": "down", "comment": "Not mine."})

    assert given.status_code == 200
    assert given.json() == {"turn_id": answer["turn_id"], "rating": "down", "csat": None}
    question = f"{URL}/{answer['message_id']}/feedback"
    problem(await acme.channel.post(question, json={"rating": "up"}), 422, "invalid")
    problem(await acme.channel.post(feedback, json={"rating": "sideways"}), 422, "invalid")


async def test_what_is_known_of_a_contact_does_not_grow_without_bound(acme: Company) -> None:
    for number in range(60):
        attributes = {"plan": "scale", f"visited {number}": number}
        contact = {"ids": ["email:ana@example.com"], "attributes": attributes}
        asked = await acme.asks("Hello!", contact=contact, conversation=f"c{number}")

    shown = await acme.tina.get(f"/v1/conversations/{asked['conversation_id']}")
    known = shown.json()["contact"]["attributes"]
    assert len(known) == 50
    assert known["plan"] == "scale"
    assert set(known) == {"plan", *(f"visited {number}" for number in range(11, 60))}


async def test_two_messages_at_once_lose_no_attribute(acme: Company) -> None:
    ids = ["email:bob@example.com"]
    first = await acme.asks("Hello!", contact={"ids": ids})
    await asyncio.gather(
        *(
            acme.asks("Hi!", contact={"ids": ids, "attributes": {name: 1}})
            for name in ("plan", "locale", "page", "device")
        )
    )

    shown = await acme.tina.get(f"/v1/conversations/{first['conversation_id']}")
    assert set(shown.json()["contact"]["attributes"]) == {"plan", "locale", "page", "device"}
