"""The escalations that wait for a teammate."""

from rich.table import Table

from support_graph.cli import console
from support_graph.cli.session import Session, session
from support_graph.cli.short_ids import found, short
from support_graph.domain.ids import EscalationId
from support_graph.domain.turns import Escalation, EscalationStatus


async def inbox(
    workspace: str, *, statuses: tuple[EscalationStatus, ...], limit: int, as_json: bool
) -> None:
    async with session(workspace) as at:
        escalations = await _newest(at, statuses, limit)
    if as_json:
        console.dump({"items": escalations})
    elif escalations:
        _show_all(escalations)
    else:
        console.say("Nothing waits for a teammate.")


async def show(workspace: str, typed: str, *, as_json: bool) -> None:
    async with session(workspace) as at, at.scope.begin() as tx:
        escalation_id = EscalationId(await found("escalation", typed, tx.escalations.ids_like))
        escalation = await tx.escalations.get(escalation_id)
    if as_json:
        console.dump(escalation)
    else:
        _show_one(escalation)


async def _newest(
    at: Session, statuses: tuple[EscalationStatus, ...], limit: int
) -> list[Escalation]:
    escalations: list[Escalation] = []
    async with at.scope.begin() as tx:
        for status in statuses:
            page = await tx.escalations.list(
                status=status, intent=None, reason=None, q=None, cursor=None, limit=limit
            )
            escalations += page.items
    return sorted(escalations, key=lambda e: e.id, reverse=True)[:limit]


def _show_all(escalations: list[Escalation]) -> None:
    table = Table("Id", "Age", "Status", "Reason", "Question", box=None, header_style="bold")
    for escalation in escalations:
        table.add_row(
            short(escalation.id),
            console.age(escalation.created_at),
            _status(escalation),
            escalation.reason.value,
            console.words(escalation.question),
        )
    console.out.print(table)


def _show_one(escalation: Escalation) -> None:
    console.say(escalation.question, "bold")
    console.say(
        f"{short(escalation.id)} · {_status(escalation)} · {escalation.reason.value} · "
        f"{console.age(escalation.created_at)}",
        "dim",
    )
    console.say(f"Draft: {escalation.draft}" if escalation.draft else "No draft.")


def _status(escalation: Escalation) -> str:
    if escalation.status is EscalationStatus.CLAIMED and escalation.claimed_by_name:
        return f"claimed by {escalation.claimed_by_name}"
    return escalation.status.value
