"""A teammate who looks at pages as a browser without scripts does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from support_graph.desk.parts import Desk
from support_graph.web.pages import csrf
from tests.web.conftest import Company, session_of


class Reader:
    def __init__(self, client: httpx.AsyncClient, session: str) -> None:
        self._client = client
        self._token = csrf.token(session)

    async def reads(self, path: str, **options: Any) -> str:
        """The page, which must be there."""
        response = await self._client.get(path, follow_redirects=True, **options)
        assert response.status_code == 200, response.text
        return response.text

    async def posts(self, path: str, data: Any = None, **options: Any) -> httpx.Response:
        """Sends a form of ours; what it leads to is not followed."""
        form = {"csrf": self._token, **(data or {})}
        return await self._client.post(path, data=form, **options)

    async def sends(self, path: str, data: Any = None, **options: Any) -> str:
        """The page that a form leads to."""
        response = await self.posts(path, data, follow_redirects=True, **options)
        assert response.status_code == 200, response.text
        return response.text

    async def status(self, path: str) -> int:
        return (await self._client.get(path)).status_code


@asynccontextmanager
async def reader(desk: Desk, server: str, company: Company) -> AsyncIterator[Reader]:
    session = await session_of(desk, company.workspace_id, "Tina")
    cookies = {csrf.SESSION_COOKIE: session}
    async with httpx.AsyncClient(
        base_url=server, cookies=cookies, trust_env=False, timeout=120
    ) as client:
        yield Reader(client, session)
