"""The first day: a new workspace says what to do next, and Ctrl+K leads anywhere."""

import asyncio

import httpx
import pytest
from playwright.async_api import Page, expect

from support_graph.domain.workspaces import Role
from tests.web.browser.conftest import SignsIn, axe
from tests.web.conftest import Company

pytestmark = pytest.mark.browser

QUESTION = "How do I reset my API key?"
ANSWER = "Open Settings, choose API keys, and press Regenerate."
LOADS_UNTIL_TOLD = """
    const begins = new Promise((resolve) => (window.loaded = resolve));
    const listen = document.addEventListener.bind(document);
    document.addEventListener = (name, call, ...options) =>
      name === "DOMContentLoaded" ? begins.then(call) : listen(name, call, ...options);
"""
"""As when the last script of a page is long in coming."""


async def _next_step(page: Page, title: str) -> None:
    await page.goto("/start")
    await expect(page.locator("[aria-current=step] .step-title")).to_contain_text(title)


async def test_the_first_steps_are_ticked_off_by_what_happens(
    signs_in: SignsIn, new_company: Company, server: str
) -> None:
    acme = new_company
    ada = await signs_in(acme.workspace_id, "Ada", role=Role.ADMIN)
    await ada.goto("/inbox")
    await expect(ada.locator(".steps")).to_contain_text("Add documents")
    await expect(ada.locator("#count-start")).to_have_text("4")

    await acme.ingests(title="Refunds", text="# Refunds\n\nA refund takes five working days.")
    await _next_step(ada, "Ask something")
    await ada.get_by_label("Question").fill(QUESTION)
    await ada.get_by_role("button", name="Ask").click()
    await expect(ada.locator(".toast")).to_contain_text("it came to the inbox")
    await expect(ada.locator(".transcript")).to_contain_text(QUESTION)
    await ada.get_by_label("Answer").fill(ANSWER)
    await ada.get_by_role("button", name="Send").click()
    await expect(ada.locator(".toast")).to_contain_text("Sent")
    await _next_step(ada, "Connect a channel")
    await ada.get_by_role("button", name="Create a channel key").click()
    command = await ada.locator(".steps pre").inner_text()

    secret = command.partition("Bearer ")[2].partition("'")[0]
    async with asyncio.timeout(120), httpx.AsyncClient(trust_env=False) as client:
        asked = await client.post(
            f"{server}/v1/messages",
            headers={"Authorization": f"Bearer {secret}"},
            json={"text": QUESTION, "wait": 30},
        )
    assert asked.json()["reply"]["text"] == ANSWER
    await ada.goto("/start")
    await expect(ada.locator(".steps")).to_contain_text("All set")
    assert secret not in await ada.content()
    await expect(ada.locator("nav.side a[href='/start']")).to_have_count(0)


async def test_a_teammate_makes_no_key(signs_in: SignsIn, new_company: Company) -> None:
    tina = await signs_in(new_company.workspace_id, "Tina")
    await tina.goto("/start")

    await expect(tina.get_by_role("button", name="Create a channel key")).to_have_count(0)
    await expect(tina.locator(".steps")).to_contain_text("An admin of this workspace")


async def test_everything_is_found_by_keyboard(signs_in: SignsIn, acme: Company) -> None:
    escalation = await acme.escalates("Can I talk to a human about my broken couch?")
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto("/start")

    await tina.keyboard.press("Control+k")
    await expect(tina.locator("#found [role=option]").first).to_be_visible()
    await tina.keyboard.type("couch human")  # in any order
    await expect(tina.locator("#found")).to_contain_text("broken couch")
    assert await axe(tina) == []
    await tina.keyboard.press("Enter")

    await tina.wait_for_url(f"**/inbox/{escalation}")
    await tina.keyboard.press("Control+k")
    await expect(tina.locator("#found [aria-selected=true]")).to_have_count(1)
    await tina.keyboard.press("ArrowDown")
    await tina.keyboard.press("ArrowUp")
    await expect(tina.locator("#goal-1")).to_have_attribute("aria-selected", "true")
    await tina.keyboard.press("Escape")
    await expect(tina.get_by_role("dialog")).to_have_count(0)


async def test_whoever_is_faster_than_the_scripts_finds_it_too(
    signs_in: SignsIn, acme: Company
) -> None:
    await acme.escalates("Can I talk to a human about my broken couch?")
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.add_init_script(LOADS_UNTIL_TOLD)
    await tina.goto("/start")

    await tina.keyboard.press("Control+k")
    await tina.keyboard.type("couch human")
    await expect(tina.get_by_role("dialog")).to_be_visible()
    await expect(tina.locator("#found")).to_be_empty()
    await tina.evaluate("loaded()")
    await expect(tina.locator("#found")).to_contain_text("broken couch")


async def test_it_is_found_without_scripts_and_in_no_other_workspace(
    signs_in: SignsIn, acme: Company, globex: Company
) -> None:
    await acme.escalates("Can I talk to a human about my broken couch?")
    tina = await signs_in(acme.workspace_id, "Tina", java_script_enabled=False)
    await tina.goto("/find?q=couch")
    await expect(tina.locator(".goal")).to_have_count(1)

    greta = await signs_in(globex.workspace_id, "Greta", java_script_enabled=False)
    await greta.goto("/find?q=couch")
    await expect(greta.locator("main")).to_contain_text("Nothing has these words")
