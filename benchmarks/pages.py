"""How quick the pages are with 10,000 resolutions and 1,000 waiting escalations, in a real browser.

    python -m benchmarks.pages [--quick]

A server of its own, seeded by `benchmarks.seed`; Chromium without throttling on the same machine.
Each figure is the median (and the slowest) of the runs. `painted` is the browser's first
contentful paint of a whole page whose assets are in its cache, `moved` the largest sum of its
layout shifts. An interaction is measured inside the page, from the event of the key or click to the
first frame after the change of the document that it leads to; one that leads to another page, from
its event to that page's first contentful paint. What stands after `at once` is the first sign that
it works.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page

from benchmarks.browsing import chromium, signed_in
from benchmarks.seed import Size, analyse, seed
from benchmarks.service import Service, running
from support_graph import bootstrap
from support_graph.desk import people
from support_graph.domain.workspaces import Role
from support_graph.settings import Settings

_PLACES = (
    *("/inbox", "/inbox?sort=repeats", "/inbox?q=invoice", "/inbox?shelf=done"),
    *("/resolutions", "/resolutions?q=How+do+I+move+my+invoice", "/resolutions/review"),
    *("/conversations", "/conversations?q=invoice", "/find?q=invoice"),
)
_LISTS = {
    "an escalation": "/inbox",
    "a resolution": "/resolutions",
    "a conversation": "/conversations",
}
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

_LEFT = """type => addEventListener(type, event => sessionStorage.setItem('left',
    performance.timeOrigin + event.timeStamp), {capture: true, once: true})"""
_CAME = """new Promise(done => { const look = () => {
    const painted = performance.getEntriesByName('first-contentful-paint')[0];
    if (!painted) return setTimeout(look, 10);
    done(performance.timeOrigin + painted.startTime - Number(sessionStorage.getItem('left')));
}; look(); })"""

_FOCUSED = "document.activeElement?.matches('[data-row]')"
_CHOSEN = "document.querySelector('[data-row][aria-current]')"
_OPENED = "document.getElementById('escalation')"
_BUSY = "document.querySelector('form.htmx-request[action*=claim], form[action*=release]')"
_HANDED = "document.querySelector('#toasts .toast')"
_FOUND = (
    "[...document.querySelectorAll('#found .goal')].some(one => /invoice/.test(one.textContent))"
)
_TICKED = "document.querySelector('[name=chosen]:checked')"
_RESTS_MS = 200

Act = Callable[[Page], Awaitable[object]]


async def _nothing(_: Page) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Try:
    """What is timed: from `event`, which `act` leads to, until what it `shows` is there."""

    name: str
    event: str
    act: Act
    at: str = "/inbox"
    shows: str = ""
    before: Act = _nothing


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
        await analyse(settings)
        return await people.seat(desk, workspace_id, "Tina", Role.ADMIN)


async def _measure(url: str, link: str, runs: int) -> None:
    async with chromium() as browser:
        page = await signed_in(browser, url, link, viewport={"width": 1440, "height": 900})
        # The questions are read in the background of the first looks.
        for _ in range(20):
            await page.goto("/inbox")
        began = time.perf_counter()
        await page.goto("/resolutions?q=invoice", timeout=0)
        print(f"the first search after a start: {time.perf_counter() - began:.1f} s\n")
        print(f"{'page':44}{'painted, ms':>18}{'first byte, ms':>18}{'moved':>8}")
        for path in _PLACES:
            await _painting(page, path, path, runs)
        for name, path in _LISTS.items():
            await page.goto(path)
            one = await page.locator("a[data-row]").nth(3).get_attribute("href")
            await _painting(page, name, str(one), runs)
        print(f"\n{'interaction':44}{'took, ms':>18}")
        await _interactions(page, runs)
        print(f"\n{'to another page':44}{'painted, ms':>18}")
        await _departures(page, runs)


async def _painting(page: Page, name: str, path: str, runs: int) -> None:
    painted, answered, moved = [], [], 0.0
    for _ in range(runs):
        await page.goto(path)
        found = await page.evaluate(_PAINTED)
        painted.append(found[0])
        answered.append(found[1])
        moved = max(moved, found[2])
    print(f"{name:44}{_both(painted):>18}{_both(answered):>18}{moved:>8.3f}")


async def _interactions(page: Page, runs: int) -> None:
    row = str(await _nth(page, "/inbox", 5))
    keys = "document.getElementById('keys').open"
    for one in (
        Try("j: the next row", "keydown", _key("j"), shows=_FOCUSED),
        Try("click on a row, at once: it is marked", "click", _open, shows=_CHOSEN),
        Try("click on a row: the escalation is there", "click", _open, shows=_OPENED),
        Try("the same, when the pointer was on it", "click", _open, shows=_OPENED, before=_rest),
        Try("j and Enter: the escalation is there", "keydown", _ENTER, shows=_OPENED, before=_walk),
        Try("c: claim, at once: the button is busy", "keydown", _key("c"), at=row, shows=_BUSY),
        Try("c: the escalation is claimed, or not", "keydown", _key("c"), at=row, shows=_HANDED),
        Try("Ctrl+K, typing: what was found", "input", _find, shows=_FOUND),
        Try("?: the keys", "keydown", _key("?"), shows=keys),
        Try("x: a resolution is chosen", "keydown", _key("x"), "/resolutions", _TICKED, _walk),
    ):
        await _interacting(page, one, runs)


async def _departures(page: Page, runs: int) -> None:
    for one in (
        Try("the inbox by a reason", "change", _choose("reason", "low_confidence")),
        Try("the inbox by its words", "keydown", _ENTER, before=_words),
        Try(
            "the resolutions that are most used", "change", _choose("sort", "uses"), "/resolutions"
        ),
        Try("search in the resolutions", "keydown", _ENTER, "/resolutions", before=_words),
        Try("search in the conversations", "keydown", _ENTER, "/conversations", before=_words),
        Try("click on a resolution", "click", _open, "/resolutions"),
        Try("click on a conversation", "click", _open, "/conversations"),
    ):
        await _departing(page, one, runs)


async def _nth(page: Page, path: str, n: int) -> str | None:
    await page.goto(path)
    return await page.locator("a[data-row]").nth(n).get_attribute("href")


def _key(key: str) -> Act:
    async def press(page: Page) -> None:
        await page.keyboard.press(key)

    return press


_ENTER = _key("Enter")


def _choose(name: str, value: str) -> Act:
    async def choose(page: Page) -> None:
        await page.locator(f"select[name={name}]").select_option(value)

    return choose


async def _open(page: Page) -> None:
    await page.locator("a[data-row]").nth(3).click()


async def _rest(page: Page) -> None:
    await page.locator("a[data-row]").nth(3).hover()
    await page.wait_for_timeout(_RESTS_MS)


async def _walk(page: Page) -> None:
    await page.keyboard.press("j")
    await page.wait_for_timeout(_RESTS_MS)


async def _words(page: Page) -> None:
    await page.keyboard.press("/")
    await page.keyboard.type("invoice")


async def _find(page: Page) -> None:
    await page.keyboard.press("Control+k")
    await page.keyboard.type("i")  # the field's first `input`
    await page.keyboard.insert_text("nvoice")


async def _interacting(page: Page, one: Try, runs: int) -> None:
    took = []
    for _ in range(runs):
        await page.goto(one.at, wait_until="load")
        await one.before(page)
        await page.evaluate(_TIMED.replace("SHOWS", one.shows), one.event)
        await one.act(page)
        took.append(await page.evaluate("window.__took"))
        await page.wait_for_timeout(500)  # for what the act began, such as going to another page
    print(f"{one.name:44}{_both(took):>18}", flush=True)


async def _departing(page: Page, one: Try, runs: int) -> None:
    took = []
    for _ in range(runs):
        await page.goto(one.at, wait_until="load")
        await one.before(page)
        await page.evaluate(_LEFT, one.event)
        async with page.expect_event("load"):
            await one.act(page)
        took.append(await page.evaluate(_CAME))
    print(f"{one.name:44}{_both(took):>18}", flush=True)


def _both(values: list[float]) -> str:
    return f"{statistics.median(values):.0f} ({max(values):.0f})"


if __name__ == "__main__":
    main()
