"""What teammates do with escalations, and who wins when two do it at once."""

import asyncio

import pytest

from tests.web.conftest import Company, problem


async def test_a_brief_holds_all_that_is_needed_to_answer(acme: Company) -> None:
    await acme.teaches("What are your opening hours?", "From nine to five.")
    await acme.admin.patch("/v1/settings", json={"mode": "draft"})
    escalation = await acme.escalates(
        "What are your opening hours?",
        channel="widget",
        contact={"ids": ["email:ana@example.com"], "name": "Ana", "attributes": {"plan": "scale"}},
        context={"page_title": "Contact"},
    )
    brief = (await acme.tina.get(f"/v1/escalations/{escalation}")).json()
    assert brief["status"] == "waiting"
    assert brief["reason"] == "policy"
    assert brief["channel"] == "widget"
    assert brief["customer"]["ids"] == ["email:ana@example.com"]
    assert brief["customer"]["name"] == "Ana"
    assert brief["context"]["page_title"] == "Contact"
    assert brief["context"]["plan"] == "scale"
    assert [m["text"] for m in brief["transcript"]] == ["What are your opening hours?"]
    assert brief["suggestion"]["text"] == "From nine to five."
    assert brief["suggestion"]["resolution_id"] == brief["evidence"]["resolutions"][0]["id"]
    assert brief["evidence"]["resolutions"][0]["answer"] == "From nine to five."
    assert brief["not_sent"]["words"] == [
        "The assistant's mode here is draft, so a teammate sends."
    ]
    assert brief["similar"] == []
    assert brief["decision"] is None


async def test_those_who_wait_for_the_same_answer_are_named(acme: Company) -> None:
    first = await acme.escalates("How do I cancel my subscription?")
    same = await acme.escalates("How can I cancel my subscription?")
    await acme.escalates("Does the lamp fit a European socket?")
    brief = (await acme.tina.get(f"/v1/escalations/{first}")).json()
    assert [other["id"] for other in brief["similar"]] == [same]
    assert brief["similar"][0]["question"] == "How can I cancel my subscription?"
    await acme.answers(same, "Under Billing.")
    brief = (await acme.tina.get(f"/v1/escalations/{first}")).json()
    assert brief["similar"] == []


async def test_the_list_can_be_narrowed(acme: Company) -> None:
    human = await acme.escalates("I want to talk to a human")
    parcel = await acme.escalates("Where is my 100% cotton parcel?")
    await acme.tina.post(f"/v1/escalations/{parcel}/claim")

    async def ids(**query: str) -> list[str]:
        response = await acme.tina.get("/v1/escalations", params=query)
        assert response.status_code == 200, response.text
        return [item["id"] for item in response.json()["items"]]

    assert await ids() == [parcel, human]
    assert await ids(status="waiting") == [human]
    assert await ids(status="claimed") == [parcel]
    assert await ids(status="decided") == []
    assert await ids(reason="customer_request") == [human]
    assert await ids(q="PARCEL") == [parcel]
    assert await ids(q="100%") == [parcel]
    assert await ids(q="1__%") == []
    assert await ids(intent="no_such_intent") == []
    problem(await acme.tina.get("/v1/escalations?status=opening"), 422, "invalid")


async def test_whoever_claims_first_has_it(acme: Company) -> None:
    escalation = f"/v1/escalations/{await acme.escalates('Is it waterproof?')}"
    claimed = (await acme.tina.post(f"{escalation}/claim")).json()
    assert (claimed["status"], claimed["claimed_by_name"]) == ("claimed", "Tina")
    refused = problem(await acme.tom.post(f"{escalation}/claim"), 409, "already_claimed")
    assert refused["claimed_by"] == "Tina"
    assert (await acme.tina.post(f"{escalation}/claim")).status_code == 200

    released = (await acme.tina.post(f"{escalation}/release")).json()
    assert (released["status"], released["claimed_by"]) == ("waiting", None)
    assert (await acme.tom.post(f"{escalation}/claim")).json()["claimed_by_name"] == "Tom"


async def test_an_escalation_is_handed_to_a_teammate(acme: Company, globex: Company) -> None:
    escalation = f"/v1/escalations/{await acme.escalates('Is it dustproof?')}"
    members = {m["name"]: m["id"] for m in (await acme.tina.get("/v1/members")).json()["items"]}
    assigned = await acme.tina.post(f"{escalation}/assign", json={"teammate_id": members["Tom"]})
    assert assigned.json()["claimed_by_name"] == "Tom"
    strangers = {m["name"]: m["id"] for m in (await globex.tina.get("/v1/members")).json()["items"]}
    refused = await acme.tina.post(f"{escalation}/assign", json={"teammate_id": strangers["Tom"]})
    assert problem(refused, 404, "not_found")["noun"] == "teammate"


