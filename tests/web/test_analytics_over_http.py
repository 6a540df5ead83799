"""A workspace's figures over HTTP, and what is said about an answer, visible on its turn."""

from tests.web.conftest import Company, problem

QUESTION = "How do I export my data?"


async def test_feedback_and_outcome_are_shown_on_the_turn(acme: Company) -> None:
    await acme.teaches(QUESTION, "Press Export under Account.")
    asked = await acme.asks("how do i export my data?", conversation="chat")
    url = f"/v1/turns/{asked['turn_id']}"
    before = (await acme.channel.get(url)).json()
    assert (before["signals"], before["outcome"]) == ([], None)

    feedback = f"/v1/messages/{asked['reply']['message_id']}/feedback"
    given = await acme.channel.post(feedback, json={"csat": 5, "comment": "Quick!"})
    assert given.json() == {"turn_id": asked["turn_id"], "rating": None, "csat": 5}

    turn = (await acme.channel.get(url)).json()
    (signal,) = turn["signals"]
    assert (signal["kind"], signal["value"], signal["comment"]) == ("csat", "5", "Quick!")
    assert signal["words"] == "The customer's satisfaction is 5 of 5."
    assert turn["outcome"]["kind"] == "confirmed"
    assert turn["outcome"]["why"] == "csat"
    assert turn["outcome"]["words"]


async def test_what_is_no_feedback_is_refused(acme: Company) -> None:
    await acme.teaches(QUESTION, "Press Export under Account.")
    asked = await acme.asks(QUESTION)
    feedback = f"/v1/messages/{asked['reply']['message_id']}/feedback"
    for body in ({}, {"csat": 0}, {"csat": 6}, {"csat": "5"}, {"csat": 2.5}, {"comment": "?"}):
        problem(await acme.channel.post(feedback, json=body), 422, "invalid")
    turn = (await acme.tina.get(f"/v1/turns/{asked['turn_id']}")).json()
    assert turn["signals"] == []


async def test_an_edit_shows_its_delta_to_teammates_only(acme: Company) -> None:
    await acme.teaches("How do I reset my API key?", "Open Settings, and press Regenerate.")
    asked = await acme.asks("The integration says my key is not valid any more")
    assert asked["status"] == "escalated"
    edit = {"action": "edit", "text": "Open Settings, and press Rotate."}
    url = f"/v1/escalations/{asked['escalation_id']}/resolve"
    assert (await acme.tina.post(url, json=edit)).status_code == 200

    turn = f"/v1/turns/{asked['turn_id']}"
    (signal,) = (await acme.tina.get(turn)).json()["signals"]
    assert signal["kind"] == "edit"
    assert signal["detail"]["delta"] == [[25, "Regenerate", "Rotate"]]
    hidden = (await acme.channel.get(turn)).json()
    assert hidden["signals"] == []
    assert hidden["outcome"]["words"] == "Handed to a human (low confidence)."


async def test_the_three_rates_bring_their_formulas(acme: Company) -> None:
    await acme.teaches(QUESTION, "Press Export under Account.")
    await acme.asks(QUESTION)
    await acme.asks("Do you ship to Norway?")
    report = (await acme.tina.get("/v1/analytics/deflection?bucket=day")).json()

    assert report["formulas"].keys() == {"deflection", "containment", "resolved"}
    assert report["total"]["deflection"] == {"value": 0.5, "part": 1, "whole": 2, "unknown": 0}
    assert report["total"]["resolved"] == {"value": None, "part": 0, "whole": 0, "unknown": 2}
    assert sum(day["containment"]["whole"] for day in report["buckets"]) == 2


async def test_outcomes_precision_and_calibration_say_what_is_not_known(acme: Company) -> None:
    await acme.teaches(QUESTION, "Press Export under Account.", intent="export")
    await acme.asks(QUESTION)

    outcomes = (await acme.tina.get("/v1/analytics/outcomes")).json()
    assert (outcomes["turns"], outcomes["unknown"]) == (1, 1)
    assert outcomes["outcomes"]["confirmed"] == 0
    precision = (await acme.tina.get("/v1/analytics/precision")).json()
    assert precision["formula"]
    (export,) = precision["intents"]
    assert (export["intent"], export["answers"], export["audits"]) == ("export", 1, 0)
    assert (export["estimate"], export["interval"], export["tightened"]) == (None, None, False)
    assert export["target"] == export["required"] == 0.97
    calibration = (await acme.tina.get("/v1/analytics/calibration")).json()
    assert len(calibration["bins"]) == 10
    assert (calibration["brier"], calibration["labels"], calibration["unlabelled"]) == (None, 0, 1)


async def test_another_companys_figures_are_its_own(acme: Company, globex: Company) -> None:
    await acme.asks("Do you ship to Norway?")
    theirs = (await globex.tina.get("/v1/analytics/outcomes")).json()
    assert theirs["turns"] == 0


async def test_figures_are_not_for_channels(acme: Company) -> None:
    for name in ("outcomes", "precision", "calibration", "deflection"):
        problem(await acme.channel.get(f"/v1/analytics/{name}"), 403, "forbidden")


async def test_an_impossible_span_is_refused(acme: Company) -> None:
    url = "/v1/analytics/deflection"
    spans = [
        "from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z",
        "from=2000-01-01T00:00:00Z",
        "from=2026-01-01",
        "bucket=minute",
        "to=0001-01-01T00:00:00Z",
        "from=9999-12-31T00:00:00Z",
    ]
    for span in spans:
        problem(await acme.tina.get(f"{url}?{span}"), 422, "invalid")
