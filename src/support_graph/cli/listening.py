"""The HTTP side of a server: a port of its own, and requests answered until it is cancelled."""

import asyncio
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from support_graph.cli.failures import CommandFailed

_DRAIN_SECONDS = 3
"""Event streams never end by themselves, so waiting longer gains nothing."""
_BACKLOG = 2048


def bound(host: str, port: int) -> socket.socket:
    """A listening socket, so that the port is ours before anything slow begins.

    Whoever connects early waits instead of being refused. Raises CommandFailed.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named, because asyncio spares only sockets that say they are TCP the 40 ms of Nagle and
    # delayed acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        reason = (error.strerror or str(error)).lower()
        raise CommandFailed(
            f"Can't listen on {host}:{port}: {reason}; choose another port, or host."
        ) from error
    return listener


def url_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """Signals are the whole process's business, not uvicorn's."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def answer_requests(app: FastAPI, listener: socket.socket) -> None:
    """Until cancelled; then no request is taken any more, and open ones have three seconds."""
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            # Addresses may hold customers' words.
            access_log=logging.getLogger().isEnabledFor(logging.DEBUG),
            timeout_graceful_shutdown=_DRAIN_SECONDS,
        )
    )
    serving = asyncio.create_task(_served(server, listener))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise


async def _served(server: uvicorn.Server, listener: socket.socket) -> None:
    try:
        await server.serve(sockets=[listener])
    except SystemExit as error:  # how uvicorn says that the application doesn't start
        raise CommandFailed("The web application doesn't start; the log says why.") from error
