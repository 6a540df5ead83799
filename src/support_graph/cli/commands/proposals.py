"""`proposals …`: what the desk would change in what was learned, and a teammate's yes or no."""

# ruff: noqa: PLC0415 - the desk takes seconds to import, so each command imports its own part

import asyncio
from typing import Annotated

import typer

from support_graph.cli import console
from support_graph.cli.commands.options import AsJson, Limit, Workspace
from support_graph.domain.proposals import ProposalKind, ProposalStatus

app = typer.Typer(
    help="What the desk would change in what was learned: say yes or no.", no_args_is_help=True
)

Id = Annotated[str, typer.Argument(metavar="PROPOSAL", help="Its id, or the id's end.")]
Note = Annotated[str | None, typer.Option("--note", help="Why, for the log.")]


@app.command("list")
def list_all(
    *,
    workspace: Workspace = "default",
    status: Annotated[
        ProposalStatus, typer.Option("--status", help="Only these.")
    ] = ProposalStatus.OPEN,
    kind: Annotated[ProposalKind | None, typer.Option("--kind", help="Only of this kind.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List them with both sides, newest first."""
    with console.importing():
        from support_graph.cli import proposals
    work = proposals.list_all(workspace, status=status, kind=kind, limit=limit, as_json=as_json)
    asyncio.run(work)


@app.command("accept")
def accept(
    proposal: Id, *, workspace: Workspace = "default", note: Note = None, as_json: AsJson = False
) -> None:
    """Do what is proposed; every change is a revision that can be restored."""
    with console.importing():
        from support_graph.cli import proposals
    asyncio.run(proposals.accept(workspace, proposal, note=note, as_json=as_json))


@app.command("decline")
def decline(
    proposal: Id, *, workspace: Workspace = "default", note: Note = None, as_json: AsJson = False
) -> None:
    """Leave things as they are; the same is not proposed again."""
    with console.importing():
        from support_graph.cli import proposals
    asyncio.run(proposals.decline(workspace, proposal, note=note, as_json=as_json))
