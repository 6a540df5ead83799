"""`evaluate`: how well your own messages would have been answered, on labelled ones."""

# ruff: noqa: PLC0415 - the desk takes seconds to import, so each command imports its own part

from pathlib import Path
from typing import Annotated

import typer

from support_graph.cli import console
from support_graph.cli.commands.options import AsJson
from support_graph.cli.cores import MOST, useful_processes
from support_graph.cli.running import run

_INTERRUPTED = 130
"""As shells have it: a part must not pass for the whole."""


def evaluate(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Labelled messages: .jsonl or .csv.")
    ],
    *,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="The first N messages only.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="HTML", help="Write a report there, too.")
    ] = None,
    work: Annotated[
        Path | None,
        typer.Option("--work", metavar="FOLDER", help="Work there, keep it, and go on from it."),
    ] = None,
    noticed: Annotated[
        float,
        typer.Option("--noticed", min=0, max=1, help="Share of wrong answers complained about."),
    ] = 0.2,
    seed: Annotated[int, typer.Option("--seed", help="For what is left to chance.")] = 0,
    processes: Annotated[
        int | None,
        typer.Option(
            "--processes",
            min=1,
            max=MOST,
            metavar="N",
            help="1: do all in this one; else N - 1 work for it. Unset: as the cores allow.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Replay labelled messages through a throw-away installation, and measure.

    Columns: text; answer (the right one's text) and/or intent (its name); if you have them, context
    (a JSON object), time, and replaces (the intent or answer that was right before, where it has
    changed). Your own data is not touched.
    """
    with console.importing():
        from support_graph.cli import evaluating
    asked = evaluating.Asked(
        file=file,
        limit=limit,
        report=report,
        work=work,
        noticed=noticed,
        seed=seed,
        processes=processes or useful_processes(),
        as_json=as_json,
    )
    if not run(evaluating.evaluate(asked)):
        raise typer.Exit(_INTERRUPTED)
