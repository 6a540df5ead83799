"""A conversation is there at once; what takes long comes while somebody looks at it."""

import pytest
from playwright.async_api import expect

from tests.web.browser.conftest import SignsIn
from tests.web.conftest import Company

pytestmark = pytest.mark.browser


async def test_what_would_have_been_needed_comes_by_itself(
    signs_in: SignsIn, acme: Company
) -> None:
    asked = await acme.asks("Where do I find my invoice of last year?")
    tina = await signs_in(acme.workspace_id, "Tina", viewport={"width": 1280, "height": 900})

    await tina.goto(f"/conversations/{asked['conversation_id']}")

    await expect(tina.locator("#needed")).to_contain_text("being worked out")
    await expect(tina.locator("#needed")).to_contain_text("A teammate's answer to this question")
