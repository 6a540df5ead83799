"""When the connection drops, every form keeps what is in it and is sent again when asked, once."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, Route, expect

from support_graph.desk.parts import Desk
from support_graph.domain.workspaces import Role
from tests.web.browser.conftest import SignsIn, axe
from tests.web.browser.test_every_page import GUESTS, PAGES, story
from tests.web.conftest import Company

pytestmark = pytest.mark.browser

KEY = "How do I reset my API key?"
PRESS = "Open Settings and press Regenerate."
_PROXY = "<html><body><h1>Bad gateway</h1></body></html>"

_SEND_ALL = """() => { window.stays = true;
    const forms = [...document.querySelectorAll('form[method=post]')];
    for (const form of forms) {
        for (const field of form.elements) field.required = false;
        form.noValidate = true;
        form.requestSubmit();
    }
    return forms.length; }"""


async def _refused(page: Page) -> None:
    await expect(page.locator(".toast")).to_contain_text("Nothing was sent")


async def _again(page: Page) -> None:
    await page.context.set_offline(False)
    await page.locator(".toast").get_by_role("button", name="Try again").click()


async def test_no_form_of_any_page_is_left_for_an_error_of_the_browser(
    signs_in: SignsIn, opened: Callable[..., Awaitable[Page]], desk: Desk, acme: Company
) -> None:
    told = await story(desk, acme)
    ada, guest = await signs_in(acme.workspace_id, "Ada", role=Role.ADMIN), await opened()
    tried = 0
    for page, paths in ((ada, PAGES), (guest, GUESTS)):
        for path in paths:
            await page.goto(path.format(**told))
            address = page.url
            await page.context.set_offline(True)

            forms = await page.evaluate(_SEND_ALL)

            await expect(page.locator(".toast", has_text="Nothing was sent")).to_have_count(forms)
            assert (page.url, await page.evaluate("window.stays")) == (address, True)
            await page.context.set_offline(False)
            tried += forms
    assert tried > 100


async def test_settings_are_saved_once_the_server_is_there_again(
    signs_in: SignsIn, acme: Company
) -> None:
    ada = await signs_in(acme.workspace_id, "Ada", role=Role.ADMIN)
    await ada.goto("/settings")
    greeting = ada.locator("[name=greeting_reply]")
    await greeting.fill("Good day! How can we help?")
    await ada.context.set_offline(True)
    await ada.get_by_role("button", name="Save").click()
    await _refused(ada)
    await expect(greeting).to_have_value("Good day! How can we help?")
    assert await axe(ada) == []

    await _again(ada)

    await expect(ada.locator(".toast")).to_contain_text("in force from the next message on")
    kept = (await acme.admin.get("/v1/settings")).json()
    assert kept["greeting_reply"] == "Good day! How can we help?"
    log = (await acme.admin.get("/v1/audit", params={"noun": "settings"})).json()["items"]
    assert len(log) == 1


async def test_a_phrasing_is_added_once(signs_in: SignsIn, acme: Company) -> None:
    known = await acme.teaches(KEY, PRESS)
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto(f"/resolutions/{known['id']}")
    field = tina.locator("form[action$='/phrasings'] input[name=text]")
    await field.fill("My key is gone")
    await tina.context.set_offline(True)
    await field.press("Enter")
    await _refused(tina)
    await field.press("Enter")  # who doesn't see the button tries the old way
    await _refused(tina)
    await expect(field).to_have_value("My key is gone")

    await _again(tina)

    await expect(tina.get_by_text("My key is gone")).to_be_visible()
    found = (await acme.tina.get(f"/v1/resolutions/{known['id']}")).json()
    assert [one["text"] for one in found["phrasings"]] == [KEY, "My key is gone"]


async def test_files_stay_chosen(signs_in: SignsIn, acme: Company) -> None:
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto("/brain")
    files = [
        {"name": f"{name}.md", "mimeType": "text/markdown", "buffer": b"# Refunds\n\nFive days."}
        for name in ("one", "two")
    ]
    await tina.locator("#files").set_input_files(files)  # type: ignore[arg-type]
    await tina.locator("#visibility-files").select_option("internal")
    await tina.context.set_offline(True)
    await tina.get_by_role("button", name="Add files").click()
    await _refused(tina)
    chosen = "[...document.querySelector('#files').files].map(file => file.name)"
    assert await tina.evaluate(chosen) == ["one.md", "two.md"]

    await _again(tina)

    await expect(tina.locator("[data-row]")).to_have_count(2)
    known = (await acme.tina.get("/v1/brain/documents")).json()["items"]
    assert {(one["source"], one["visibility"]) for one in known} == {
        ("one.md", "internal"),
        ("two.md", "internal"),
    }


async def test_a_key_is_made_once_and_shown(signs_in: SignsIn, acme: Company) -> None:
    """The answer is a page and no redirect: it is shown in the place of the old one."""
    before = len((await acme.admin.get("/v1/keys")).json()["items"])
    ada = await signs_in(acme.workspace_id, "Ada", role=Role.ADMIN)
    await ada.goto("/settings/keys")
    await ada.get_by_label("What it is for").fill("shop")
    await ada.context.set_offline(True)
    await ada.get_by_role("button", name="Make a key").click()
    await _refused(ada)

    await _again(ada)

    await expect(ada.locator("#the-secret")).not_to_have_value("")
    await expect(ada.locator("#the-secret")).to_have_count(1)
    await expect(ada.locator(".toast")).to_have_count(0)
    assert len((await acme.admin.get("/v1/keys")).json()["items"]) == before + 1


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (502, "this may have arrived or not"),
        (503, "Nothing was sent"),
        (504, "this may have arrived or not"),
        (413, "refused on its way"),
    ],
)
async def test_the_page_of_a_proxy_replaces_nothing(
    signs_in: SignsIn, acme: Company, status: int, said: str
) -> None:
    escalation = await acme.escalates(KEY)
    ada = await signs_in(acme.workspace_id, "Ada", role=Role.ADMIN)

    async def refuse(route: Route) -> None:
        if route.request.method == "POST":
            await route.fulfill(status=status, content_type="text/html", body=_PROXY)
        else:
            await route.continue_()

    for path, label, button in (
        (f"/inbox/{escalation}", "Answer", "Send"),
        ("/settings/keys", "What it is for", "Make a key"),
    ):
        await ada.goto(path)
        await ada.get_by_label(label).fill("some words")
        await ada.route("**/*", refuse)
        await ada.get_by_role("button", name=button).click()

        await expect(ada.locator(".toast")).to_contain_text(said)
        await expect(ada.get_by_label(label)).to_have_value("some words")
        await expect(ada.get_by_text("Bad gateway")).to_have_count(0)
        await ada.unroute("**/*", refuse)


async def test_a_wrong_password_is_told_and_the_login_stays(
    opened: Callable[..., Awaitable[Page]],
) -> None:
    page = await opened()
    await page.goto("/sign-in")
    await page.get_by_label("E-mail address").fill("nobody@example.com")
    await page.get_by_label("Password").fill("not the password")
    await page.context.set_offline(True)
    await page.get_by_role("button", name="Sign in").click()
    await _refused(page)

    await _again(page)

    await expect(page.get_by_text("don't belong together")).to_be_visible()
    await expect(page.get_by_label("E-mail address")).to_have_value("nobody@example.com")


async def test_a_double_click_is_one_wish(signs_in: SignsIn, acme: Company) -> None:
    escalation = await acme.escalates(KEY)
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto(f"/inbox/{escalation}")
    await tina.get_by_label("Answer").fill("One moment, please.")

    await tina.get_by_role("button", name="Reply only").evaluate("b => { b.click(); b.click() }")

    await expect(tina.locator(".toast")).to_contain_text("the question stays open")
    assert await acme.said_about(escalation) == [KEY, "One moment, please."]


async def test_a_reply_whose_answer_was_lost_is_not_sent_twice(
    signs_in: SignsIn, acme: Company
) -> None:
    escalation = await acme.escalates(KEY)
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto(f"/inbox/{escalation}")

    async def lose(route: Route) -> None:
        await route.fetch()  # it arrives, and nobody hears of it
        await route.abort("connectionreset")

    await tina.route("**/reply*", lose)
    await tina.get_by_label("Answer").fill("One moment, please.")
    await tina.get_by_role("button", name="Reply only").click()
    await expect(tina.locator(".toast")).to_contain_text("probably not sent")
    await tina.unroute("**/reply*")

    await tina.locator(".toast").get_by_role("button", name="Try again").click()

    await expect(tina.locator(".toast")).to_contain_text("the question stays open")
    assert await acme.said_about(escalation) == [KEY, "One moment, please."]
