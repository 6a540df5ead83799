"""Plots draw what their tables say, and a slider shows what another target would have meant."""

import asyncio
import json

import pytest
from playwright.async_api import Browser, Locator, Page, expect
from sqlalchemy import text

from support_graph.desk.parts import Desk
from support_graph.domain.ids import WorkspaceId
from support_graph.domain.workspaces import Role
from support_graph.web.pages.csrf import SESSION_COOKIE
from tests.web.browser.conftest import SignsIn, axe, presses
from tests.web.conftest import Company

pytestmark = pytest.mark.browser

_FRAMES = 50

QUESTION = "How do I export my data?"

_INK = """place => { const c = place.querySelector('canvas');
    const pixels = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
    const seen = new Set();
    for (let i = 0; i < pixels.length; i += 4) if (pixels[i + 3] > 200)
        seen.add([pixels[i], pixels[i + 1], pixels[i + 2]].join());
    return [...seen]; }"""


async def _story(desk: Desk, acme: Company) -> None:
    """Thirty questions in three weeks, most of them answered."""
    await acme.teaches(QUESTION, "Press Export under Account.", intent="export")
    for week in range(3):
        await acme.escalates("Can I talk to a human about couches?", conversation=f"h{week}")
        for number in range(9):
            await acme.asks(QUESTION, conversation=f"w{week}n{number}")
        if week < 2:
            await _age(desk, acme.workspace_id, days=7)


async def _age(desk: Desk, workspace: WorkspaceId, *, days: int) -> None:
    """Everything so far happened that much earlier."""
    async with desk.stores.within(workspace).begin() as tx:
        for table in ("conversations", "turns", "messages", "escalations"):
            query = f"UPDATE {table} SET created_at = created_at - make_interval(days => :days)"
            await tx.connection.execute(text(query).bindparams(days=days))


async def test_a_plot_is_drawn_from_its_table_and_can_be_read_as_one(
    signs_in: SignsIn, desk: Desk, acme: Company
) -> None:
    await _story(desk, acme)
    page = await signs_in(acme.workspace_id, "Tina")
    await page.goto("/learning")
    for name in ("rates", "reasons", "times"):
        figure = page.locator(f"#plot-{name}")
        await expect(figure.locator("canvas")).to_be_visible()
        await expect(figure.locator("table")).to_be_hidden()
        shown = await figure.locator(".legend svg").count()
        colours = [await _colour(page, f"#plot-{name} .legend svg", n) for n in range(shown)]
        await _drawn_in(figure, colours)

    box = await page.locator("#plot-rates .u-over").bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    cell = page.locator("#plot-rates tbody tr td[data-value]").first
    said = " ".join((await cell.text_content() or "").split())
    await expect(page.locator("#plot-rates .plot-tip")).to_contain_text(said)

    await page.locator("#plot-rates [data-as-table]").click()
    await expect(page.locator("#plot-rates table")).to_be_visible()
    await expect(page.locator("#plot-rates canvas")).to_be_hidden()


async def _drawn_in(figure: Locator, colours: list[str]) -> None:
    """One that others lie on may be hidden, and a thin line between two pixels is paler.

    A canvas that was just given its size is painted with the next frame.
    """
    for _ in range(_FRAMES):
        ink = await figure.locator(".plot").evaluate(_INK)
        if any(_near(drawn, wanted) for drawn in ink for wanted in colours):
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"{await figure.get_attribute('id')}: {ink} has nothing of {colours}")


def _near(drawn: str, wanted: str) -> bool:
    pairs = zip(drawn.split(","), wanted.split(","), strict=True)
    return max(abs(int(one) - int(other)) for one, other in pairs) <= 60


async def _colour(page: Page, selector: str, number: int) -> str:
    css = await page.locator(selector).nth(number).evaluate("e => getComputedStyle(e).color")
    return ",".join(part.strip() for part in css.removeprefix("rgb(").rstrip(")").split(","))


async def test_without_scripts_the_tables_stand_there(
    browser: Browser, server: str, signs_in: SignsIn, desk: Desk, acme: Company
) -> None:
    await _story(desk, acme)
    with_scripts = await signs_in(acme.workspace_id, "Tina")
    (cookie,) = [c for c in await with_scripts.context.cookies() if c["name"] == SESSION_COOKIE]
    context = await browser.new_context(base_url=server, java_script_enabled=False)
    await context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": server}])
    page = await context.new_page()
    await page.goto("/learning?days=90")
    await expect(page.locator("#plot-rates table")).to_be_visible()
    await expect(page.locator("#plot-rates .plot")).to_be_hidden()
    await page.locator('.tabs a:has-text("30 days")').click()
    await expect(page).to_have_url("/learning")
    await context.close()


