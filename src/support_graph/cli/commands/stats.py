"""`stats`: how the assistant is doing."""

# ruff: noqa: PLC0415 - the desk takes seconds to import, so each command imports its own part

import asyncio
from typing import Annotated

import typer

from support_graph.cli import console
from support_graph.cli.commands.options import AsJson, Workspace


def stats(
    *,
    workspace: Workspace = "default",
    days: Annotated[
        int, typer.Option("--days", min=1, max=730, help="Of the last so many days.")
    ] = 30,
    as_json: AsJson = False,
) -> None:
    """Show rates, outcomes, measured precision and calibration."""
    with console.importing():
        from support_graph.cli import stats
    asyncio.run(stats.stats(workspace, days=days, as_json=as_json))
