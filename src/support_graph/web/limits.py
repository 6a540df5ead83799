"""Bounds what a request may bring, and sets the headers that every answer carries."""

import asyncio
import contextlib
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from support_graph.web.problems import ProblemResponse

_CLOSE: Final = {"Connection": "close"}
_DISCARDED_TIMES: Final = 4
_DISCARDING_SECONDS: Final = 10.0


class BodyLimit:
    """ASGI middleware: 413 for a body that says it is too large, or turns out to be."""

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._detail = f"A request's body may have at most {max_bytes:,} bytes."

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared[:20]) > self._max_bytes:
            await self._discard(receive)
            await ProblemResponse("too_large", self._detail, headers=_CLOSE)(scope, receive, send)
            return
        read = 0

        async def counting() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._max_bytes:
                await self._discard(receive)
                raise HTTPException(413, self._detail, headers=_CLOSE)
            return message

        await self._app(scope, counting, send)

    async def _discard(self, receive: Receive) -> None:
        """Lets the client finish, within bounds: closed upon while it sends, it would see a
        broken connection and never the refusal."""
        left = _DISCARDED_TIMES * self._max_bytes
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_DISCARDING_SECONDS):
                while left > 0:
                    message = await receive()
                    left -= len(message.get("body", b""))
                    if not message.get("more_body", False):
                        return


class SafeHeaders:
    """ASGI middleware: nothing is guessed by a browser, and nothing is kept unless said so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "no-referrer")
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, with_headers)