async def test_a_reply_is_sent_and_the_question_stays_open(acme: Company) -> None:
    asked = await acme.asks("My lamp flickers")
    escalation = f"/v1/escalations/{asked['escalation_id']}"
    said = await acme.tina.post(f"{escalation}/replies", json={"text": "Which model is it?"})
    assert said.status_code == 201
    assert (said.json()["author"], said.json()["author_name"]) == ("teammate", "Tina")
    brief = (await acme.tina.get(escalation)).json()
    assert brief["status"] == "waiting"
    assert [m["text"] for m in brief["transcript"]] == ["My lamp flickers", "Which model is it?"]


async def test_a_reply_under_a_key_is_sent_once(acme: Company) -> None:
    asked = await acme.asks("My lamp flickers")
    replies = f"/v1/escalations/{asked['escalation_id']}/replies"
    body, headers = {"text": "Which model is it?"}, {"Idempotency-Key": "reply-7"}

    first, second = await asyncio.gather(
        *(acme.tina.post(replies, json=body, headers=headers) for _ in range(2))
    )
    other = await acme.tina.post(replies, json={"text": "Well?"}, headers=headers)

    assert (first.status_code, first.json()) == (201, second.json())
    problem(other, 422, "idempotency_conflict")
    brief = (await acme.tina.get(f"/v1/escalations/{asked['escalation_id']}")).json()
    assert [m["text"] for m in brief["transcript"]] == ["My lamp flickers", "Which model is it?"]
    await acme.answers(asked["escalation_id"], "It needs a new bulb.")
    late = await acme.tina.post(replies, json=body, headers=headers)
    assert late.json() == first.json()


async def test_the_second_decision_learns_who_made_the_first(acme: Company) -> None:
    escalation = await acme.escalates("Can I get a refund after 40 days?")
    url = f"/v1/escalations/{escalation}/resolve"
    answers = await asyncio.gather(
        acme.tina.post(url, json={"action": "answer", "text": "No, within 30 days."}),
        acme.tom.post(url, json={"action": "answer", "text": "Yes, within 60 days."}),
    )
    assert sorted(response.status_code for response in answers) == [200, 409]
    winner = "Tina" if answers[0].status_code == 200 else "Tom"
    lost = next(response for response in answers if response.status_code == 409)
    refused = problem(lost, 409, "already_decided")
    assert refused["decided_by"] == winner
    assert refused["decided_at"]
    brief = (await acme.tina.get(f"/v1/escalations/{escalation}")).json()
    assert brief["status"] == "decided"
    assert brief["decision"]["member_name"] == winner
    for action in ("claim", "release"):
        again = await acme.tom.post(f"/v1/escalations/{escalation}/{action}")
        problem(again, 409, "already_decided")


async def test_accepting_the_draft_teaches_another_wording(acme: Company) -> None:
    taught = await acme.teaches("What are your opening hours?", "From nine to five.")
    await acme.admin.patch("/v1/settings", json={"mode": "draft"})
    escalation = await acme.escalates("When do you open in the morning?")
    url = f"/v1/escalations/{escalation}/resolve"
    resolved = (await acme.tina.post(url, json={"action": "accept"})).json()
    assert resolved["learning"] == "done"
    assert resolved["resolution"] == {"id": taught["id"], "revision": 2, "merged": True}
    assert resolved["how"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"action": "dismiss"}, "resolved"),
        ({"action": "return"}, "pending"),
        ({"action": "answer", "text": "We look into it.", "learn": False}, "resolved"),
        ({"action": "answer", "text": "We look into it.", "outcome": "unresolved"}, "open"),
    ],
)
async def test_what_solved_nothing_teaches_nothing(
    acme: Company, body: dict[str, object], status: str
) -> None:
    asked = await acme.asks("Why does the sea taste of salt?")
    url = f"/v1/escalations/{asked['escalation_id']}/resolve"
    resolved = (await acme.tina.post(url, json=body)).json()
    assert resolved["learning"] == "nothing"
    assert resolved["resolution"] is None
    conversation = await acme.tina.get(f"/v1/conversations/{asked['conversation_id']}")
    assert conversation.json()["status"] == status


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"action": "answer"}, "text"),
        ({"action": "edit"}, "text"),
        ({"action": "accept"}, "action"),
    ],
)
async def test_a_decision_must_say_what_to_send(
    acme: Company, body: dict[str, str], field: str
) -> None:
    escalation = await acme.escalates("Who painted the wall?")
    response = await acme.tina.post(f"/v1/escalations/{escalation}/resolve", json=body)
    assert problem(response, 422, "invalid")["field"] == field
    brief = (await acme.tina.get(f"/v1/escalations/{escalation}")).json()
    assert brief["status"] == "waiting"


async def test_what_an_answer_taught_is_taken_back(acme: Company) -> None:
    escalation = await acme.escalates("Can I get a refund after 40 days?")
    url = f"/v1/escalations/{escalation}/unlearn"
    learned = await acme.answers(escalation, "No, within 30 days.")

    first, again = await acme.tina.post(url), await acme.tina.post(url)

    assert first.json() == {"unlearned": True}, first.text
    known = (await acme.tina.get(f"/v1/resolutions/{learned['resolution']['id']}")).json()
    assert known["status"] == "deleted"
    assert (await acme.said_about(escalation))[-1] == "No, within 30 days."
    assert again.json() == {"unlearned": False}, again.text
