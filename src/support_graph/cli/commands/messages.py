"""`ask`, `inbox` and `answer`: the loop, typed."""

# ruff: noqa: PLC0415 - the desk takes seconds to import, so each command imports its own part

import asyncio
import getpass
from enum import StrEnum
from typing import Annotated

import typer

from support_graph.cli import console
from support_graph.cli.commands.options import AsJson, Limit, Wait, Workspace
from support_graph.cli.failures import CommandFailed
from support_graph.domain.turns import Action, EscalationStatus


class Shown(StrEnum):
    """Which escalations `inbox` lists."""

    UNDECIDED = "undecided"
    WAITING = "waiting"
    CLAIMED = "claimed"
    DECIDED = "decided"


_STATUSES = {
    Shown.UNDECIDED: (EscalationStatus.WAITING, EscalationStatus.CLAIMED),
    Shown.WAITING: (EscalationStatus.WAITING,),
    Shown.CLAIMED: (EscalationStatus.CLAIMED,),
    Shown.DECIDED: (EscalationStatus.DECIDED,),
}


def ask(
    question: Annotated[str, typer.Argument(help="What the customer asks.")],
    *,
    workspace: Workspace = "default",
    page_title: Annotated[
        str | None, typer.Option("--page-title", help="The page the customer is on.")
    ] = None,
    contact: Annotated[
        str | None,
        typer.Option("--contact", help="Who asks, such as email:ana@example.com; else somebody."),
    ] = None,
    conversation: Annotated[
        str | None, typer.Option("--conversation", help="Go on with this conversation.")
    ] = None,
    dry: Annotated[
        bool,
        typer.Option("--dry", help="Only try it: nothing is sent, kept, counted or learned."),
    ] = False,
    wait: Wait = 30.0,
    as_json: AsJson = False,
) -> None:
    """Ask a question as a customer would."""
    if not question.strip():
        raise CommandFailed("There is no question to ask.")
    if dry and (contact is not None or conversation is not None):
        raise CommandFailed("A question that is only tried has no contact and no conversation.")
    if dry:
        with console.importing():
            from support_graph.cli import trying
        asyncio.run(trying.attempt(workspace, question, page_title, as_json=as_json))
        return
    with console.importing():
        from support_graph.cli import asking
    asked = asking.Question(
        text=question, contact=contact, conversation=conversation, page_title=page_title
    )
    asyncio.run(asking.ask(workspace, asked, wait=wait, as_json=as_json))


def inbox(
    escalation: Annotated[
        str | None, typer.Argument(help="Show this one in full, by its id or the id's end.")
    ] = None,
    *,
    workspace: Workspace = "default",
    status: Annotated[Shown, typer.Option("--status", help="Which ones.")] = Shown.UNDECIDED,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List the questions that wait for a teammate."""
    with console.importing():
        from support_graph.cli import inbox as work
    if escalation is not None:
        asyncio.run(work.show(workspace, escalation, as_json=as_json))
        return
    asyncio.run(work.inbox(workspace, statuses=_STATUSES[status], limit=limit, as_json=as_json))


def answer(
    escalation: Annotated[str, typer.Argument(help="The escalation's id, or the id's end.")],
    text: Annotated[str | None, typer.Argument(help="What the customer is told.")] = None,
    *,
    workspace: Workspace = "default",
    accept: Annotated[bool, typer.Option("--accept", help="Send the draft as it is.")] = False,
    edit: Annotated[bool, typer.Option("--edit", help="The text is the draft, edited.")] = False,
    dismiss: Annotated[bool, typer.Option("--dismiss", help="Close it without a reply.")] = False,
    no_learn: Annotated[bool, typer.Option("--no-learn", help="Learn nothing from it.")] = False,
    resolution: Annotated[
        str | None, typer.Option("--resolution", help="The resolution that this answer is.")
    ] = None,
    teammate: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="Who answers; else your user name.")
    ] = None,
    wait: Wait = 30.0,
    as_json: AsJson = False,
) -> None:
    """Answer an escalation as a teammate; the assistant learns from it."""
    if accept + edit + dismiss > 1:
        raise CommandFailed("Choose one of --accept, --edit and --dismiss.")
    if (accept or dismiss) == (text is not None):
        raise CommandFailed("Give either a text, or --accept, or --dismiss.")
    with console.importing():
        from support_graph.cli import answering
    typed = answering.Answer(
        escalation=escalation,
        action=_action(accept=accept, edit=edit, dismiss=dismiss),
        text=text,
        learn=not no_learn,
        resolution=resolution,
        teammate=teammate or getpass.getuser(),
    )
    asyncio.run(answering.answer(workspace, typed, wait=wait, as_json=as_json))


def _action(*, accept: bool, edit: bool, dismiss: bool) -> Action:
    if accept:
        return Action.ACCEPT
    if dismiss:
        return Action.DISMISS
    return Action.EDIT if edit else Action.ANSWER
