"""`index …`: the vector index, compared with Postgres and made again from it."""

# ruff: noqa: PLC0415 - the desk takes seconds to import, so each command imports its own part

import asyncio
from typing import Annotated

import typer

from support_graph.cli import console
from support_graph.cli.commands.options import AsJson, Workspace

app = typer.Typer(help="The vector index: check it, make it again.", no_args_is_help=True)

Everywhere = Annotated[bool, typer.Option("--all", help="In every workspace.")]


@app.command("verify")
def verify(
    *, workspace: Workspace = "default", everywhere: Everywhere = False, as_json: AsJson = False
) -> None:
    """Compare the index with Postgres; fails when they differ."""
    with console.importing():
        from support_graph.cli import index
    name = None if everywhere else workspace
    if not asyncio.run(index.verify(name, as_json=as_json)):
        raise typer.Exit(1)


@app.command("rebuild")
def rebuild(
    *, workspace: Workspace = "default", everywhere: Everywhere = False, as_json: AsJson = False
) -> None:
    """Write the index again from Postgres; no model is needed."""
    with console.importing():
        from support_graph.cli import index
    asyncio.run(index.rebuild(None if everywhere else workspace, as_json=as_json))
