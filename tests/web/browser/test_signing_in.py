"""People get in, set the pages to their liking, and get out."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from support_graph.desk import people
from support_graph.desk.parts import Desk
from support_graph.domain.ids import new_id
from support_graph.domain.workspaces import Role
from tests.web.conftest import Company

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"


async def test_a_link_makes_an_account_that_can_be_left_and_entered_again(
    opened: Callable[..., Awaitable[Page]], desk: Desk, acme: Company
) -> None:
    page, login = await opened(), f"{new_id()}@example.com"
    link = await people.invite(desk, acme.workspace_id, role=Role.ADMIN, by="Ada")

    await page.goto(f"/welcome/{link}")
    await page.get_by_label("Your name").fill("Uma")
    await page.get_by_label("E-mail address").fill(login)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Begin").click()
    await expect(page.get_by_role("heading", name="Inbox")).to_be_visible()

    await page.get_by_label("Account of Uma").click()
    await page.get_by_role("button", name="Sign out", exact=True).click()
    await expect(page).to_have_url("/sign-in")

    await page.goto("/inbox?shelf=mine")
    await page.get_by_label("E-mail address").fill(login)
    await page.get_by_label("Password").fill("a wrong password")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("don't belong together")
    await expect(page.get_by_label("E-mail address")).to_have_value(login)

    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page).to_have_url("/inbox?shelf=mine")


async def test_signing_out_everywhere_ends_the_session_in_the_other_browser(
    opened: Callable[..., Awaitable[Page]], desk: Desk, acme: Company
) -> None:
    pages = [await opened(), await opened()]
    link = await people.invite(desk, acme.workspace_id, role=Role.TEAMMATE, by="Ada")
    login = f"{new_id()}@example.com"
    new = people.NewPerson(name="Uma", login=login, password=PASSWORD)
    await people.accept(desk, link, new)
    for page in pages:
        await page.goto("/sign-in")
        await page.get_by_label("E-mail address").fill(login)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        await expect(page).to_have_url("/inbox")

    await pages[0].get_by_label("Account of Uma").click()
    await pages[0].get_by_role("button", name="Sign out everywhere").click()
    await expect(pages[0]).to_have_url("/sign-in")

    await pages[1].reload()
    await expect(pages[1]).to_have_url("/sign-in?back=%2Finbox")


async def test_language_and_theme_are_kept(
    opened: Callable[..., Awaitable[Page]], acme: Company
) -> None:
    page = await opened()
    await page.goto("/sign-in")

    await page.get_by_role("button", name="Deutsch").click()
    await page.get_by_role("button", name="Dunkel").click()

    await expect(page.get_by_role("heading", name="Anmelden")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await expect(page.locator("html")).to_have_attribute("lang", "de")
    await page.goto("/sign-in")
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")


async def test_somebody_in_two_workspaces_switches_between_them(
    opened: Callable[..., Awaitable[Page]], desk: Desk, acme: Company, globex: Company
) -> None:
    login = f"{new_id()}@example.com"
    new = people.NewPerson(name="Uma", login=login, password=PASSWORD)
    for company in (acme, globex):
        link = await people.invite(desk, company.workspace_id, role=Role.ADMIN, by="Ada")
        await people.accept(desk, link, new)
    escalation = await acme.escalates("Can I talk to a human about my couch?")
    page = await opened()
    await page.goto("/sign-in")
    await page.get_by_label("E-mail address").fill(login)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()

    async def switch_to(company: Company) -> None:
        await page.locator("details.workspace > summary").click()
        async with page.expect_navigation():
            await page.locator(f'button[value="{company.workspace_id}"]').click()

    await switch_to(acme)
    await expect(page.locator("[data-row]")).to_have_count(1)
    await switch_to(globex)
    await expect(page.get_by_text("Nobody is waiting")).to_be_visible()
    response = await page.goto(f"/inbox/{escalation}")
    assert response is not None
    assert response.status == 404
