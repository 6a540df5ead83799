"""Over HTTP: what an answer came from, what the desk would change, what was tried before."""

from typing import Any

from support_graph.domain.ids import new_id
from tests.web.conftest import Company, problem
from tests.web.operations import Json

URL = "/v1/proposals"
BEA = {"contact": {"ids": ["email:bea@example.com"]}}


async def test_a_doubtful_merge_shows_both_answers(acme: Company) -> None:
    proposal = await acme.doubts()

    source, into = proposal["resolutions"]
    assert (source["role"], source["answer"]) == ("source", "You can return it within 30 days.")
    assert (into["role"], into["answer"]) == ("into", "You can return it within 14 days.")
    assert into["phrasings"] == ["Can I send it back?"]
    assert proposal["evidence"]["similarity"] > 0.8
    assert proposal["words"]
    assert (await acme.tina.get(f"{URL}/{proposal['id']}")).json() == proposal


async def test_a_proposal_is_decided_once(acme: Company) -> None:
    proposal = await acme.doubts()
    url = f"{URL}/{proposal['id']}"

    accepted = (await acme.tina.post(f"{url}/accept")).json()

    assert (accepted["status"], accepted["decided_by"]) == ("accepted", "Tina")
    refused = problem(await acme.tom.post(f"{url}/decline"), 409, "already_decided")
    assert refused["decided_by"] == "Tina"
    into = (await acme.tina.get(f"/v1/resolutions/{proposal['resolutions'][1]['id']}")).json()
    assert len(into["phrasings"]) == 2
    assert (await acme.tina.get(URL, params={"status": "open"})).json()["items"] == []


async def test_a_proposal_of_another_company_is_not_there(acme: Company, globex: Company) -> None:
    proposal = await acme.doubts()

    for name in (proposal["id"], new_id()):
        problem(await globex.tina.get(f"{URL}/{name}"), 404, "not_found")
        problem(await globex.tina.post(f"{URL}/{name}/accept"), 404, "not_found")
    assert (await globex.tina.get(URL)).json()["items"] == []


async def test_a_resolution_tells_what_it_was_learned_from(acme: Company) -> None:
    await acme.ingests(title="Returns", text="# Returns\n\nParcels are returned by post.")
    context = {"page_title": "Returns"}
    escalation = await acme.escalates("Who pays for sending a sofa back?", context=context)
    said = {"text": "Let me look that up."}
    await acme.tina.post(f"/v1/escalations/{escalation}/replies", json=said)
    learned = await acme.answers(escalation, "We do.")

    found = (await acme.tina.get(f"/v1/resolutions/{learned['resolution']['id']}")).json()

    (precedent,) = found["precedents"]
    assert precedent["question"] == "Who pays for sending a sofa back?"
    assert precedent["answer"] == "We do."
    assert precedent["before"] == ["Let me look that up."]
    assert (precedent["author"], precedent["surface"]) == ("Tina", "api")
    assert precedent["context"] == context
    assert precedent["reason"] in {"missing_knowledge", "low_confidence"}
    assert precedent["passages"][0]["title"] == "Returns"
    assert "returned by post" in precedent["passages"][0]["quote"]


async def test_what_was_tried_is_told_to_whoever_answers(acme: Company) -> None:
    taught = await acme.teaches("Where is my parcel?", "See the tracking page.")
    first = await acme.asks("Where is my parcel?", **BEA)
    assert first["status"] == "answered"

    escalation = await acme.escalates("Where is my parcel?", **BEA)

    brief = (await acme.tina.get(f"/v1/escalations/{escalation}")).json()
    assert brief["reason"] == "already_tried"
    (episode,) = brief["history"]
    assert (episode["asked"], episode["said"]) == ("Where is my parcel?", "See the tracking page.")
    assert (episode["by"], episode["ended"]) == ("assistant", "silent")
    assert episode["resolution_id"] == taught["id"]
    turn = (await acme.channel.get(f"/v1/turns/{brief['turn_id']}")).json()
    assert turn["history"] == brief["history"]


async def test_where_an_answer_holds_is_asked_for(acme: Company) -> None:
    question = "How do I turn batching off?"
    await acme.teaches(question, "Set sync_mode.", scope={"page": ["/python"]})

    async def asks(**context: Any) -> Json:
        return await acme.asks(question, context=context)

    known = await asks(page_url="https://docs.example.com/python/?q=1")
    assert known["reply"]["text"] == "Set sync_mode."
    unknown = await asks()
    assert unknown["verdict"]["reason"] == "missing_context"
    elsewhere = await asks(page_url="https://docs.example.com/node")
    assert elsewhere["verdict"]["reason"] == "missing_knowledge"


async def test_what_is_learned_by_itself_is_a_setting(acme: Company) -> None:
    changes = {
        "near_duplicate": 0.95,
        "phrasing_limit": 5,
        "scope_support": 0,
        "history_days": 0.0,
    }
    changed = (await acme.admin.patch("/v1/settings", json=changes)).json()
    assert {name: changed[name] for name in changes} == changes
    for wrong in ({"scope_support": -1}, {"phrasing_limit": 0}, {"near_duplicate": 1.5}):
        problem(await acme.admin.patch("/v1/settings", json=wrong), 422, "invalid")
