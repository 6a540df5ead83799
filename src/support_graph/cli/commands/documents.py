"""`ingest` and `documents …`: what the Brain reads, and what was removed from it."""

# ruff: noqa: PLC0415 - the desk takes seconds to import, so each command imports its own part

import asyncio
from typing import Annotated

import typer

from support_graph.cli import console
from support_graph.cli.commands.options import AsJson, Limit, Workspace
from support_graph.domain.documents import Visibility

app = typer.Typer(help="The Brain's documents: list, remove, and bring back.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="DOCUMENT", help="Its id, or the id's end.")]


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
    with console.importing():
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


@app.command("list")
def list_all(
    *,
    workspace: Workspace = "default",
    removed: Annotated[
        bool, typer.Option("--removed", help="Those that were removed and can be restored.")
    ] = False,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List them, newest first."""
    with console.importing():
        from support_graph.cli import documents
    asyncio.run(documents.list_all(workspace, removed=removed, limit=limit, as_json=as_json))


@app.command("remove")
def remove(document: Id, *, workspace: Workspace = "default") -> None:
    """Remove one: nothing of it is found from this moment on."""
    with console.importing():
        from support_graph.cli import documents
    asyncio.run(documents.remove(workspace, document))


@app.command("restore")
def restore(document: Id, *, workspace: Workspace = "default", as_json: AsJson = False) -> None:
    """Bring a removed one back, as it was and with what quotes it."""
    with console.importing():
        from support_graph.cli import documents
    asyncio.run(documents.restore(workspace, document, as_json=as_json))


@app.command("forget")
def forget(document: Id, *, workspace: Workspace = "default") -> None:
    """Delete a removed one for good, now and not when it is due."""
    with console.importing():
        from support_graph.cli import documents
    asyncio.run(documents.forget(workspace, document))
