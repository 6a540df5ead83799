"""Intents over HTTP: a list with statistics, and changes by those who may make them."""

from typing import Any

import pytest

from tests.web.conftest import Company, problem
from tests.web.operations import Json

KEY = "How do I reset my API key?"


async def _listed(acme: Company) -> dict[str, Json]:
    response = await acme.tina.get("/v1/intents")
    assert response.status_code == 200, response.text
    return {item["name"]: item for item in response.json()["items"]}


async def _made(acme: Company, name: str, **more: Any) -> str:
    response = await acme.tina.post("/v1/intents", json={"name": name, **more})
    assert response.status_code == 201, response.text
    assert response.headers["Location"] == f"/v1/intents/{response.json()['id']}"
    return str(response.json()["id"])


async def test_the_list_counts_what_became_of_the_messages(acme: Company) -> None:
    assert await _listed(acme) == {}
    escalation = await acme.escalates(KEY)
    await acme.answers(escalation, "Press Regenerate.")

    (item,) = (await _listed(acme)).values()
    assert item["mode"] == "auto"
    assert item["target_precision"] is None
    statistics = item["statistics"]
    assert statistics.pop("since") is not None
    assert statistics == {
        "resolutions": 1,
        "turns": 1,
        "deflected": 0,
        "escalated": 1,
        "waiting": 0,
    }


async def test_an_intent_is_made_shown_and_changed(acme: Company) -> None:
    made = await _made(acme, "keys", description="API keys", examples=[KEY])
    url = f"/v1/intents/{made}"

    renamed = await acme.tina.patch(url, json={"name": "api_keys", "description": ""})
    assert renamed.json()["name"] == "api_keys"
    assert renamed.json()["description"] == ""
    shown = (await acme.tina.get(url)).json()
    assert shown["examples"] == [KEY]
    assert [entry["change"] for entry in shown["log"]] == ["changed", "created"]
    assert shown["log"][0]["actor"] == "Tina"


async def test_mode_and_target_are_the_admins(acme: Company) -> None:
    url = f"/v1/intents/{await _made(acme, 'keys', examples=[KEY])}"
    for change in ({"mode": "off"}, {"target_precision": 0.99}, {"target_precision": None}):
        problem(await acme.tina.patch(url, json=change), 403, "forbidden")

    changed = await acme.admin.patch(url, json={"mode": "off", "target_precision": 0.99})
    assert (changed.json()["mode"], changed.json()["target_precision"]) == ("off", 0.99)
    answer = await acme.asks(KEY)
    assert answer["verdict"]["reason"] == "policy"
    assert answer["verdict"]["intent"] == "keys"
    reset = await acme.admin.patch(url, json={"target_precision": None})
    assert reset.json()["target_precision"] is None


async def test_a_merge_is_undone_and_a_split_takes_resolutions_along(acme: Company) -> None:
    keys, billing = await _made(acme, "keys"), await _made(acme, "billing")
    one = await acme.teaches(KEY, "Press Regenerate.", intent="keys")
    two = await acme.teaches("Where is my invoice?", "Under Billing.", intent="keys")

    split = await acme.tina.post(
        f"/v1/intents/{keys}/split", json={"resolutions": [two["id"]], "name": "invoices"}
    )
    assert split.status_code == 201, split.text
    merged = await acme.tina.post(f"/v1/intents/{split.json()['id']}/merge", json={"into": billing})
    assert merged.json()["name"] == "billing"
    found = await acme.tina.get("/v1/resolutions", params={"intent": "billing"})
    assert [item["id"] for item in found.json()["items"]] == [two["id"]]
    assert sorted(await _listed(acme)) == ["billing", "keys"]
    shown = (await acme.tina.get(f"/v1/intents/{billing}")).json()
    assert [part["name"] for part in shown["parts"]] == ["invoices"]

    await acme.tina.post(f"/v1/intents/{split.json()['id']}/unmerge")
    resolution = (await acme.tina.get(f"/v1/resolutions/{two['id']}")).json()
    assert resolution["intent"] == "invoices"
    assert (await acme.tina.get(f"/v1/resolutions/{one['id']}")).json()["intent"] == "keys"


async def test_a_teammate_cannot_merge_an_intent_out_of_its_mode(acme: Company) -> None:
    off, free = await _made(acme, "off"), await _made(acme, "free")
    await acme.admin.patch(f"/v1/intents/{off}", json={"mode": "off"})

    url = f"/v1/intents/{off}/merge"
    problem(await acme.tina.post(url, json={"into": free}), 403, "forbidden")
    assert (await acme.admin.post(url, json={"into": free})).status_code == 200


async def test_a_name_that_is_taken_is_a_conflict(acme: Company) -> None:
    await _made(acme, "keys")
    other = await _made(acme, "other")
    problem(await acme.tina.post("/v1/intents", json={"name": "keys"}), 409, "name_taken")
    problem(await acme.tina.patch(f"/v1/intents/{other}", json={"name": "keys"}), 409, "name_taken")


@pytest.mark.parametrize(
    "change",
    [{"name": None}, {"name": " "}, {"mode": None}, {"description": None}, {"x": 1}],
)
async def test_a_change_that_says_nothing_is_refused(acme: Company, change: Json) -> None:
    url = f"/v1/intents/{await _made(acme, 'keys')}"
    problem(await acme.admin.patch(url, json=change), 422, "invalid")
    problem(await acme.admin.patch(url, json={"target_precision": 1}), 422, "invalid")


async def test_intents_are_nobody_elses(acme: Company, globex: Company) -> None:
    made = await _made(acme, "keys")
    url = f"/v1/intents/{made}"
    theirs = await _made(globex, "keys")
    problem(await globex.tina.get(url), 404, "not_found")
    problem(await globex.tina.patch(url, json={"name": "x"}), 404, "not_found")
    for path, body in (
        (f"{url}/merge", {"into": theirs}),
        (f"/v1/intents/{theirs}/merge", {"into": made}),
        (f"{url}/split", {"resolutions": [made], "name": "x"}),
        (f"{url}/unmerge", None),
    ):
        problem(await globex.tina.post(path, json=body), 404, "not_found")
    problem(await acme.channel.get("/v1/intents"), 403, "forbidden")


async def test_proposals_are_made_for_messages_and_nothing_is_kept(acme: Company) -> None:
    card = [f"My {kind} has not arrived yet" for kind in ("card", "new card", "Visa", "bank card")]
    back = [f"Please refund {what}" for what in ("my order", "the order", "it", "this order")]
    login = [f"I can't log in with my {what}" for what in ("password", "e-mail", "phone")]

    response = await acme.tina.post("/v1/intents/induce", json={"messages": card + back + login})

    found = response.json()
    assert found["messages"] == 11
    assert len(found["items"]) >= 2
    best = found["items"][0]
    assert set(best["examples"]) <= {*card, *back}
    assert best["share"] == pytest.approx(best["messages"] / 11, abs=1e-4)
    assert await _listed(acme) == {}
    accepted = {name: best[name] for name in ("name", "description", "examples")}
    assert (await acme.tina.post("/v1/intents", json=accepted)).status_code == 201
    assert (await acme.asks(best["examples"][0]))["verdict"]["intent"] == best["name"]
