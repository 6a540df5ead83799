"""A day at the inbox: questions come in by themselves, are answered, and teach."""

import asyncio
from uuid import UUID

import pytest
from playwright.async_api import Route, expect

from support_graph.desk.parts import Desk
from support_graph.domain.ids import ResolutionId, TurnId
from tests.web.browser.conftest import SignsIn, presses
from tests.web.conftest import Company

pytestmark = pytest.mark.browser

QUESTION = "How do I reset my API key?"
REWORDED = "How can I reset the API key I have?"
ANSWER = "Open Settings, choose API keys, and press Regenerate."


async def test_an_answer_is_learned_and_given_to_the_next_customer(
    signs_in: SignsIn, acme: Company
) -> None:
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto("/inbox")
    await expect(tina.get_by_text("Nobody is waiting")).to_be_visible()

    await acme.escalates(QUESTION)  # and it appears by itself
    await tina.locator("[data-row]").click()
    await tina.get_by_label("Answer").fill(ANSWER)
    await expect(tina.locator("#foreseen")).to_contain_text("as a new answer")
    await tina.get_by_role("button", name="Send").click()

    await expect(tina.locator(".toast")).to_contain_text("Sent")
    await expect(tina.get_by_text("Nobody is waiting")).to_be_visible()
    async with asyncio.timeout(120):
        while (given := await acme.asks(REWORDED))["status"] != "answered":
            await asyncio.sleep(0.3)
    assert given["reply"]["text"] == ANSWER


async def test_what_was_learned_can_be_undone_from_the_toast(
    signs_in: SignsIn, acme: Company
) -> None:
    await acme.escalates(QUESTION)
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto("/inbox")
    await tina.locator("[data-row]").click()
    await tina.get_by_label("Answer").fill(ANSWER)
    await tina.get_by_role("button", name="Send").click()

    await tina.locator(".toast").get_by_role("button", name="Undo").click()

    await expect(tina.locator(".toast")).to_contain_text("Unlearned")
    known = (await acme.tina.get("/v1/resolutions")).json()["items"]
    assert [r for r in known if r["status"] == "active"] == []


async def test_the_loser_of_a_race_is_told_who_won_and_keeps_the_text(
    signs_in: SignsIn, acme: Company
) -> None:
    escalation = await acme.escalates(QUESTION)
    tina = await signs_in(acme.workspace_id, "Tina")
    tom = await signs_in(acme.workspace_id, "Tom")
    for page, text in ((tina, ANSWER), (tom, "Press the big red button.")):
        await page.goto(f"/inbox/{escalation}")
        await page.get_by_label("Answer").fill(text)

    await tina.get_by_role("button", name="Send").click()
    await expect(tina.locator(".toast")).to_contain_text("Sent")
    await tom.get_by_role("button", name="Send").click()

    await expect(tom.locator("#lost")).to_contain_text("Tina was first")
    await expect(tom.get_by_label("What you typed")).to_have_value("Press the big red button.")
    assert await acme.said_about(escalation) == [QUESTION, ANSWER]


async def test_two_people_on_one_question_see_each_other(signs_in: SignsIn, acme: Company) -> None:
    escalation = await acme.escalates(QUESTION)
    tina = await signs_in(acme.workspace_id, "Tina")
    tom = await signs_in(acme.workspace_id, "Tom")

    await tina.goto(f"/inbox/{escalation}")
    await tom.goto(f"/inbox/{escalation}")

    await expect(tina.locator("#presence")).to_contain_text("Tom")
    await expect(tom.locator("#presence")).to_contain_text("Tina")
    await tom.goto("/inbox")
    await expect(tina.locator("#presence")).not_to_contain_text("Tom")


async def test_who_writes_is_seen_by_the_other_for_as_long_as_it_lasts(
    signs_in: SignsIn, acme: Company
) -> None:
    escalation = await acme.escalates(QUESTION)
    tina = await signs_in(acme.workspace_id, "Tina")
    tom = await signs_in(acme.workspace_id, "Tom")
    await tina.goto(f"/inbox/{escalation}")
    await tom.goto(f"/inbox/{escalation}")
    await expect(tina.locator("#presence")).to_contain_text("Also here: Tom")

    await tom.keyboard.press("e")
    await tom.keyboard.type("Open the settings")

    await expect(tina.get_by_role("status").filter(has_text="Tom is writing…")).to_be_visible()
    await expect(tina.locator("#presence")).not_to_contain_text("Also here")
    await expect(tom.locator("#presence")).not_to_contain_text("writing")
    # He rests, and is there without writing.
    await expect(tina.locator("#presence")).not_to_contain_text("writing")
    await expect(tina.locator("#presence")).to_contain_text("Also here: Tom")


