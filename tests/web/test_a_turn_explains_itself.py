"""Why a message was answered, or why it was not, with the words of the evidence."""

from support_graph.domain.workspaces import Mode
from tests.web.conftest import Company


async def test_an_answered_turn_shows_what_it_rests_on(acme: Company) -> None:
    taught = await acme.teaches("How do I export my data?", "Press Export under Account.")
    asked = await acme.asks("how do i export my data?")
    turn = (await acme.tina.get(f"/v1/turns/{asked['turn_id']}")).json()

    assert turn["status"] == "answered"
    assert turn["question"] == "how do i export my data?"
    assert turn["standalone"]
    found = turn["evidence"]["resolutions"][0]
    assert found["id"] == taught["id"]
    assert found["answer"] == "Press Export under Account."
    assert found["phrasing"] == "How do I export my data?"
    assert found["similarity"] > 0.9
    assert turn["judgements"]["resolution"]["features"]["similarity"] > 0
    assert turn["judgements"]["resolution"]["words"]["for"]
    assert turn["verdict"]["send"] is True
    assert turn["verdict"]["words"]
    assert 0.9 < turn["verdict"]["threshold"] <= 0.973
    assert turn["store_version"] == taught["store_version"]
    assert turn["timings_ms"]["gate"] >= 0
    assert turn["models"]["language"]
    assert turn["reply_id"] == asked["reply"]["message_id"]


async def test_the_evidence_is_shown_as_it_was_judged(acme: Company) -> None:
    taught = await acme.teaches("Where is my parcel?", "See the tracking page.")
    asked = await acme.asks("Where is my parcel?")
    url = f"/v1/resolutions/{taught['id']}"
    await acme.tina.patch(url, json={"answer": "Call us."}, headers={"If-Match": '"1"'})
    found = (await acme.tina.get(f"/v1/turns/{asked['turn_id']}")).json()
    (hit,) = found["evidence"]["resolutions"]
    assert hit["answer"] == "See the tracking page."
    assert (hit["revision"], hit["current_revision"]) == (1, 2)


async def test_an_escalated_turn_says_why_in_words(acme: Company) -> None:
    asked = await acme.asks("I want to talk to a human")
    turn = (await acme.channel.get(f"/v1/turns/{asked['turn_id']}")).json()
    assert turn["verdict"]["reason"] == "customer_request"
    assert turn["verdict"]["words"] == ["The customer asked for a human."]
    assert turn["escalation_id"] == asked["escalation_id"]


async def test_a_channel_never_sees_the_words_of_internal_documents(acme: Company) -> None:
    secret = "The goodwill limit for damaged parcels is 80 euros per order."
    await acme.ingests(title="Goodwill", text=f"# Goodwill\n\n{secret}", visibility="internal")
    asked = await acme.asks("What is the goodwill limit for damaged parcels?")
    assert asked["status"] == "escalated"
    url = f"/v1/turns/{asked['turn_id']}"
    assert secret in (await acme.tina.get(url)).text
    assert secret not in (await acme.channel.get(url)).text


async def test_a_channel_does_not_see_a_draft_that_was_not_sent(acme: Company) -> None:
    await acme.teaches("What are your opening hours?", "From nine to five.")
    changed = await acme.admin.patch("/v1/settings", json={"mode": Mode.DRAFT})
    assert changed.json()["mode"] == "draft"
    asked = await acme.asks("What are your opening hours?")
    assert asked["verdict"]["reason"] == "policy"
    url = f"/v1/turns/{asked['turn_id']}"
    assert (await acme.channel.get(url)).json()["draft"] is None
    assert (await acme.tina.get(url)).json()["draft"]["text"] == "From nine to five."


async def test_it_says_how_much_each_past_answer_weighed(acme: Company) -> None:
    await acme.teaches("How do I export my data?", "Press Export under Account.")
    await acme.teaches("How do I delete my data?", "Write to us.")
    asked = await acme.asks("how do i export my data?")
    turn = (await acme.tina.get(f"/v1/turns/{asked['turn_id']}")).json()

    first, second = turn["evidence"]["resolutions"]
    assert first["share"] > second["share"]
    for hit in (first, second):
        assert abs(sum(hit["votes"].values()) - hit["share"]) < 0.001
    assert first["weight"].startswith(f"{first['share']:.0%} of the vote: ")
    assert first["record"] == {"right": 0.0, "wrong": 0.0}
    judged = turn["judgements"]["resolution"]
    assert judged["weights"].keys() == judged["features"].keys()
    assert turn["needed"] is None


async def test_it_says_what_would_have_been_needed_and_to_teammates_only(acme: Company) -> None:
    await acme.teaches("How do I reset my API key?", "Press Regenerate.")
    asked = await acme.asks("The integration says my key is not valid any more")
    url = f"/v1/turns/{asked['turn_id']}"
    needed = (await acme.tina.get(url)).json()["needed"]

    assert {step["step"] for step in needed["steps"]} >= {"taught", "repeated"}
    for step, words in zip(needed["steps"], needed["words"], strict=True):
        assert step["words"] == words
        assert step["confidence"] >= (0.9 if step["step"] != "lower_target" else step["target"])
    assert (await acme.channel.get(url)).json()["needed"] is None
    brief = (await acme.tina.get(f"/v1/escalations/{asked['escalation_id']}")).json()
    assert brief["needed"] == needed
