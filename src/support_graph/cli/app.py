"""All commands, and the one place where their failures are told."""

import sys
from importlib.metadata import PackageNotFoundError, version
from io import TextIOWrapper
from typing import Annotated

import typer

from support_graph.cli import failures, logs
from support_graph.cli.commands import (
    demo,
    documents,
    evaluate,
    index,
    intents,
    keys,
    members,
    messages,
    proposals,
    resolutions,
    servers,
    stats,
    workspaces,
)

app = typer.Typer(
    name="support-graph",
    help="A customer-support assistant that learns from its own people.",
    pretty_exceptions_enable=False,
)

app.command("demo")(demo.demo)
app.command("serve")(servers.serve)
app.command("worker")(servers.worker)
app.command("migrate")(servers.migrate)
app.command("doctor")(servers.doctor)
app.command("evaluate")(evaluate.evaluate)
app.command("ingest")(documents.ingest)
app.command("ask")(messages.ask)
app.command("inbox")(messages.inbox)
app.command("answer")(messages.answer)
app.command("stats")(stats.stats)
app.add_typer(resolutions.app, name="resolutions")
app.add_typer(documents.app, name="documents")
app.add_typer(intents.app, name="intents")
app.add_typer(proposals.app, name="proposals")
app.add_typer(keys.app, name="keys")
app.add_typer(members.app, name="members")
app.add_typer(workspaces.app, name="workspaces")
app.add_typer(index.app, name="index")


def _version(wanted: bool) -> None:
    if not wanted:
        return
    try:
        typer.echo(f"support-graph {version('support-graph')}")
    except PackageNotFoundError:
        typer.echo("support-graph, from a checkout that is not installed")
    raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    *,
    debug: Annotated[
        bool, typer.Option("--debug", help="Log everything, and show tracebacks.")
    ] = False,
    _show_version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    if debug:
        logs.to_terminal("DEBUG")
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main() -> None:
    """Runs the command that was typed and exits with its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal may lack ✓, which is no failure
            stream.reconfigure(errors="replace")
    try:
        code = app(prog_name="support-graph", standalone_mode=False)
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        code = failures.tell(error)
    sys.exit(code if isinstance(code, int) else 0)
