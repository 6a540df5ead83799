"""`keys …`: what programs and browsers identify themselves with."""

# ruff: noqa: PLC0415 - the desk takes seconds to import, so each command imports its own part

import asyncio
from typing import Annotated

import typer

from support_graph.cli import console
from support_graph.cli.commands.options import AsJson, Workspace
from support_graph.domain.workspaces import Role

app = typer.Typer(help="API keys of a workspace.", no_args_is_help=True)


@app.command("create")
def create(
    *,
    role: Annotated[Role, typer.Option("--role", help="What it may do.")],
    workspace: Workspace = "default",
    name: Annotated[str, typer.Option("--name", help="What it is for, to tell keys apart.")] = "",
    member: Annotated[
        str | None,
        typer.Option(
            "--member", help="The teammate it speaks for; customers see this name on answers."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key. It is shown once, now."""
    with console.importing():
        from support_graph.cli import keys
    work = keys.create(workspace, role, name=name, member=member, as_json=as_json)
    asyncio.run(work)


@app.command("list")
def list_all(*, workspace: Workspace = "default", as_json: AsJson = False) -> None:
    """List the keys, without their secrets."""
    with console.importing():
        from support_graph.cli import keys
    asyncio.run(keys.list_all(workspace, as_json=as_json))


@app.command("revoke")
def revoke(
    key: Annotated[str, typer.Argument(help="Its id, or the id's end.")],
    *,
    workspace: Workspace = "default",
) -> None:
    """Revoke a key: from now on it opens nothing."""
    with console.importing():
        from support_graph.cli import keys
    asyncio.run(keys.revoke(workspace, key))
