"""Lists that are open say quietly that there is something new, and stay as they are until asked."""

import pytest
from playwright.async_api import Route, expect

from tests.web.browser.conftest import Line, SignsIn, axe
from tests.web.conftest import Company

pytestmark = pytest.mark.browser

KEY = "How do I reset my API key?"
PRESS = "Open Settings and press Regenerate."


async def test_answers_that_come_in_are_shown_when_they_are_wanted(
    signs_in: SignsIn, acme: Company
) -> None:
    await acme.teaches(KEY, PRESS)
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto("/resolutions")
    box, bar = tina.get_by_label(f"Choose: {PRESS}"), tina.locator(".news-bar")
    await box.check()

    await acme.teaches("When is a refund paid?", "Within five working days.")
    await acme.teaches("Where is my invoice?", "Under Billing.")

    await expect(bar).to_contain_text("2 answers have changed or are new.")
    await expect(tina.locator("[data-row]")).to_have_count(1)
    await expect(tina.get_by_role("status").filter(has_text="2 answers")).to_have_count(1)

    await bar.get_by_role("link", name="Show").click()
    await expect(tina.locator("[data-row]")).to_have_count(3)
    await expect(bar).to_have_count(0)
    await expect(box).to_be_checked()
    assert await tina.evaluate("document.activeElement.id") == "resolution-list"

    await acme.teaches("Is there an app?", "For phones, yes.")  # and it goes on from there
    await expect(bar).to_contain_text("1 answer has changed or is new.")


async def test_a_search_hears_only_of_what_it_would_find(signs_in: SignsIn, acme: Company) -> None:
    await acme.teaches(KEY, PRESS)
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto("/resolutions?q=settings")

    await acme.teaches("When is a refund paid?", "Within five working days.")
    await acme.teaches("Where do I change my name?", "In the settings of your profile.")

    await expect(tina.locator(".news-bar")).to_contain_text("1 answer has changed or is new.")


async def test_conversations_say_that_something_happened(signs_in: SignsIn, acme: Company) -> None:
    await acme.asks("Hello!")
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto("/conversations")

    await acme.asks("Can I talk to a human about couches?")

    bar = tina.locator(".news-bar")
    await expect(bar).to_contain_text("Something happened in 1 conversation.")
    await bar.get_by_role("link", name="Show").click()
    await expect(tina.locator("[data-row]").first).to_contain_text("couches")
    await expect(bar).to_have_count(0)


async def test_suggestions_come_in_while_somebody_reviews(signs_in: SignsIn, acme: Company) -> None:
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.goto("/resolutions/review")
    await expect(tina.locator(".proposal")).to_have_count(0)

    await acme.doubts()

    bar = tina.locator(".news-bar")
    await expect(bar).to_contain_text("1 suggestion has changed or is new.")
    await bar.get_by_role("link", name="Show").click()
    await expect(tina.locator(".proposal")).to_have_count(1)


async def test_what_was_missed_during_a_break_is_told_after_it(
    signs_in: SignsIn, acme: Company
) -> None:
    await acme.teaches(KEY, PRESS)
    tina = await signs_in(acme.workspace_id, "Tina")
    async with tina.expect_response("**/resolutions/news*"):  # a stream that can break
        await tina.goto("/resolutions")
    await tina.context.set_offline(True)

    await acme.teaches("When is a refund paid?", "Within five working days.")
    await tina.context.set_offline(False)

    await expect(tina.locator(".news-bar")).to_contain_text("1 answer")


async def _cut(route: Route) -> None:
    await route.abort("connectionrefused")


async def test_a_page_whose_stream_could_not_begin_becomes_live(
    signs_in: SignsIn, acme: Company
) -> None:
    await acme.teaches(KEY, PRESS)
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.route("**/resolutions/news*", _cut)
    await tina.goto("/resolutions")
    sign = tina.locator("#not-live")
    await expect(sign).to_contain_text("what you see may be out of date")
    assert await axe(tina) == []

    await acme.teaches("When is a refund paid?", "Within five working days.")
    await tina.unroute("**/resolutions/news*")

    await expect(tina.locator(".news-bar")).to_contain_text("1 answer")
    await expect(sign).to_be_hidden()


async def test_the_page_of_a_proxy_is_no_stream(signs_in: SignsIn, acme: Company) -> None:
    async def restarting(route: Route) -> None:
        await route.fulfill(status=503, content_type="text/html", body="<h1>Restarting</h1>")

    await acme.escalates(KEY)
    tina = await signs_in(acme.workspace_id, "Tina")
    await tina.route("**/inbox/events*", restarting)
    await tina.goto("/inbox")
    await expect(tina.locator("#not-live")).to_be_visible()
    await expect(tina.locator("[data-row]")).to_have_count(1)
    await tina.unroute("**/inbox/events*")

    await acme.escalates("Where is my invoice, human?")

    await expect(tina.locator("[data-row]")).to_have_count(2)
    await expect(tina.locator("#not-live")).to_be_hidden()


async def test_the_pauses_grow_and_end_when_the_network_is_there(
    signs_in: SignsIn, acme: Company
) -> None:
    """The clock is the test's, so nothing is tried but by its timers or the browser's word."""
    tina = await signs_in(acme.workspace_id, "Tina")
    tried: list[str] = []

    async def cut(route: Route) -> None:
        tried.append(route.request.url)
        await route.abort("connectionrefused")

    await tina.route("**/resolutions/news*", cut)
    await tina.clock.install()
    await tina.goto("/resolutions")
    await expect(tina.locator("#not-live")).to_be_visible()
    for _ in range(240):
        before = len(tried)
        await tina.clock.run_for(500)
        if len(tried) > before:
            await expect(tina.locator("#not-live")).to_be_visible()
    # At 0, 1, 3, 7, 15, 31, 61 and 91 s, give or take a third, and real time runs as well.
    assert 5 <= len(tried) <= 20
    await tina.unroute("**/resolutions/news*")

    await tina.evaluate("dispatchEvent(new Event('online'))")

    await expect(tina.locator("#not-live")).to_be_hidden()


async def test_a_broken_stream_is_told_of_and_taken_up_again(
    signs_in: SignsIn, acme: Company, line: Line
) -> None:
    tina = await signs_in(acme.workspace_id, "Tina", base_url=line.url)
    async with tina.expect_response("**/inbox/events*"):
        await tina.goto("/inbox")
    await line.cut()
    await expect(tina.locator("#not-live")).to_be_visible()
    await acme.escalates(KEY)

    await line.mend()

    await expect(tina.locator("[data-row]")).to_have_count(1)
    await expect(tina.locator("#not-live")).to_be_hidden()
