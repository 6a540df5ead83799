"""Trying a question: the nodes of the graph light up, and the verdict stands below them."""

import pytest
from playwright.async_api import expect

from tests.web.browser.conftest import SignsIn, axe, presses
from tests.web.conftest import Company

pytestmark = pytest.mark.browser

QUESTION = "How do I reset my API key?"
ANSWER = "Open Settings, choose API keys, and press Regenerate."
_NOTE_STATES = """() => {
    window.lit = [];
    new MutationObserver(() => {
        for (const node of document.querySelectorAll("[data-node]"))
            window.lit.push(`${node.dataset.node} ${node.dataset.state}`);
    }).observe(
        document.getElementById("tried"), {subtree: true, childList: true, attributes: true});
}"""


async def test_the_nodes_light_up_and_a_verdict_follows(signs_in: SignsIn, acme: Company) -> None:
    await acme.teaches(QUESTION, ANSWER)
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto("/inbox")
    await presses(tina, "g", "t")
    await expect(tina.get_by_role("heading", name="Try it")).to_be_visible()
    await tina.evaluate(_NOTE_STATES)

    await presses(tina, "e")
    await tina.keyboard.type("how can I reset my API key?")
    await tina.keyboard.press("Control+Enter")

    await expect(tina.locator("#verdict")).to_have_text("The assistant would answer this.")
    await expect(tina.locator('[data-state="done"]')).to_have_count(5)
    await expect(tina.locator(".node-gate small")).to_contain_text("ms")
    await expect(tina.locator(".message-assistant")).to_have_text(ANSWER)
    lit = set(await tina.evaluate("window.lit"))
    for node in ("understand", "search_brain", "search_resolutions", "draft", "gate"):
        assert {f"{node} running", f"{node} done"} <= lit, node
    assert await axe(tina) == []

    await tina.locator("#question").fill("I want to talk to a human")
    await tina.get_by_role("button", name="Try it").click()
    await expect(tina.locator("#verdict")).to_have_text("A teammate would get this.")
    await expect(tina.locator('[data-state="skipped"]')).to_have_count(3)
    assert await axe(tina) == []
    assert (await acme.tina.get("/v1/escalations")).json()["items"] == []


async def test_who_asks_and_where_decides_too(signs_in: SignsIn, acme: Company) -> None:
    await acme.teaches("Can I move my booking?", "Yes.", scope={"plan": ["scale"]})
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto("/try")
    await tina.locator("#question").fill("Can I move my booking?")
    await tina.get_by_text("As whom, and where").click()
    await tina.locator("#attributes").fill("plan: scale")
    await tina.get_by_role("button", name="Try it").click()
    await expect(tina.locator("#verdict")).to_have_text("The assistant would answer this.")

    await tina.locator("#attributes").fill("plan")
    await tina.get_by_role("button", name="Try it").click()
    await expect(tina.locator(".toast")).to_contain_text("one on each line")
    await expect(tina.locator("#question")).to_have_value("Can I move my booking?")


async def test_it_works_without_scripts(signs_in: SignsIn, acme: Company) -> None:
    await acme.teaches(QUESTION, ANSWER)
    tina = await signs_in(acme.workspace_id, "Tina", java_script_enabled=False)
    await tina.goto("/try")
    await tina.locator("#question").fill(QUESTION)
    await tina.get_by_role("button", name="Try it").click()
    await expect(tina.locator("#verdict")).to_have_text("The assistant would answer this.")
    await expect(tina.locator("#question")).to_have_value(QUESTION)
