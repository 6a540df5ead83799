"""A real Chromium, and teammates who use the pages in it."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    async_playwright,
    expect,
)

from support_graph.desk.parts import Desk
from support_graph.domain.ids import WorkspaceId
from support_graph.domain.workspaces import Role
from support_graph.web.pages.csrf import SESSION_COOKIE
from tests.web.conftest import session_of

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = ["--headless", "--no-sandbox", "--disable-background-networking"]
_AXE = Path(__file__).parent / "axe.min.js"
_PATIENCE_MS = 60_000
"""A machine that is busy with something else is no fault of a page."""

SignsIn = Callable[..., Awaitable[Page]]


class Line:
    """The way to the server, which can be cut: what is open breaks, what is new is refused."""

    def __init__(self, server: str) -> None:
        at = urlsplit(server)
        self._to = (at.hostname or "", at.port or 0)
        self._port = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._relaying: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def mend(self) -> None:
        self._relaying = await asyncio.start_server(self._relay, "127.0.0.1", self._port)
        self._port = self._relaying.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        assert self._relaying is not None
        self._relaying.close()
        for writer in self._open:
            writer.transport.abort()
        await self._relaying.wait_closed()

    async def _relay(self, here: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        there, on = await asyncio.open_connection(*self._to)
        self._open |= {back, on}
        async with asyncio.TaskGroup() as both:
            both.create_task(self._pass(here, on))
            both.create_task(self._pass(there, back))
        self._open -= {back, on}

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while some := await reader.read(65_536):
                writer.write(some)
                await writer.drain()
        writer.close()


@pytest.fixture
async def line(server: str) -> AsyncIterator[Line]:
    made = Line(server)
    await made.mend()
    yield made
    await made.cut()


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """.ci/run looks for the reason of the skip, and fails if it finds it."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.skip("no Chromium is installed on this machine")
    async with async_playwright() as playwright:
        expect.set_options(timeout=_PATIENCE_MS)
        launched = await playwright.chromium.launch(
            executable_path=found, args=_ARGUMENTS, timeout=_PATIENCE_MS
        )
        yield launched
        await launched.close()


class Watched:
    """What a page does that none of ours may do: say an error, fail, or open a dialog."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def watch(self, page: Page) -> None:
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))
        page.on("dialog", lambda dialog: self.faults.append(f"dialog: {dialog.message}"))

    def _said(self, message: ConsoleMessage) -> None:
        # Browsers report a refusal, such as the 409 of a race that was lost, as an error as well,
        # and htmx a connection that was cut, or a stream whose session has ended.
        expected = (
            "Failed to load resource",
            "Failed to fetch",
            "network error",
            "SSE reconnect failed with status 4",
        )
        if message.type == "error" and not any(part in message.text for part in expected):
            self.faults.append(f"{message.text}")


@pytest.fixture
async def opened(browser: Browser, server: str) -> AsyncIterator[Callable[..., Awaitable[Page]]]:
    """Opens pages in browsers of their own; in the end nothing on them may have gone wrong."""
    watched = Watched()
    contexts: list[BrowserContext] = []

    async def open_one(**options: Any) -> Page:
        options.setdefault("base_url", server)
        context = await browser.new_context(locale="en-GB", **options)
        context.set_default_timeout(_PATIENCE_MS)
        contexts.append(context)
        page = await context.new_page()
        watched.watch(page)
        return page

    yield open_one
    for context in contexts:
        await context.close()
    assert watched.faults == []


@pytest.fixture
def signs_in(desk: Desk, server: str, opened: Callable[..., Awaitable[Page]]) -> SignsIn:
    async def sign_in(
        workspace: WorkspaceId, name: str, *, role: Role = Role.TEAMMATE, **options: Any
    ) -> Page:
        page = await opened(**options)
        session = await session_of(desk, workspace, name, role)
        url = options.get("base_url", server)
        await page.context.add_cookies(
            [{"name": SESSION_COOKIE, "value": session, "url": url, "httpOnly": True}]
        )
        return page

    return sign_in


async def presses(page: Page, *keys: str) -> None:
    """Once the page listens: it is seen a moment before."""
    await page.wait_for_load_state()
    for key in keys:
        await page.keyboard.press(key)


async def axe(page: Page) -> list[str]:
    """What axe-core finds serious or critical, in a line each."""
    await page.evaluate(_AXE.read_text(encoding="utf-8"))
    found = await page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
    )
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]
