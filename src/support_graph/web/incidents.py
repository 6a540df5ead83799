"""The last catch: what nobody expected is logged under a number, and only the number is shown."""

import logging
from uuid import uuid4

import psycopg
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from support_graph.web.problems import ProblemResponse

log = logging.getLogger(__name__)

_DATABASE_AWAY = (psycopg.OperationalError, OperationalError, InterfaceError, PoolExhausted)


class Incidents:
    """ASGI middleware around everything that may fail."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as error:
            number = uuid4().hex
            log.exception("Incident %s: %s %s failed.", number, scope["method"], scope["path"])
            if begun:
                raise  # the status has been sent; the server can only cut the connection
            await _response(error, number)(scope, receive, send)


def _response(error: Exception, number: str) -> ProblemResponse:
    if isinstance(error, _DATABASE_AWAY):
        detail = "The database can't be asked right now; try again in a moment."
        return ProblemResponse("unavailable", detail, headers={"Retry-After": "2"}, incident=number)
    detail = f"Something went wrong here. Give this number to whoever runs the desk: {number}."
    return ProblemResponse("internal", detail, incident=number)