async def test_a_draft_that_comes_back_is_no_writing(signs_in: SignsIn, acme: Company) -> None:
    escalation = await acme.escalates(QUESTION)
    tina = await signs_in(acme.workspace_id, "Tina")
    tom = await signs_in(acme.workspace_id, "Tom")
    await tom.goto(f"/inbox/{escalation}")
    await tom.get_by_label("Answer").fill(ANSWER)
    await tina.goto(f"/inbox/{escalation}")
    await expect(tina.locator("#presence")).to_contain_text("Also here: Tom")
    said: list[str] = []
    tom.on("request", lambda request: said.append(request.url))

    await tom.reload()

    await expect(tom.get_by_label("Answer")).to_have_value(ANSWER)
    await expect(tina.locator("#presence")).to_contain_text("Also here: Tom")
    assert not [url for url in said if url.endswith("/writing")]


async def test_what_one_claims_is_marked_for_the_other(signs_in: SignsIn, acme: Company) -> None:
    escalation = await acme.escalates(QUESTION)
    tina = await signs_in(acme.workspace_id, "Tina")
    tom = await signs_in(acme.workspace_id, "Tom")
    await tom.goto("/inbox?shelf=claimed")

    await tina.goto(f"/inbox/{escalation}")
    await tina.get_by_role("button", name="Claim").click()

    await expect(tina.get_by_role("button", name="Give back")).to_be_visible()
    await expect(tom.locator("[data-row]")).to_contain_text("Tina")


async def test_claiming_leaves_the_page_as_it_is(signs_in: SignsIn, acme: Company) -> None:
    escalation = await acme.escalates(QUESTION)
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto(f"/inbox/{escalation}")
    await tina.evaluate("window.stays = true")
    await tina.get_by_label("Answer").fill(ANSWER)
    await tina.get_by_role("button", name="Claim").press("Enter")

    await expect(tina.locator(".toast")).to_contain_text("yours")
    await expect(tina.get_by_role("button", name="Give back")).to_be_focused()
    await expect(tina.get_by_label("Answer")).to_have_value(ANSWER)
    await expect(tina.locator("[data-row]")).to_have_count(0)  # it lies on another shelf now
    assert await tina.evaluate("window.stays")


async def test_five_who_ask_the_same_get_one_answer_each_exactly_once(
    signs_in: SignsIn, acme: Company, desk: Desk
) -> None:
    asked = [
        await acme.asks(f"Can I talk to a human about my broken {thing} couch?")
        for thing in ("green velvet", "huge leather", "grandmother's", "rented", "garden")
    ]
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto(f"/inbox/{asked[0]['escalation_id']}")

    await tina.get_by_role("button", name="Tick all").click()
    await tina.get_by_label("Answer").fill("We are sending you a new couch.")
    await tina.get_by_role("button", name="Send to all 5").click()

    await expect(tina.locator(".toast")).to_contain_text("Sent to 5 customers")
    for one in asked:
        conversation = f"/v1/conversations/{one['conversation_id']}"
        said = (await acme.tina.get(conversation)).json()["messages"]
        assert [m["direction"] for m in said] == ["incoming", "outgoing"]
    async with asyncio.timeout(120):  # and what they asked is learned as one
        while len(learned := await _learned(desk, acme, [UUID(a["turn_id"]) for a in asked])) < 5:
            await asyncio.sleep(0.3)
    assert len(set(learned)) == 1

    await tina.locator(".toast").get_by_role("button", name="Undo").click()  # all of it
    await expect(tina.locator(".toast")).to_contain_text("Unlearned")
    known = (await acme.tina.get("/v1/resolutions")).json()["items"]
    assert [r for r in known if r["status"] == "active"] == []


