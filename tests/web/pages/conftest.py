"""Teammates who use the pages over HTTP, without a browser."""

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from support_graph.desk import people
from support_graph.desk.parts import Desk
from support_graph.domain.workspaces import Role
from support_graph.web.pages import csrf
from tests.web.conftest import Company


class Visitor:
    """Somebody signed in: what they see, and what they send in forms."""

    def __init__(self, client: httpx.AsyncClient, session: str) -> None:
        self.client = client
        self._token = csrf.token(session)

    async def sees(self, path: str, *, status: int = 200) -> str:
        page = await self.client.get(path, headers={"Accept": "text/html"})
        assert page.status_code == status, page.text
        return page.text

    async def sends(self, path: str, **fields: object) -> httpx.Response:
        return await self.client.post(path, data={"csrf": self._token, **fields})


Enters = Callable[..., Awaitable[Visitor]]


@pytest.fixture
async def enters(server: str, desk: Desk, acme: Company) -> AsyncIterator[Enters]:
    clients: list[httpx.AsyncClient] = []

    async def enter(name: str, role: Role = Role.ADMIN) -> Visitor:
        link = await people.seat(desk, acme.workspace_id, name, role)
        session = await people.follow(desk, link)
        cookies = {csrf.SESSION_COOKIE: session}
        clients.append(httpx.AsyncClient(base_url=server, cookies=cookies, trust_env=False))
        return Visitor(clients[-1], session)

    yield enter
    for client in clients:
        await client.aclose()
