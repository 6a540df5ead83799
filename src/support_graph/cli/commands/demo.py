"""`demo`: the whole loop, live, in one command."""

# ruff: noqa: PLC0415 - the first words come before the desk is imported, which takes seconds

from pathlib import Path
from typing import Annotated

import typer

from support_graph.cli import console
from support_graph.cli.running import run


def demo(
    *,
    data: Annotated[
        Path | None, typer.Option("--data", help="Else SUPPORT_GRAPH_DATA, or ./.support-graph.")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="Else the usual or a free one.")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Stop when the story is over.")] = False,
) -> None:
    """Play the story of one answer: asked, escalated, answered, learned, explained, undone."""
    console.say("support-graph demo", "bold")
    console.say("Everything runs on this machine: no key, no account, no network.")
    with console.importing():
        from support_graph.cli.demo import play
    if not run(play.demo(data=data, port=port, once=once)):
        raise typer.Exit(1)
