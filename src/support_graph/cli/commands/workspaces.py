"""`workspaces …`: the tenants of this installation."""

# ruff: noqa: PLC0415 - the desk takes seconds to import, so each command imports its own part

import asyncio
from typing import Annotated

import typer

from support_graph.cli import console
from support_graph.cli.commands.options import AsJson
from support_graph.cli.failures import CommandFailed

app = typer.Typer(
    help="Workspaces: each has its own everything, and nothing crosses.", no_args_is_help=True
)


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Its name.")], *, as_json: AsJson = False
) -> None:
    """Make a workspace."""
    if not name.strip():
        raise CommandFailed("A workspace needs a name.")
    with console.importing():
        from support_graph.cli import workspaces
    asyncio.run(workspaces.create(name.strip(), as_json=as_json))


@app.command("list")
def list_all(*, as_json: AsJson = False) -> None:
    """List all workspaces."""
    with console.importing():
        from support_graph.cli import workspaces
    asyncio.run(workspaces.list_all(as_json=as_json))
