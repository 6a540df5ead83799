"""`resolutions …`: what was learned, and how to change it."""

# ruff: noqa: PLC0415 - the desk takes seconds to import, so each command imports its own part

import asyncio
from typing import Annotated

import typer

from support_graph.cli import console
from support_graph.cli.commands.options import AsJson, Limit, Workspace
from support_graph.cli.failures import CommandFailed
from support_graph.domain.resolutions import ResolutionStatus

app = typer.Typer(help="What was learned: look at it, change it, undo it.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="RESOLUTION", help="Its id, or the id's end.")]
Note = Annotated[str | None, typer.Option("--note", help="Why, for the log.")]


@app.command("list")
def list_all(
    *,
    workspace: Workspace = "default",
    status: Annotated[
        ResolutionStatus | None,
        typer.Option("--status", help="Only these; else all but deleted ones."),
    ] = None,
    intent: Annotated[str | None, typer.Option("--intent", help="Only of this intent.")] = None,
    pinned: Annotated[
        bool | None, typer.Option("--pinned/--not-pinned", help="Only (not) pinned ones.")
    ] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List them, newest first."""
    with console.importing():
        from support_graph.cli import resolutions
    asyncio.run(
        resolutions.list_all(
            workspace, status=status, intent=intent, pinned=pinned, limit=limit, as_json=as_json
        )
    )


@app.command("show")
def show(resolution: Id, *, workspace: Workspace = "default", as_json: AsJson = False) -> None:
    """Show one with its phrasings and its whole log."""
    with console.importing():
        from support_graph.cli import resolutions
    asyncio.run(resolutions.show(workspace, resolution, as_json=as_json))


@app.command("edit")
def edit(
    resolution: Id,
    *,
    workspace: Workspace = "default",
    answer: Annotated[str | None, typer.Option("--answer", help="The new answer.")] = None,
    phrasing: Annotated[
        list[str] | None, typer.Option("--phrasing", help="Exactly these phrasings (repeat it).")
    ] = None,
    add_phrasing: Annotated[
        list[str] | None, typer.Option("--add-phrasing", help="One more phrasing (repeat it).")
    ] = None,
    intent: Annotated[str | None, typer.Option("--intent", help="The new intent.")] = None,
    status: Annotated[
        ResolutionStatus | None, typer.Option("--status", help="The new status.")
    ] = None,
    note: Note = None,
    as_json: AsJson = False,
) -> None:
    """Change one; the change is in force at the next message."""
    if not any((answer, phrasing, add_phrasing, intent, status)):
        raise CommandFailed("Say what to change; `resolutions edit --help` lists what can be.")
    if status is ResolutionStatus.DELETED:
        raise CommandFailed("`support-graph resolutions delete` deletes one.")
    if phrasing and add_phrasing:
        raise CommandFailed("Choose one of --phrasing and --add-phrasing.")
    with console.importing():
        from support_graph.cli import resolutions
    work = resolutions.edit(
        workspace,
        resolution,
        answer=answer,
        phrasings=phrasing or None,
        added=add_phrasing or [],
        intent=intent,
        status=status,
        note=note,
        as_json=as_json,
    )
    asyncio.run(work)


@app.command("pin")
def pin(
    resolution: Id,
    *,
    workspace: Workspace = "default",
    off: Annotated[bool, typer.Option("--off", help="Unpin it.")] = False,
    note: Note = None,
    as_json: AsJson = False,
) -> None:
    """Pin one: where it may apply, no document answers instead."""
    with console.importing():
        from support_graph.cli import resolutions
    work = resolutions.pin(workspace, resolution, pinned=not off, note=note, as_json=as_json)
    asyncio.run(work)


@app.command("delete")
def delete(
    resolution: Id,
    *,
    workspace: Workspace = "default",
    note: Note = None,
    as_json: AsJson = False,
) -> None:
    """Delete one: it is not used from this moment on, and can be restored."""
    with console.importing():
        from support_graph.cli import resolutions
    asyncio.run(resolutions.delete(workspace, resolution, note=note, as_json=as_json))


@app.command("merge")
def merge(
    resolution: Id,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The one that keeps its answer.")],
    *,
    workspace: Workspace = "default",
    note: Note = None,
    as_json: AsJson = False,
) -> None:
    """Give one's phrasings to another, and delete it; `unmerge` undoes it."""
    with console.importing():
        from support_graph.cli import resolutions
    asyncio.run(resolutions.merge(workspace, resolution, into, note=note, as_json=as_json))


@app.command("unmerge")
def unmerge(
    resolution: Id,
    *,
    workspace: Workspace = "default",
    note: Note = None,
    as_json: AsJson = False,
) -> None:
    """Undo its last merge into another one; what was changed since stays, and is named."""
    with console.importing():
        from support_graph.cli import resolutions
    asyncio.run(resolutions.unmerge(workspace, resolution, note=note, as_json=as_json))


@app.command("restore")
def restore(
    resolution: Id,
    *,
    workspace: Workspace = "default",
    revision: Annotated[
        int | None, typer.Option("--revision", min=1, help="Else the last before the newest.")
    ] = None,
    note: Note = None,
    as_json: AsJson = False,
) -> None:
    """Make an earlier revision the newest one."""
    with console.importing():
        from support_graph.cli import resolutions
    asyncio.run(resolutions.restore(workspace, resolution, revision, note=note, as_json=as_json))
