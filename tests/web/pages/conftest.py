"""A teammate who uses the pages over plain HTTP: links are followed, forms are sent as they are."""

import html
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from support_graph.desk.parts import Desk
from support_graph.domain.workspaces import Role
from support_graph.web.pages import csrf
from tests.web.conftest import Company, session_of


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody with a session; redirects are followed, so a flash is seen on the page after."""

    client: httpx.AsyncClient
    session: str

    async def opens(self, path: str, *, code: int = 200) -> str:
        """The page as text."""
        response = await self.client.get(path)
        assert response.status_code == code, response.text
        return html.unescape(response.text)

    async def sends(self, path: str, *, code: int = 200, **fields: Any) -> str:
        """The page that a form leads to."""
        data = {"csrf": csrf.token(self.session), **fields}
        response = await self.client.post(path, data=data)
        assert response.status_code == code, response.text
        return html.unescape(response.text)

    async def undoes(self, page: str) -> str:
        """Presses the button of the toast."""
        (toast,) = re.findall(r'<div class="toast".*?</div>', page, re.DOTALL)
        (path,) = re.findall(r'action="([^"]+)"', toast)
        return await self.sends(path)


_ROW = re.compile(r"<a[^>]*data-row[^>]*>")
_ID = re.compile(r"/(?:resolutions|conversations)/([0-9a-f-]{36})")


def rows(page: str) -> list[str]:
    """The ids of the resolutions or conversations, in the order of the table."""
    return [found[1] for row in _ROW.findall(page) if (found := _ID.search(row))]


def toast(page: str) -> str:
    """What the page says has been done."""
    found = re.findall(r'<div class="toast" data-fades>\s*<span>(.*?)</span>', page, re.DOTALL)
    return found[0] if found else ""


async def reader(server: str, desk: Desk, company: Company, name: str) -> Reader:
    session = await session_of(desk, company.workspace_id, name)
    client = httpx.AsyncClient(
        base_url=server,
        cookies={csrf.SESSION_COOKIE: session},
        follow_redirects=True,
        trust_env=False,
        timeout=120,
    )
    return Reader(client=client, session=session)


@pytest.fixture
async def tina(server: str, desk: Desk, acme: Company) -> AsyncIterator[Reader]:
    made = await reader(server, desk, acme, "Tina")
    yield made
    await made.client.aclose()


@pytest.fixture
async def tom(server: str, desk: Desk, acme: Company) -> AsyncIterator[Reader]:
    made = await reader(server, desk, acme, "Tom")
    yield made
    await made.client.aclose()


class Visitor:
    """Somebody signed in: what they see, and what they send in forms."""

    def __init__(self, client: httpx.AsyncClient, session: str) -> None:
        self.client = client
        self.token = csrf.token(session)

    async def sees(self, path: str, *, status: int = 200) -> str:
        page = await self.client.get(path, headers={"Accept": "text/html"})
        assert page.status_code == status, page.text
        return page.text

    async def sends(self, path: str, **fields: object) -> httpx.Response:
        return await self.client.post(path, data={"csrf": self.token, **fields})


Enters = Callable[..., Awaitable[Visitor]]


@pytest.fixture
async def enters(server: str, desk: Desk, acme: Company) -> AsyncIterator[Enters]:
    clients: list[httpx.AsyncClient] = []

    async def enter(name: str, role: Role = Role.ADMIN) -> Visitor:
        session = await session_of(desk, acme.workspace_id, name, role)
        cookies = {csrf.SESSION_COOKIE: session}
        clients.append(httpx.AsyncClient(base_url=server, cookies=cookies, trust_env=False))
        return Visitor(clients[-1], session)

    yield enter
    for client in clients:
        await client.aclose()