async def test_the_slider_shows_what_another_target_would_have_meant(
    signs_in: SignsIn, desk: Desk, acme: Company
) -> None:
    await _story(desk, acme)
    async with desk.stores.within(acme.workspace_id).begin() as tx:
        # As sure as at work: the first labels of a workspace are all alike.
        spread = "UPDATE turns SET confidence = 0.70 + 0.01 * (abs(hashtext(id::text)) % 30)"
        await tx.connection.execute(text(spread))
    page = await signs_in(acme.workspace_id, "Ada", role=Role.ADMIN)
    await page.goto("/settings")
    preview = page.locator("#preview")
    strict = await preview.inner_text()

    await page.locator("[data-twin]").focus()
    for _ in range(3):
        await page.keyboard.press("PageDown")
    typed = await page.get_by_label("Target precision").first.input_value()
    assert float(typed) < 97
    await expect(preview).to_contain_text("in force")
    assert await preview.inner_text() != strict

    async with page.expect_navigation():
        await page.get_by_role("button", name="What would it have meant?").click()
    assert f"target_precision={typed}" in page.url
    await expect(page.get_by_label("Target precision").first).to_have_value(typed)
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("in force from the next message on")).to_be_visible()
    settings = (await acme.admin.get("/v1/settings")).json()
    assert json.dumps(settings["target_precision"]) == json.dumps(round(float(typed) / 100, 8))


async def test_the_places_are_reached_by_keyboard(signs_in: SignsIn, acme: Company) -> None:
    page = await signs_in(acme.workspace_id, "Ada", role=Role.ADMIN)
    await page.goto("/inbox")
    for keys, path in (("l", "/learning"), ("n", "/intents"), ("s", "/settings"), ("i", "/inbox")):
        await presses(page, "g", keys)
        await expect(page).to_have_url(path)


async def test_a_key_made_in_the_dashboard_is_seen_once(signs_in: SignsIn, acme: Company) -> None:
    page = await signs_in(acme.workspace_id, "Ada", role=Role.ADMIN)
    await page.goto("/settings/keys")
    await page.get_by_label("What it is for").fill("shop")
    await page.get_by_role("button", name="Make a key").click()
    secret = await page.locator("#the-secret").input_value()
    assert secret.startswith("sg_")
    await page.goto("/settings/keys")
    await expect(page.locator("#the-secret")).to_have_count(0)
    row = page.locator("tr", has_text="shop")
    await row.get_by_role("button", name="Revoke").click()
    await expect(row).to_contain_text("revoked")


async def test_intents_are_proposed_while_one_waits_and_names_typed_beside_stay(
    signs_in: SignsIn, acme: Company
) -> None:
    asked = [f"I want my money back for order {n}" for n in range(8)]
    asked += [f"Where is parcel {n}? It has not arrived" for n in range(8)]
    ada = await signs_in(acme.workspace_id, "Ada", role=Role.ADMIN)
    await ada.goto("/intents")
    await ada.get_by_text("Propose intents from the backlog").click()
    await ada.get_by_text("From a list of your own").click()
    await ada.get_by_label("Messages, one a line").fill("\n".join(asked))
    await ada.get_by_role("button", name="Propose intents from these").click()

    rows = ada.locator(".proposed")
    await expect(rows.first).to_be_visible()
    await rows.nth(1).get_by_label("Name").fill("parcels")
    await rows.nth(0).get_by_label("Name").fill("money_back")
    await rows.nth(0).get_by_role("button", name="Accept").click()
    await expect(rows.nth(0)).to_contain_text("accepted")
    await expect(rows.nth(1).get_by_label("Name")).to_have_value("parcels")
    await rows.nth(1).get_by_role("button", name="Dismiss").click()
    await rows.nth(1).get_by_role("button", name="Undo").click()
    await expect(rows.nth(1).get_by_role("button", name="Accept")).to_be_visible()
    assert await axe(ada) == []

    for number in range(12):
        await acme.escalates(f"How do I change the PIN of card {number}?", conversation=f"{number}")
    await ada.reload()
    await ada.get_by_role("button", name="Propose intents from the").click()
    await expect(ada.locator("#backlog")).to_contain_text("from 12 messages")
