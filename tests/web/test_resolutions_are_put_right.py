"""Teammates read what was learned, and correct it; every change is in force at the next message."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from tests.web.conftest import Company, problem
from tests.web.operations import Json

URL = "/v1/resolutions"


async def _ids(company: Company, **query: Any) -> list[str]:
    response = await company.tina.get(URL, params=query)
    assert response.status_code == 200, response.text
    return [item["id"] for item in response.json()["items"]]


async def _change(company: Company, resolution: Json, **changes: Any) -> Json:
    response = await company.tina.patch(
        f"{URL}/{resolution['id']}",
        json=changes,
        headers={"If-Match": f'"{resolution["revision"]}"'},
    )
    assert response.status_code == 200, response.text
    return dict(response.json())


async def test_a_resolution_written_by_hand_answers_at_once(acme: Company) -> None:
    response = await acme.tina.post(
        URL,
        json={
            "answer": "Yes, to all of Europe.",
            "phrasings": ["Do you ship to Europe?", "Do you deliver in Europe?"],
            "intent": "shipping_area",
        },
    )
    assert response.status_code == 201
    made = response.json()
    assert response.headers["etag"] == '"1"'
    assert response.headers["location"] == f"{URL}/{made['id']}"
    assert made["intent"] == "shipping_area"
    assert made["provenance"]["author"] == "Tina"
    assert (await acme.asks("Do you ship to Europe?"))["reply"]["text"] == "Yes, to all of Europe."


async def test_a_change_is_in_force_at_the_next_message(acme: Company) -> None:
    made = await acme.teaches("Do you ship to Chile?", "No.")
    changed = await _change(acme, made, answer="Since May, yes.", pinned=True)
    assert (changed["revision"], changed["pinned"]) == (2, True)
    assert (await acme.asks("Do you ship to Chile?"))["reply"]["text"] == "Since May, yes."

    gone = await acme.tina.delete(f"{URL}/{made['id']}")
    assert gone.status_code == 204
    assert (await acme.asks("Do you ship to Chile?"))["status"] == "escalated"
    assert (await acme.tina.get(f"{URL}/{made['id']}")).json()["status"] == "deleted"


async def test_a_change_names_the_revision_it_was_made_to(acme: Company) -> None:
    made = await acme.teaches("Is it vegan?", "Yes.")
    url = f"{URL}/{made['id']}"
    tag = (await acme.tina.get(url)).headers["etag"]
    assert tag == '"1"'

    problem(await acme.tina.patch(url, json={"answer": "No."}), 428, "precondition_required")
    await acme.tom.patch(url, json={"answer": "Not all."}, headers={"If-Match": tag})
    late = await acme.tina.patch(url, json={"answer": "No."}, headers={"If-Match": tag})
    refused = problem(late, 412, "stale_revision")
    assert (refused["expected"], refused["actual"]) == (1, 2)
    assert (await acme.tina.get(url)).json()["answer"] == "Not all."


@pytest.mark.parametrize("tag", ["1", 'W/"1"', "*", '"one"', '"1", "2"', '"99999999999999999999"'])
async def test_other_entity_tags_are_refused(acme: Company, tag: str) -> None:
    url = f"{URL}/{uuid4()}"
    response = await acme.tina.patch(url, json={"pinned": True}, headers={"If-Match": tag})
    problem(response, 422, "invalid")


async def test_what_is_left_out_stays_and_null_is_refused(acme: Company) -> None:
    made = await acme.teaches("Is it halal?", "Yes.", scope={"country": ["DE", "AT"]})
    assert (await _change(acme, made))["revision"] == 1
    changed = await _change(acme, made, scope={})
    assert (changed["scope"], changed["answer"]) == ({}, "Yes.")
    response = await acme.tina.patch(
        f"{URL}/{made['id']}", json={"answer": None}, headers={"If-Match": '"2"'}
    )
    assert problem(response, 422, "invalid")["errors"][0]["field"] == "/answer"


async def test_the_log_says_who_did_what_and_any_of_it_can_be_undone(acme: Company) -> None:
    made = await acme.teaches("Is it kosher?", "Yes.")
    await acme.tom.patch(f"{URL}/{made['id']}", json={"answer": "No."}, headers={"If-Match": '"1"'})
    await acme.tina.delete(f"{URL}/{made['id']}")
    restored = await acme.tom.post(f"{URL}/{made['id']}/restore", json={"revision": 1})
    assert restored.headers["etag"] == '"4"'
    assert (restored.json()["answer"], restored.json()["status"]) == ("Yes.", "active")

    log = (await acme.tina.get(f"{URL}/{made['id']}/revisions")).json()["items"]
    assert [(r["revision"], r["change"], r["actor"], r["answer"]) for r in log] == [
        (4, "restored", "Tom", "Yes."),
        (3, "deleted", "Tina", "No."),
        (2, "edited", "Tom", "No."),
        (1, "edited", "Tina", "Yes."),
    ]
    missing = await acme.tom.post(f"{URL}/{made['id']}/restore", json={"revision": 9})
    assert problem(missing, 404, "not_found")["noun"] == "revision"


async def test_two_of_the_same_become_one(acme: Company) -> None:
    kept = await acme.teaches("How do I log in?", "With your e-mail address.")
    other = await acme.teaches("How do I sign in?", "Use your e-mail address.")
    merged = await acme.tina.post(f"{URL}/{other['id']}/merge", json={"into": kept["id"]})
    assert merged.json()["id"] == kept["id"]
    assert [p["text"] for p in merged.json()["phrasings"]] == [
        "How do I log in?",
        "How do I sign in?",
    ]
    assert await _ids(acme) == [kept["id"]]
    undone = (await acme.tina.post(f"{URL}/{other['id']}/unmerge")).json()
    assert undone["left"] == []
    assert undone["resolution"]["status"] == "active"
    assert undone["target"]["phrasings"] == kept["phrasings"]
    (merge,) = (await acme.tina.get(f"{URL}/{kept['id']}/merges")).json()["items"]
    assert (merge["source"], merge["undone_by"]) == (other["id"], "Tina")
    again = await acme.tina.post(f"{URL}/{other['id']}/unmerge")
    assert problem(again, 409, "already_undone")["undone_by"] == "Tina"

    itself = await acme.tina.post(f"{URL}/{kept['id']}/merge", json={"into": kept["id"]})
    assert problem(itself, 422, "invalid")["field"] == "into"


async def test_its_uses_are_listed(acme: Company) -> None:
    made = await acme.teaches("Is it gluten-free?", "Yes.")
    asked = await acme.asks("Is it gluten-free?")
    (use,) = (await acme.tina.get(f"{URL}/{made['id']}/usage")).json()["items"]
    assert (use["turn_id"], use["revision"], use["role"]) == (asked["turn_id"], 1, "answered")


async def test_the_list_can_be_narrowed_and_comes_page_by_page(acme: Company) -> None:
    a = await acme.teaches("What is a?", "A.", intent="letters")
    b = await acme.teaches("What is b?", "B.", intent="letters", pinned=True)
    c = await acme.teaches("What is 3?", "C.", intent="numbers", status="review")
    assert await _ids(acme) == [c["id"], b["id"], a["id"]]
    assert await _ids(acme, intent="letters") == [b["id"], a["id"]]
    assert await _ids(acme, pinned=True) == [b["id"]]
    assert await _ids(acme, pinned=False, status="active") == [a["id"]]
    assert await _ids(acme, status="review") == [c["id"]]
    page = (await acme.tina.get(URL, params={"limit": 2})).json()
    assert page["next_cursor"] == b["id"]
    assert await _ids(acme, limit=2, cursor=page["next_cursor"]) == [a["id"]]


async def test_a_search_finds_what_the_assistant_would(acme: Company) -> None:
    reset = await acme.teaches("How do I reset my password?", "Press Forgot password.")
    await acme.teaches("Where are you based?", "In Vienna.")
    found = (await acme.tina.get(URL, params={"q": "I forgot my password"})).json()["items"]
    assert found[0]["id"] == reset["id"]
    assert 0 < found[0]["similarity"] <= 1
    assert 0 < found[0]["share"] <= 1
    pinned = {"q": "I forgot my password", "pinned": True}
    assert await _ids(acme, **pinned) == []


async def test_the_past_can_be_read(acme: Company) -> None:
    before = datetime.now(UTC).isoformat()
    made = await acme.teaches("Is it blue?", "Yes.", intent="colour", pinned=True)
    then = datetime.now(UTC).isoformat()
    await _change(acme, made, answer="No, green.", intent="hue", pinned=False)
    await acme.tina.delete(f"{URL}/{made['id']}")
    later = await acme.teaches("Is it red?", "No.")

    assert await _ids(acme, as_of=before) == []
    (past,) = (await acme.tina.get(URL, params={"as_of": then})).json()["items"]
    assert (past["answer"], past["revision"], past["intent"]) == ("Yes.", 1, "colour")
    assert (past["pinned"], past["status"]) == (True, "active")
    assert await _ids(acme, as_of=then, intent="colour", pinned=True) == [made["id"]]
    assert await _ids(acme, as_of=then, intent="hue") == []
    assert await _ids(acme, as_of=then, pinned=False) == []
    now = datetime.now(UTC).isoformat()
    assert await _ids(acme, as_of=now) == [later["id"]]
    assert await _ids(acme, as_of=now, status="deleted") == [made["id"]]
    first = (await acme.tina.get(URL, params={"as_of": now, "limit": 1})).json()
    assert first["next_cursor"] is None


@pytest.mark.parametrize(
    "moment",
    ["yesterday", "2026-01-01T00:00:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-12:00"],
)
async def test_a_moment_has_a_zone_and_a_year(acme: Company, moment: str) -> None:
    response = await acme.tina.get(URL, params={"as_of": moment})
    assert problem(response, 422, "invalid")["errors"][0]["field"] == "/as_of"


async def test_the_past_is_listed_and_not_searched(acme: Company) -> None:
    query = {"as_of": "2026-01-01T00:00:00Z", "q": "refund"}
    assert problem(await acme.tina.get(URL, params=query), 422, "invalid")["field"] == "as_of"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"phrasings": []}, "/phrasings"),
        ({"phrasings": ["a"] * 101}, "/phrasings"),
        ({"phrasings": ["a", " "]}, "/phrasings/1"),
        ({"phrasings": ["x" * 2001]}, "/phrasings/0"),
        ({"answer": ""}, "/answer"),
        ({"answer": "x" * 20_001}, "/answer"),
        ({"pinned": "yes"}, "/pinned"),
        ({"scope": {"plan": {"is": "scale"}}}, "/scope/plan"),
        ({"status": "sleeping"}, "/status"),
    ],
)
async def test_a_resolution_is_checked_before_it_is_written(
    acme: Company, change: dict[str, Any], field: str
) -> None:
    body = {"answer": "Yes.", "phrasings": ["Is it?"], **change}
    errors = problem(await acme.tina.post(URL, json=body), 422, "invalid")["errors"]
    assert [e["field"] for e in errors] == [field]
    assert await _ids(acme) == []


async def test_deleting_goes_by_its_own_name(acme: Company) -> None:
    made = await acme.teaches("Is it sold?", "Yes.")
    response = await acme.tina.patch(
        f"{URL}/{made['id']}", json={"status": "deleted"}, headers={"If-Match": '"1"'}
    )
    problem(response, 422, "invalid")
    body = {"answer": "Yes.", "phrasings": ["Is it?"], "status": "deleted"}
    problem(await acme.tina.post(URL, json=body), 422, "invalid")


async def test_phrasings_move_to_another_answer(acme: Company) -> None:
    many = await acme.teaches("How do I reset my key?", "Press Reset.")
    more = {"phrasings": ["How do I reset my key?", "Where is my invoice?"]}
    url = f"/v1/resolutions/{many['id']}"
    both = (await acme.tina.patch(url, json=more, headers={"If-Match": '"1"'})).json()
    into = await acme.teaches("I need a bill", "Under Billing.")
    invoice = next(one["id"] for one in both["phrasings"] if "invoice" in one["text"])

    moved = await acme.tina.post(f"{url}/move", json={"phrasings": [invoice], "into": into["id"]})

    assert moved.status_code == 200, moved.text
    found = moved.json()
    assert [one["text"] for one in found["resolution"]["phrasings"]] == ["How do I reset my key?"]
    texts = [one["text"] for one in found["target"]["phrasings"]]
    assert texts == ["I need a bill", "Where is my invoice?"]
    (last,) = found["resolution"]["phrasings"]
    all_of_it = {"phrasings": [last["id"]], "into": into["id"]}
    problem(await acme.tina.post(f"{url}/move", json=all_of_it), 422, "invalid")
    unknown = {"phrasings": [invoice], "into": into["id"]}
    problem(await acme.tina.post(f"{url}/move", json=unknown), 422, "invalid")
