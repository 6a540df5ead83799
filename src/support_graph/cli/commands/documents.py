"""`ingest`: documents for the Brain."""

# ruff: noqa: PLC0415 - the desk takes seconds to import, so each command imports its own part

import asyncio
from typing import Annotated

import typer

from support_graph.cli import console
from support_graph.cli.commands.options import AsJson, Workspace
from support_graph.domain.documents import Visibility


def ingest(
    what: Annotated[
        list[str], typer.Argument(metavar="PATH|URL…", help="Files, folders and web pages.")
    ],
    *,
    workspace: Workspace = "default",
    visibility: Annotated[
        Visibility, typer.Option("--visibility", help="Internal ones are never shown to customers.")
    ] = Visibility.PUBLIC,
    wait: Annotated[
        float, typer.Option("--wait", min=1, metavar="SECONDS", help="At most, for each document.")
    ] = 300.0,
    as_json: AsJson = False,
) -> None:
    """Read documents into the Brain; reading them again replaces what changed."""
    with console.waiting():
        from support_graph.cli import ingesting
    work = ingesting.ingest(
        workspace,
        what,
        visibility=visibility,
        wait=wait,
        as_json=as_json,
    )
    if not asyncio.run(work):
        raise typer.Exit(1)
