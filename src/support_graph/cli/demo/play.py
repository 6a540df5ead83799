"""Starts the service, plays the story against it, and stays up."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import httpx

from support_graph import bootstrap
from support_graph.cli import console, logs
from support_graph.cli.demo import scene, stage
from support_graph.cli.demo.api import Customer, Teammate, connected
from support_graph.cli.demo.scene import Keys
from support_graph.cli.demo.steps import Play
from support_graph.cli.demo.story import STORY
from support_graph.cli.failures import CommandFailed
from support_graph.cli.listening import bound
from support_graph.cli.serving import Service, running
from support_graph.cli.stopping import until_signal
from support_graph.settings import Settings
from support_graph.store.engines import DataFolder


async def demo(*, data: Path | None, port: int | None, once: bool) -> bool:
    """Whether the story went as told, as far as anybody waited for its end."""
    settings = Settings()
    settings = settings.model_copy(
        update={
            "data": data or settings.data,
            "host": "127.0.0.1",
            "port": _free_port(settings) if port is None else port,
            "workers": settings.workers or 1,
            "database_url": None,
            "chroma_url": None,
        }
    )
    logs.to_file(DataFolder(settings.data).run / "demo.log")
    return await until_signal(_demo(settings, once=once)) is not False


def _free_port(settings: Settings) -> int:
    """The usual port, or 0, for any, when somebody has that."""
    try:
        with bound("127.0.0.1", settings.port):
            return settings.port
    except CommandFailed:
        return 0


async def _demo(settings: Settings, *, once: bool) -> bool:
    async with AsyncExitStack() as stack:
        told = f"Postgres and Chroma run in {settings.data}"
        with stage.timed(told), console.waiting("Starting the engines"):
            serving = running(settings, purpose="demo")
            service = await stack.enter_async_context(serving)
        keys = await stack.enter_async_context(scene.demo_keys(service.desk, STORY))
        as_told = await service.parts.alive_during(_story(service, keys))
        _sum_up(as_told)
        if not once:
            _point_on(service, keys, settings, await scene.seat(service.desk, STORY))
            await service.parts.alive_during(asyncio.Event().wait())
        return as_told


async def _story(service: Service, keys: Keys) -> bool:
    """Whether everything went as told; a request that fails ends the story, and is said."""
    try:
        async with (
            connected(service.url, keys.customer) as customer,
            connected(service.url, keys.teammate) as teammate,
        ):
            return await _played(Customer(customer, STORY.customer), Teammate(teammate))
    except httpx.HTTPStatusError as error:
        answered = f"{error.request.url.path} answered {error.response.status_code}"
        stage.failed(f"Not as told: {answered}.")
    except httpx.TransportError as error:
        stage.failed(f"Not as told: the service doesn't answer ({type(error).__name__}).")
    return False


async def _played(customer: Customer, teammate: Teammate) -> bool:
    await _fill_brain(teammate)
    if await scene.tidy_up(teammate, STORY):
        stage.line("  An earlier demo was broken off; what it left is removed.", "dim")
    return await Play(STORY, customer, teammate).all()


async def _fill_brain(teammate: Teammate) -> None:
    with stage.timed("The Brain is filled"):
        brain = await scene.read_documents(teammate, bootstrap.shipped_documents())
    told = f"  {brain.documents} documents of this project, {brain.passages} passages"
    stage.line(f"{told}; {brain.known} were known from before" if brain.known else told, "dim")
    for problem in brain.unread:
        stage.failed(f"Not read: {problem}")


def _sum_up(as_told: bool) -> None:
    stage.line()
    if as_told:
        stage.line("All of that was live, over the public API.", "bold")
    else:
        stage.line("Not all of that went as told; the lines marked ✗ say where.", "bold red")


def _point_on(service: Service, keys: Keys, settings: Settings, seat: str) -> None:
    elsewhere = settings.data.resolve() != Settings().data.resolve()
    prefix = f"SUPPORT_GRAPH_DATA={settings.data.resolve()} " if elsewhere else ""
    stage.line()
    stage.line("It goes on running:")
    for name, value in (
        ("The dashboard", f"{service.url}/welcome/{seat}"),
        ("API, to try out", f"{service.url}/docs"),
        ("A teammate's key", f"{keys.teammate} (until the demo ends)"),
        ("In a second terminal", f'{prefix}support-graph ask "…" --workspace {scene.WORKSPACE}'),
        ("", f"{prefix}support-graph inbox --workspace {scene.WORKSPACE}"),
        ("In LangGraph Studio", f"{prefix}langgraph dev"),
        ("The log", str(DataFolder(settings.data).run / "demo.log")),
    ):
        console.say(f"  {name:<22}{value}")
    stage.line("Ctrl-C stops it; the data stays, and the next demo finds it.")
