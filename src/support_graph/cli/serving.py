"""A running service: HTTP, jobs and upkeep in one process, until a signal or a failure."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

from support_graph import bootstrap
from support_graph.cli import console, logs
from support_graph.cli.failures import CommandFailed
from support_graph.cli.listening import answer_requests, bound, url_of
from support_graph.cli.running import keep
from support_graph.cli.session import DEFAULT_WORKSPACE, find_workspace, opened
from support_graph.cli.stopping import Parts, until_signal
from support_graph.cli.working import keep_working
from support_graph.desk import people
from support_graph.desk.parts import Desk
from support_graph.desk.upkeep import keep_up
from support_graph.domain.workspaces import Role
from support_graph.settings import Settings
from support_graph.store.engines import DataFolder, EmbeddedPostgres
from support_graph.web.app import create_app

_LOOK_SECONDS = 2.0
_WARM_UP_SECONDS = 10.0
_WARM_WORKSPACES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A desk that is served at `url` for as long as all `parts` live."""

    desk: Desk
    url: str
    parts: Parts


async def serve(*, host: str | None, port: int | None, workers: int | None) -> None:
    settings = _with(Settings(), host=host, port=port, workers=workers)
    _log_to_terminal(settings)
    await until_signal(_serve(settings))


async def only_work(*, workers: int | None) -> None:
    settings = _with(Settings(), workers=workers)
    if settings.workers == 0:
        raise CommandFailed("A worker needs to run at least one job at a time.")
    _log_to_terminal(settings)
    await until_signal(_work(settings))


def _with(settings: Settings, **typed: object) -> Settings:
    """What was typed goes before what is set."""
    return settings.model_copy(update={n: v for n, v in typed.items() if v is not None})


def _log_to_terminal(settings: Settings) -> None:
    try:
        logs.to_terminal(settings.log_level)
    except ValueError as error:
        raise CommandFailed(f"SUPPORT_GRAPH_LOG_LEVEL: {error}.") from error


async def _serve(settings: Settings) -> None:
    async with AsyncExitStack() as stack:
        with console.waiting():
            serving = running(settings, purpose="serve")
            service = await stack.enter_async_context(serving)
        console.say(f"Serving on {service.url} (API docs at {service.url}/docs)")
        await _tell_how_to_begin(service, settings)
        await service.parts.alive_during(asyncio.Event().wait())


async def _work(settings: Settings) -> None:
    async with opened(settings) as desk, AsyncExitStack() as stack:
        parts = Parts()
        stack.push_async_callback(parts.end)
        _start_engines(parts, settings)
        await _warm_up(desk)
        _start_work(parts, desk, settings.workers)
        console.say(f"Working, on up to {settings.workers} jobs at a time")
        await parts.alive_during(asyncio.Event().wait())


@asynccontextmanager
async def running(settings: Settings, *, purpose: str) -> AsyncIterator[Service]:
    """Raises DataFolderInUse, or CommandFailed when the port is taken, before anything starts."""
    async with AsyncExitStack() as stack:
        if settings.database_url is None:
            stack.enter_context(DataFolder(settings.data).hold(purpose))
        listener = stack.enter_context(bound(settings.host, settings.port))
        desk = await stack.enter_async_context(bootstrap.desk(settings))
        await _warm_up(desk)
        keep()
        parts = Parts()
        stack.push_async_callback(parts.end)
        _start_engines(parts, settings)
        _start_http(parts, desk, settings, listener)
        if settings.workers:
            _start_work(parts, desk, settings.workers)
        yield Service(desk=desk, url=url_of(listener), parts=parts)


async def _warm_up(desk: Desk) -> None:
    """Does what the first customer would have to wait for, as far as there is time: loads the
    model, starts Chroma, and reads what the busiest workspaces have learned."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_WARM_UP_SECONDS):
            await asyncio.gather(desk.embedder.embed(["hello"]), desk.vectors.alive())
            async with desk.stores.across() as workspaces:
                busiest = await workspaces.busiest(_WARM_WORKSPACES)
            for workspace_id in busiest:
                async with desk.stores.within(workspace_id).begin() as tx:
                    await desk.tools.recall.warm_up(tx)


def _start_engines(parts: Parts, settings: Settings) -> None:
    if settings.database_url is None:
        parts.start("embedded Postgres", _keep_running(EmbeddedPostgres(DataFolder(settings.data))))


async def _keep_running(postgres: EmbeddedPostgres) -> None:
    """Starts it again when it was killed; the connections that wait meanwhile never notice."""
    try:
        while True:
            await postgres.start()
            await asyncio.sleep(_LOOK_SECONDS)
    finally:
        await postgres.stop()


def _start_http(parts: Parts, desk: Desk, settings: Settings, listener: socket.socket) -> None:
    app = create_app(desk, max_body_bytes=settings.max_body_bytes)
    parts.start("HTTP server", answer_requests(app, listener))


def _start_work(parts: Parts, desk: Desk, concurrency: int) -> None:
    parts.start("worker", keep_working(desk, concurrency=concurrency))
    parts.start("upkeep", keep_up(desk))


async def _tell_how_to_begin(service: Service, settings: Settings) -> None:
    """The first start says how to get in: by a link that makes the first admin, once."""
    embedded = settings.database_url is None
    async with service.desk.stores.across() as workspaces:
        if await workspaces.anybody_signs_in():
            return
        known = await workspaces.all()
    if not known and not embedded:
        return
    workspace = (
        await find_workspace(service.desk, DEFAULT_WORKSPACE, embedded=True)
        if embedded
        else known[0]
    )
    secret = await people.invite(
        service.desk, workspace.id, role=Role.ADMIN, by="the first start of the service"
    )
    console.say("A key to begin with: support-graph keys create --role teammate")
    console.say(f"To make yourself the first admin, open {service.url}/welcome/{secret}")