async def _learned(desk: Desk, acme: Company, turns: list[UUID]) -> list[ResolutionId | None]:
    """What each turn's answer became, as far as it has become something."""
    async with desk.stores.within(acme.workspace_id).begin() as tx:
        found = [await tx.decisions.learned(TurnId(turn)) for turn in turns]
    return [one.resolution_id for one in found if one is not None]


async def _phrasings(acme: Company) -> list[int]:
    """How many each resolution has."""
    known = (await acme.tina.get("/v1/resolutions")).json()["items"]
    return [len(r["phrasings"]) for r in known]


async def test_it_all_goes_by_keyboard(signs_in: SignsIn, acme: Company) -> None:
    await acme.escalates("Can I talk to a human about couches?")
    await acme.escalates("Where do I find my invoice of last year?")
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto("/inbox")
    await expect(tina.locator("[data-row]")).to_have_count(2)

    await presses(tina, "j", "j", "Enter")
    await expect(tina.locator("#escalation")).to_contain_text("invoice")
    await tina.keyboard.press("l")
    await expect(tina.locator("#foreseen")).to_contain_text("Nothing will be learned")
    await tina.keyboard.press("?")
    await expect(tina.get_by_role("dialog")).to_be_visible()
    await tina.keyboard.press("Escape")
    await tina.keyboard.press("e")
    await tina.keyboard.type("It is under Billing.")
    await tina.keyboard.press("Control+Enter")

    await expect(tina.locator(".toast")).to_contain_text("Sent")
    await expect(tina.locator("#escalation")).to_contain_text("couches")


async def test_what_was_typed_survives_a_lost_connection_and_a_reload(
    signs_in: SignsIn, acme: Company
) -> None:
    escalation = await acme.escalates(QUESTION)
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto(f"/inbox/{escalation}")
    await tina.get_by_label("Answer").fill(ANSWER)

    async def cut(route: Route) -> None:
        await route.abort("connectionreset")

    await tina.route("**/resolve", cut)
    await tina.get_by_role("button", name="Send").click()
    await expect(tina.locator(".toast")).to_contain_text("probably not sent")
    await expect(tina.get_by_label("Answer")).to_have_value(ANSWER)
    await tina.unroute("**/resolve")
    await tina.reload()
    await expect(tina.get_by_label("Answer")).to_have_value(ANSWER)
    await expect(tina.locator("#foreseen")).to_contain_text("as a new answer")

    await tina.get_by_role("button", name="Send").click()
    await expect(tina.locator(".toast")).to_contain_text("Sent")


async def test_it_works_without_scripts(signs_in: SignsIn, acme: Company) -> None:
    escalation = await acme.escalates(QUESTION)
    tina = await signs_in(acme.workspace_id, "Tina", java_script_enabled=False)
    await tina.goto("/inbox")
    await tina.locator("[data-row]").click()
    await tina.get_by_role("button", name="Claim").click()
    await expect(tina.get_by_role("button", name="Give back")).to_be_visible()

    await tina.get_by_label("Answer").fill("One moment, please.")
    await tina.get_by_role("button", name="Reply only").click()
    await expect(tina.locator(".transcript")).to_contain_text("One moment, please.")
    await tina.get_by_label("Answer").fill(ANSWER)
    await tina.get_by_role("button", name="Send").click()

    await expect(tina.locator(".toast")).to_contain_text("Sent")
    decided = (await acme.tina.get(f"/v1/escalations/{escalation}")).json()["decision"]
    assert (decided["text"], decided["member_name"]) == (ANSWER, "Tina")


async def test_an_answer_can_begin_from_a_resolution_that_comes_near(
    signs_in: SignsIn, acme: Company
) -> None:
    await acme.teaches(QUESTION, ANSWER)
    await acme.admin.patch("/v1/settings", json={"mode": "draft"})
    escalation = await acme.escalates("My API key leaked, where do I get another one?")
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto(f"/inbox/{escalation}")

    await tina.get_by_role("link", name="Begin with this answer").first.click()
    await expect(tina.get_by_label("Answer")).to_have_value(ANSWER)
    await expect(tina.locator("#foreseen")).to_contain_text("another way to ask for a known answer")
    await tina.get_by_role("button", name="Send").click()

    await expect(tina.locator(".toast")).to_contain_text("Sent")
    async with asyncio.timeout(120):
        while await _phrasings(acme) != [2]:
            await asyncio.sleep(0.3)
