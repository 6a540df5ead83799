"""The product's public API, as the demo's customer and teammate call it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx

Json = dict[str, Any]

_SECONDS = 60.0
_WAIT = 30
"""For how long the server may take to answer a message before it says "processing"."""


class Customer:
    """Somebody who asks through a channel."""

    def __init__(self, http: httpx.AsyncClient, name: str) -> None:
        self._http = http
        self._name = name

    async def ask(self, text: str, *, page: str | None = None) -> Json:
        """`page` is the title of the page that the question is asked from."""
        # Somebody new each time: who comes back with a question was not helped by its answer.
        contact = {"ids": [f"demo:{uuid4()}"], "name": self._name}
        message = {"channel": "api", "contact": contact, "text": text, "wait": _WAIT}
        message |= {"context": {"page_title": page}} if page else {}
        return _json(await self._http.post("/v1/messages", json=message))


class Teammate:
    """Somebody of the company, with all that a teammate's key opens."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def add_document(self, name: str, content: bytes) -> Json:
        """Markdown; `name` makes it the same document the next time."""
        file = (name, content, "text/markdown")
        return _json(await self._http.post("/v1/brain/documents", files={"file": file}))

    async def document(self, document_id: str) -> Json:
        return _json(await self._http.get(f"/v1/brain/documents/{document_id}"))

    def documents(self) -> AsyncIterator[Json]:
        return self._all("/v1/brain/documents")

    def resolutions(self) -> AsyncIterator[Json]:
        return self._all("/v1/resolutions")

    def escalations(self) -> AsyncIterator[Json]:
        return self._all("/v1/escalations?status=waiting")

    async def explanation(self, turn_id: str) -> Json:
        return _json(await self._http.get(f"/v1/turns/{turn_id}"))

    async def answer(self, escalation_id: str, text: str) -> Json:
        return await self._resolve(escalation_id, {"action": "answer", "text": text})

    async def dismiss(self, escalation_id: str) -> None:
        await self._resolve(escalation_id, {"action": "dismiss"})

    async def delete_resolution(self, resolution_id: str) -> None:
        response = await self._http.delete(f"/v1/resolutions/{resolution_id}")
        response.raise_for_status()

    async def _resolve(self, escalation_id: str, decision: Json) -> Json:
        path = f"/v1/escalations/{escalation_id}/resolve"
        return _json(await self._http.post(path, json=decision))

    async def _all(self, path: str) -> AsyncIterator[Json]:
        cursor: str | None = None
        while True:
            params = {"limit": 100} | ({"cursor": cursor} if cursor else {})
            page = _json(await self._http.get(httpx.URL(path).copy_merge_params(params)))
            for item in page["items"]:
                yield item
            cursor = page["next_cursor"]
            if cursor is None:
                return


@asynccontextmanager
async def connected(url: str, key: str) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {key}"}
    # The service is on this machine, so whatever proxy is set is not for it.
    async with httpx.AsyncClient(
        base_url=url, headers=headers, timeout=_SECONDS, trust_env=False
    ) as client:
        yield client


def _json(response: httpx.Response) -> Json:
    response.raise_for_status()
    return dict(response.json())
