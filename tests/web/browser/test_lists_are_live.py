"""Lists that are open say quietly that there is something new, and stay as they are until asked."""

import pytest
from playwright.async_api import expect

from tests.web.browser.conftest import SignsIn
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
