"""A real Chromium that is signed in to a service, for what is measured and pictured."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = ["--headless", "--no-sandbox", "--disable-background-networking"]


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        raise SystemExit("no Chromium is installed on this machine")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=_ARGUMENTS)
        yield browser
        await browser.close()


async def signed_in(browser: Browser, url: str, link: str, **options: Any) -> Page:
    """A page in a browser of its own, after following the one-time link."""
    context = await browser.new_context(base_url=url, locale="en-GB", **options)
    page = await context.new_page()
    await page.goto(f"/welcome/{link}")
    await page.get_by_role("button").first.click()
    await page.wait_for_url("**/inbox*")
    return page
