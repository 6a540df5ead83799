"""A session that ends while somebody types costs nothing of what they typed."""

from collections.abc import Awaitable, Callable
from urllib.parse import urljoin

import pytest
from playwright.async_api import Page, expect

from support_graph.desk import people
from support_graph.desk.parts import Desk
from support_graph.domain.ids import WorkspaceId, new_id
from support_graph.domain.workspaces import Role
from support_graph.web.pages.csrf import SESSION_COOKIE
from tests.web.browser.conftest import SignsIn, axe
from tests.web.conftest import Company, session_of

pytestmark = pytest.mark.browser

KEY = "How do I reset my API key?"
PRESS = "Open Settings and press Regenerate."
REPLY = "One moment, please."
PASSWORD = "correct horse battery"


async def _ends(desk: Desk, page: Page) -> None:
    """On the server, as signing out in another browser does; the cookie stays."""
    cookies = await page.context.cookies()
    (session,) = [one["value"] for one in cookies if one["name"] == SESSION_COOKIE]
    await people.sign_out(desk, session, everywhere=True)


async def _enters(desk: Desk, page: Page, workspace: WorkspaceId, name: str) -> None:
    """Somebody signs in, in another tab of the same browser."""
    await _holds(page, await session_of(desk, workspace, name))


async def _holds(page: Page, session: str) -> None:
    url = urljoin(page.url, "/")
    await page.context.add_cookies(
        [{"name": SESSION_COOKIE, "value": session, "url": url, "httpOnly": True}]
    )


async def _writes(page: Page, escalation: str) -> None:
    await page.goto(f"/inbox/{escalation}")
    await page.evaluate("window.stays = true")
    await page.get_by_label("Answer").fill(REPLY)


async def _sends(page: Page) -> None:
    await page.get_by_role("button", name="Reply only").click()


async def _again(page: Page) -> None:
    await page.locator(".toast").get_by_role("button", name="Try again").click()


async def _told(page: Page, said: str) -> None:
    """Once, with a button to try again, and with all that was typed."""
    toast = page.locator(".toast", has_text=said)
    await expect(toast.get_by_role("button", name="Try again")).to_be_visible()
    await expect(page.locator(".toast")).to_have_count(1)
    await expect(page.get_by_label("Answer")).to_have_value(REPLY)
    assert await page.evaluate("window.stays")


@pytest.mark.parametrize("cookie", ["stays", "is gone"])
async def test_a_form_stays_when_its_session_has_ended(
    signs_in: SignsIn, desk: Desk, acme: Company, cookie: str
) -> None:
    escalation = await acme.escalates(KEY)
    tina = await signs_in(acme.workspace_id, "Tina")
    await _writes(tina, escalation)
    if cookie == "stays":
        await _ends(desk, tina)
    else:
        await tina.context.clear_cookies()

    await _sends(tina)

    await _told(tina, "You have been signed out, so nothing was sent")
    assert await axe(tina) == []
    await _again(tina)  # without having signed in
    await _told(tina, "You have been signed out, so nothing was sent")
    assert await acme.said_about(escalation) == [KEY]


async def test_who_signs_in_in_another_tab_sends_it_from_the_first(
    opened: Callable[..., Awaitable[Page]], desk: Desk, acme: Company
) -> None:
    known = await acme.teaches(KEY, PRESS)
    login = f"{new_id()}@example.com"
    link = await people.invite(desk, acme.workspace_id, role=Role.TEAMMATE, by="Ada")
    new = people.NewPerson(name="Uma", login=login, password=PASSWORD)
    session = await people.accept(desk, link, new)
    uma = await opened()
    await uma.goto("/sign-in")
    await _holds(uma, session)
    await uma.goto(f"/resolutions/{known['id']}")
    field = uma.locator("form[action$='/phrasings'] input[name=text]")
    await field.fill("My key is gone")
    await _ends(desk, uma)
    await field.press("Enter")
    toast = uma.locator(".toast")
    async with uma.context.expect_page() as opening:
        await toast.get_by_role("link", name="Sign in (new tab)").click()
    tab = await opening.value
    await tab.get_by_label("E-mail address").fill(login)
    await tab.get_by_label("Password").fill(PASSWORD)
    await tab.get_by_role("button", name="Sign in").click()
    await expect(tab.get_by_role("heading", name="Inbox")).to_be_visible()
    await expect(field).to_have_value("My key is gone")

    await _again(uma)

    await expect(uma.get_by_text("My key is gone")).to_be_visible()
    await expect(uma.get_by_text("nothing was sent")).to_have_count(0)
    found = (await acme.tina.get(f"/v1/resolutions/{known['id']}")).json()
    assert [one["text"] for one in found["phrasings"]] == [KEY, "My key is gone"]


