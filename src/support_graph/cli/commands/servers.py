"""`serve`, `worker`, `migrate` and `doctor`: for whoever runs the installation."""

# ruff: noqa: PLC0415 - the desk takes seconds to import, so each command imports its own part

import asyncio
from typing import Annotated

import typer

from support_graph.cli import console
from support_graph.cli.commands.options import AsJson
from support_graph.cli.running import run

Workers = Annotated[
    int | None,
    typer.Option("--workers", min=0, max=256, help="Jobs at a time; else SUPPORT_GRAPH_WORKERS."),
]


def serve(
    *,
    host: Annotated[
        str | None, typer.Option("--host", help="Else SUPPORT_GRAPH_HOST, or 127.0.0.1.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help="Else SUPPORT_GRAPH_PORT; 0: any free one."),
    ] = None,
    workers: Workers = None,
) -> None:
    """Serve the API, and run the jobs."""
    with console.importing():
        from support_graph.cli import serving
    run(serving.serve(host=host, port=port, workers=workers))


def worker(*, workers: Workers = None) -> None:
    """Run the jobs only, beside one or more `serve`."""
    with console.importing():
        from support_graph.cli import serving
    run(serving.only_work(workers=workers))


def migrate() -> None:
    """Bring the database up to date."""
    with console.importing():
        from support_graph import bootstrap
        from support_graph.settings import Settings
    with console.waiting("Migrating"):
        asyncio.run(bootstrap.migrate(Settings()))
    console.say("The database is up to date.", "green")


def doctor(*, as_json: AsJson = False) -> None:
    """Check everything that has to work, and say what to do where it doesn't."""
    with console.importing():
        from support_graph.cli import doctor as work
    if not asyncio.run(work.examine(as_json=as_json)):
        raise typer.Exit(1)
