"""How quick the pages are with 10,000 resolutions and 1,000 waiting escalations, in a real browser.

    python -m benchmarks.pages [--quick]

A server of its own, seeded by `benchmarks.seed`; Chromium without throttling on the same machine.
Each figure is the median (and the slowest) of the runs. `painted` is the browser's first
contentful paint of a whole page whose assets are in its cache, `moved` the largest sum of its
layout shifts. An interaction is measured inside the page, from the event of the key or click to the
first frame after the change of the document that it leads to.
"""

import asyncio
import statistics
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import Page

from benchmarks.browsing import chromium, signed_in
from benchmarks.seed import Size, seed
from benchmarks.service import Service, running
from support_graph import bootstrap
from support_graph.desk import people
from support_graph.domain.workspaces import Role
from support_graph.settings import Settings

_PLACES = ("/inbox", "/inbox?sort=repeats", "/inbox?q=invoice", "/inbox?shelf=done")
_PAINTED = """new Promise(done => { let moved = 0;
    new PerformanceObserver(list => list.getEntries().forEach(e => moved += e.value))
        .observe({type: 'layout-shift', buffered: true});
    setTimeout(() => done([
        performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
        performance.getEntriesByType('navigation')[0].responseStart, moved]), 300); })"""
_TIMED = """type => { window.__took = new Promise(done => {
    addEventListener(type, event => { const begun = event.timeStamp;
        const look = () => { if (!(SHOWS)) return false;
            done(performance.now() - begun); return true; };
        const tick = () => { if (!look()) requestAnimationFrame(tick); };
        requestAnimationFrame(tick);
    }, {capture: true, once: true}); }); }"""

Act = Callable[[Page], Awaitable[object]]


def main() -> None:
    runs = 3 if "--quick" in sys.argv else 11
    size = Size(resolutions=1_000, waiting=100, answered=100) if "--quick" in sys.argv else Size()
    with running(port=18233) as service:
        link = asyncio.run(_seeded(service, size))
        asyncio.run(_measure(service.url, link, runs))


async def _seeded(service: Service, size: Size) -> str:
    settings = Settings(data=Path(service.environment["SUPPORT_GRAPH_DATA"]))
    async with bootstrap.desk(settings, listen=False) as desk:
        async with desk.stores.across() as workspaces:
            workspace_id = (await workspaces.create("seeded")).id
        await seed(desk, workspace_id, size)
        return await people.seat(desk, workspace_id, "Tina", Role.ADMIN)


async def _measure(url: str, link: str, runs: int) -> None:
    async with chromium() as browser:
        page = await signed_in(browser, url, link, viewport={"width": 1440, "height": 900})
        # The questions are read in the background of the first looks.
        for _ in range(20):
            await page.goto("/inbox")
        row = await page.locator("[data-row]").first.get_attribute("href")
        print(f"{'page':44}{'painted, ms':>18}{'first byte, ms':>18}{'moved':>8}")
        for path in (*_PLACES, str(row)):
            await _painting(page, path, runs)
        print(f"\n{'interaction':44}{'took, ms':>18}")
        await _interactions(page, runs)


async def _painting(page: Page, path: str, runs: int) -> None:
    painted, answered, moved = [], [], 0.0
    for _ in range(runs):
        await page.goto(path)
        found = await page.evaluate(_PAINTED)
        painted.append(found[0])
        answered.append(found[1])
        moved = max(moved, found[2])
    name = path if len(path) < 40 else "one escalation"
    print(f"{name:44}{_both(painted):>18}{_both(answered):>18}{moved:>8.3f}")


async def _interactions(page: Page, runs: int) -> None:
    focused = "document.activeElement?.matches('[data-row]')"
    opened = "document.getElementById('escalation')"
    await _interacting(page, "j: the next row", runs, "keydown", focused, _key("j"))
    chosen = "document.querySelector('[data-row][aria-current]')"
    await _interacting(page, "click: the row is marked", runs, "click", chosen, _open)
    await _interacting(page, "click: the escalation is there", runs, "click", opened, _open)
    row = await page.locator("[data-row]").nth(5).get_attribute("href")
    busy = "document.querySelector('form.htmx-request[action*=claim], form[action*=release]')"
    await _interacting(
        page, "c: claim shows that it works", runs, "keydown", busy, _key("c"), at=str(row)
    )
    found = "document.querySelectorAll('#found .goal').length > 4"
    await _interacting(page, "Ctrl+K, typing: what was found", runs, "input", found, _find)
    help_ = "document.getElementById('keys').open"
    await _interacting(page, "?: the keys", runs, "keydown", help_, _key("?"))


def _key(key: str) -> Act:
    async def press(page: Page) -> None:
        await page.keyboard.press(key)

    return press


async def _open(page: Page) -> None:
    await page.locator("[data-row]").nth(3).click()


async def _find(page: Page) -> None:
    await page.keyboard.press("Control+k")
    await page.keyboard.type("i")  # the field's first `input`
    await page.keyboard.insert_text("nvoice")


async def _interacting(
    page: Page, name: str, runs: int, event: str, shows: str, act: Act, at: str = "/inbox"
) -> None:
    took = []
    for _ in range(runs):
        await page.goto(at)
        await page.wait_for_load_state("load")
        await page.evaluate(_TIMED.replace("SHOWS", shows), event)
        await act(page)
        took.append(await page.evaluate("window.__took"))
        await page.wait_for_timeout(500)  # for what the act began, such as going to another page
    print(f"{name:44}{_both(took):>18}", flush=True)


def _both(values: list[float]) -> str:
    return f"{statistics.median(values):.0f} ({max(values):.0f})"


if __name__ == "__main__":
    main()