async def test_a_reply_goes_out_once_in_the_next_session(
    signs_in: SignsIn, desk: Desk, acme: Company
) -> None:
    escalation = await acme.escalates(KEY)
    tina = await signs_in(acme.workspace_id, "Tina")
    await _writes(tina, escalation)
    await _ends(desk, tina)
    await _sends(tina)
    await _told(tina, "You have been signed out")
    await _enters(desk, tina, acme.workspace_id, "Tina")

    await _again(tina)

    await expect(tina.locator(".toast")).to_contain_text("the question stays open")
    assert await acme.said_about(escalation) == [KEY, REPLY]


async def test_who_has_signed_in_again_before_sending_notices_nothing(
    signs_in: SignsIn, desk: Desk, acme: Company
) -> None:
    escalation = await acme.escalates(KEY)
    tina = await signs_in(acme.workspace_id, "Tina")
    await _writes(tina, escalation)
    await _ends(desk, tina)
    await _enters(desk, tina, acme.workspace_id, "Tina")

    await tina.get_by_role("button", name="Reply only").evaluate("b => { b.click(); b.click() }")

    await expect(tina.locator(".toast")).to_contain_text("the question stays open")
    await expect(tina.locator(".toast")).to_have_count(1)
    assert await acme.said_about(escalation) == [KEY, REPLY]


async def test_a_reply_is_not_sent_in_the_name_of_another(
    signs_in: SignsIn, desk: Desk, acme: Company
) -> None:
    escalation = await acme.escalates(KEY)
    tina = await signs_in(acme.workspace_id, "Tina")
    await _writes(tina, escalation)
    await _enters(desk, tina, acme.workspace_id, "Tom")

    await _sends(tina)

    await _told(tina, "this page was opened by Tina")
    assert await acme.said_about(escalation) == [KEY]
    await _enters(desk, tina, acme.workspace_id, "Tina")
    await _again(tina)
    await expect(tina.locator(".toast")).to_contain_text("the question stays open")
    assert await acme.said_about(escalation) == [KEY, REPLY]


async def test_settings_are_not_saved_in_another_workspace(
    opened: Callable[..., Awaitable[Page]], desk: Desk, acme: Company, globex: Company
) -> None:
    """Within one session: the token of the form still fits."""
    new = people.NewPerson(name="Uma", login=f"{new_id()}@example.com", password=PASSWORD)
    for company in (acme, globex):
        link = await people.invite(desk, company.workspace_id, role=Role.ADMIN, by="Ada")
        session = await people.accept(desk, link, new)
    uma = await opened()
    await uma.goto("/sign-in")
    await _holds(uma, session)
    await uma.goto("/settings")
    greeting = uma.locator("[name=greeting_reply]")
    await greeting.fill("Good day! How can we help?")
    await people.switch(desk, session, acme.workspace_id)

    await uma.get_by_role("button", name="Save").click()

    await expect(uma.locator(".toast")).to_contain_text("another workspace was chosen")
    await expect(greeting).to_have_value("Good day! How can we help?")
    for company in (acme, globex):
        kept = (await company.admin.get("/v1/settings")).json()
        assert kept["greeting_reply"] != "Good day! How can we help?"


async def test_what_comes_by_itself_leads_nobody_away_who_types(
    signs_in: SignsIn, desk: Desk, acme: Company
) -> None:
    """The preview of what will be learned, asked for while somebody types; then a stream."""
    escalation = await acme.escalates(KEY)
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto(f"/inbox/{escalation}")
    await tina.evaluate("window.stays = true")
    await _ends(desk, tina)

    async with tina.expect_response(f"**/{escalation}/preview"):
        await tina.get_by_label("Answer").fill(REPLY)

    await expect(tina.locator(".toast")).to_contain_text("You have been signed out")
    async with tina.expect_response("**/inbox/events*"):
        await acme.escalates("Can I talk to a human about couches?")
    await expect(tina.locator(".toast")).to_have_count(1)
    await expect(tina.get_by_label("Answer")).to_have_value(REPLY)
    assert await tina.evaluate("window.stays")

    await _enters(desk, tina, acme.workspace_id, "Tina")
    await expect(tina.locator(".toast")).to_have_count(0)  # the stream is taken up again
    await expect(tina.locator("[data-row]")).to_have_count(2)
    await expect(tina.get_by_label("Answer")).to_have_value(REPLY)


async def test_where_nothing_is_typed_the_page_leads_to_the_sign_in_and_back(
    signs_in: SignsIn, desk: Desk, acme: Company
) -> None:
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto("/learning?days=60")
    await _ends(desk, tina)

    await tina.keyboard.press("Control+k")

    await expect(tina).to_have_url("/sign-in?back=%2Flearning%3Fdays%3D60")
