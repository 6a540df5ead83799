"""`members …`: the people who sign in to the dashboard."""

# ruff: noqa: PLC0415 - the desk takes seconds to import, so each command imports its own part

import asyncio
from typing import Annotated

import typer

from support_graph.cli import console
from support_graph.cli.commands.options import AsJson, Workspace
from support_graph.domain.workspaces import Role

app = typer.Typer(help="People who sign in to the dashboard.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `invite` a command of its own while it is the only one."""


@app.command("invite")
def invite(
    *,
    role: Annotated[Role, typer.Option("--role", help="teammate or admin.")] = Role.TEAMMATE,
    member: Annotated[
        str | None,
        typer.Option("--member", help="A known teammate, such as one who is locked out."),
    ] = None,
    workspace: Workspace = "default",
    as_json: AsJson = False,
) -> None:
    """Print a one-time link that lets somebody in."""
    with console.importing():
        from support_graph.cli import members
    asyncio.run(members.invite(workspace, role, member=member, as_json=as_json))
