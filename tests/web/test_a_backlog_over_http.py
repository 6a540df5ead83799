"""Over HTTP: a backlog is looked through by a job, and each intent it suggests is decided once."""

from tests.web.conftest import Company, problem
from tests.web.operations import Json

URL = "/v1/intents/inductions"
PROPOSALS = "/v1/intents/proposals"


async def _names(acme: Company) -> list[str]:
    return [one["name"] for one in (await acme.tina.get("/v1/intents")).json()["items"]]


async def _proposals(acme: Company) -> list[Json]:
    (newest,) = (await acme.tina.get(URL)).json()["items"]
    found = (await acme.tina.get(f"{URL}/{newest['id']}")).json()
    return list(found["proposals"])


async def test_proposals_become_intents_one_by_one(acme: Company) -> None:
    done = await acme.induces()
    assert (done["status"], done["messages"], done["done"]) == ("done", 12, 12)
    assert done["started_by"] == "Tina"
    first, second = done["proposals"][:2]
    assert first["status"] == "open"
    assert first["messages"] >= second["messages"]
    assert await _names(acme) == []

    made = await acme.tina.post(f"{PROPOSALS}/{first['id']}/accept", json={"name": " orders "})
    assert made.status_code == 201, made.text
    assert made.headers["Location"] == f"/v1/intents/{made.json()['id']}"
    as_proposed = await acme.tina.post(f"{PROPOSALS}/{second['id']}/accept")
    assert as_proposed.json()["description"] == second["description"]

    assert await _names(acme) == sorted(["orders", second["name"]])
    shown = (await acme.tina.get(made.headers["Location"])).json()
    assert shown["examples"] == first["examples"]
    assert shown["log"][0]["note"] == "proposed from a backlog"
    decided = (await _proposals(acme))[0]
    assert (decided["status"], decided["decided_by"]) == ("accepted", "Tina")
    assert decided["intent_id"] == made.json()["id"]


async def test_a_proposed_intent_is_decided_once_and_a_dismissal_undone(acme: Company) -> None:
    first, second = (await acme.induces())["proposals"][:2]
    url, other = f"{PROPOSALS}/{first['id']}", f"{PROPOSALS}/{second['id']}"

    dismissed = await acme.tina.post(f"{url}/dismiss")
    late = problem(await acme.tom.post(f"{url}/accept"), 409, "already_decided")
    back = await acme.tom.post(f"{url}/take-up")
    accepted = await acme.tom.post(f"{url}/accept", json={"name": "money_back"})
    taken = await acme.tina.post(f"{other}/accept", json={"name": "money_back"})
    after = await acme.tina.post(f"{url}/take-up")

    assert (dismissed.json()["status"], late["decided_by"]) == ("dismissed", "Tina")
    assert (back.json()["status"], back.json()["decided_by"]) == ("open", None)
    assert accepted.status_code == 201
    problem(taken, 409, "name_taken")
    assert after.json()["status"] == "accepted"
    assert await _names(acme) == ["money_back"]


async def test_a_backlog_of_its_own_and_one_job_at_a_time(acme: Company) -> None:
    for number in range(11):
        await acme.escalates(f"How do I change the PIN of card {number}?", conversation=f"{number}")
    first, second = await acme.tina.post(URL, json={}), await acme.tom.post(URL, json={})
    assert first.json()["started_by"] == "Tina"
    if first.json()["id"] != second.json()["id"]:  # the first was done before the second came
        assert (await acme.tina.get(first.headers["Location"])).json()["status"] == "done"
    problem(await acme.tina.post(URL, json={"messages": []}), 422, "invalid")
