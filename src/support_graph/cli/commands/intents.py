"""`intents …`: what customers want, how far the assistant may go there, and finding new ones."""

# ruff: noqa: PLC0415 - the desk takes seconds to import, so each command imports its own part

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from support_graph.cli import console
from support_graph.cli.commands.options import AsJson, Workspace
from support_graph.cli.failures import CommandFailed
from support_graph.domain.workspaces import Mode

app = typer.Typer(
    help="What customers want: list, rename, merge, split, set, induce.", no_args_is_help=True
)

Typed = Annotated[str, typer.Argument(metavar="INTENT", help="Its name, or its id's end.")]
NewName = Annotated[str, typer.Argument(metavar="NAME", help="The new name.")]
Note = Annotated[str | None, typer.Option("--note", help="Why, for the log.")]


@app.command("list")
def list_all(*, workspace: Workspace = "default", as_json: AsJson = False) -> None:
    """List them by name, with what became of their messages."""
    with console.importing():
        from support_graph.cli import intents
    asyncio.run(intents.list_all(workspace, as_json=as_json))


@app.command("show")
def show(intent: Typed, *, workspace: Workspace = "default", as_json: AsJson = False) -> None:
    """Show one with its examples, what was merged into it, and its log."""
    with console.importing():
        from support_graph.cli import intents
    asyncio.run(intents.show(workspace, intent, as_json=as_json))


@app.command("rename")
def rename(
    intent: Typed,
    name: NewName,
    *,
    workspace: Workspace = "default",
    note: Note = None,
    as_json: AsJson = False,
) -> None:
    """Give one another name; its history keeps up."""
    with console.importing():
        from support_graph.cli import intents
    asyncio.run(intents.change(workspace, intent, {"name": name}, note=note, as_json=as_json))


@app.command("merge")
def merge(
    intent: Typed,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The one that it becomes part of.")],
    *,
    workspace: Workspace = "default",
    undo: Annotated[bool, typer.Option("--undo", help="Take INTENT out of INTO again.")] = False,
    note: Note = None,
    as_json: AsJson = False,
) -> None:
    """Make one a part of another; `--undo` takes it out again."""
    with console.importing():
        from support_graph.cli import intents
    asyncio.run(intents.merge(workspace, intent, into, undo=undo, note=note, as_json=as_json))


@app.command("split")
def split(
    intent: Typed,
    name: NewName,
    resolution: Annotated[
        list[str], typer.Argument(metavar="RESOLUTION…", help="Ids, or the ids' ends.")
    ],
    *,
    workspace: Workspace = "default",
    note: Note = None,
    as_json: AsJson = False,
) -> None:
    """Give some of its resolutions, with their turns, an intent of their own."""
    with console.importing():
        from support_graph.cli import intents
    asyncio.run(intents.split(workspace, intent, name, resolution, note=note, as_json=as_json))


@app.command("set")
def set_one(
    intent: Typed,
    *,
    workspace: Workspace = "default",
    mode: Annotated[
        Mode | None, typer.Option("--mode", help="How far the assistant may go.")
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(
            "--target", metavar="SHARE", help="Share of right answers, .5 to 1; or `workspace`."
        ),
    ] = None,
    description: Annotated[
        str | None, typer.Option("--description", help="What it is about.")
    ] = None,
    note: Note = None,
    as_json: AsJson = False,
) -> None:
    """Set its mode, target precision or description."""
    values: dict[str, Any] = {}
    if mode is not None:
        values["mode"] = mode
    if target is not None:
        values["target_precision"] = _target(target)
    if description is not None:
        values["description"] = description
    if not values:
        raise CommandFailed("Say what to set; `intents set --help` lists what can be.")
    with console.importing():
        from support_graph.cli import intents
    asyncio.run(intents.change(workspace, intent, values, note=note, as_json=as_json))


@app.command("induce")
def induce(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Messages or conversations: .jsonl or .csv.")
    ],
    *,
    workspace: Workspace = "default",
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="JSONL", help="Write the proposals there, to be edited."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Propose intents for past messages; nothing is kept until `intents accept`.

    A row has a text; or, in JSON lines, customer_turns with a text each.
    """
    with console.importing():
        from support_graph.cli import inducing
    asyncio.run(inducing.induce(workspace, file, out=out, as_json=as_json))


@app.command("accept")
def accept(
    file: Annotated[
        Path, typer.Argument(metavar="JSONL", help="Proposals, as `induce --out` writes them.")
    ],
    *,
    workspace: Workspace = "default",
    as_json: AsJson = False,
) -> None:
    """Create the intents of a file of proposals: all of them, or none."""
    with console.importing():
        from support_graph.cli import inducing
    asyncio.run(inducing.accept(workspace, file, as_json=as_json))


def _target(typed: str) -> float | None:
    if typed == "workspace":
        return None
    try:
        share = float(typed)
    except ValueError:
        share = 0.0
    if not 0.5 <= share < 1:  # noqa: PLR2004 - as the API has it
        raise CommandFailed("--target is a share from .5 to below 1, or `workspace`.")
    return share
