"""Lists, shows and changes intents."""

import getpass
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table

from support_graph.cli import console
from support_graph.cli.failures import CommandFailed
from support_graph.cli.session import Session, session
from support_graph.cli.short_ids import found, short
from support_graph.desk import intent_order, intents
from support_graph.domain.ids import IntentId, ResolutionId
from support_graph.domain.intents import Intent
from support_graph.learning.revise import Author


async def list_all(workspace: str, *, as_json: bool) -> None:
    async with session(workspace) as at:
        known = await intents.every(at.desk, at.id)
    if as_json:
        console.dump({"items": [_as_response(one) for one in known]})
    elif known:
        _show_all(known)
    else:
        console.say("There is no intent yet: they come with the first answers.")


async def show(workspace: str, typed: str, *, as_json: bool) -> None:
    async with session(workspace) as at:
        one = await intents.show(at.desk, at.id, await _id(at, typed))
    if as_json:
        told = {"examples": one.examples, "parts": one.parts, "log": one.log}
        console.dump(_as_response(one) | told)
    else:
        _show_one(one)


async def change(
    workspace: str,
    typed: str,
    values: Mapping[str, Any],
    *,
    note: str | None,
    as_json: bool,
) -> None:
    if not str(values.get("name", "a name")).strip():
        raise CommandFailed("A name is needed.")
    async with session(workspace) as at:
        changed = await intents.change(
            at.desk, at.id, await _id(at, typed), values, author=_author(note)
        )
    _tell(changed, as_json)


async def merge(
    workspace: str, typed: str, into: str, *, undo: bool, note: str | None, as_json: bool
) -> None:
    async with session(workspace) as at:
        whole = await _id(at, into)
        if undo:
            part = await _part(at, typed, whole)
            changed = await intent_order.unmerge(
                at.desk, at.id, part, admin=True, author=_author(note)
            )
        else:
            changed = await intent_order.merge(
                at.desk, at.id, await _id(at, typed), whole, admin=True, author=_author(note)
            )
    _tell(changed, as_json)


async def split(
    workspace: str,
    typed: str,
    name: str,
    resolutions: Sequence[str],
    *,
    note: str | None,
    as_json: bool,
) -> None:
    if not name.strip():
        raise CommandFailed("A name is needed.")
    async with session(workspace) as at:
        async with at.scope.begin() as tx:
            ids = [
                ResolutionId(await found("resolution", one, tx.resolutions.ids_like))
                for one in resolutions
            ]
        source = await _id(at, typed)
        made = await intent_order.split(at.desk, at.id, source, ids, name, author=_author(note))
    _tell(made, as_json)


async def _id(at: Session, typed: str) -> IntentId:
    """Of the intent of that name, or of that end of its id."""
    async with at.scope.begin() as tx:
        named = await tx.intents.named(typed)
        if named is not None:
            return named.id
        return IntentId(await found("intent", typed, tx.intents.ids_like))


async def _part(at: Session, typed: str, whole: IntentId) -> IntentId:
    async with at.scope.begin() as tx:
        for part in await tx.intents.parts(whole):
            if part.name == typed or str(part.id).endswith(typed):
                return part.id
    raise CommandFailed(f"No intent {typed!r} was merged into that one.")


def _author(note: str | None) -> Author:
    return Author(name=getpass.getuser(), note=note)


def _tell(intent: Intent, as_json: bool) -> None:
    if as_json:
        console.dump(intent)
    else:
        console.say(f"{intent.name} ({short(intent.id)}): {_settings(intent)}.")


def _settings(intent: Intent) -> str:
    target = "the workspace's target"
    if intent.target_precision is not None:
        target = f"target {intent.target_precision:.1%}"
    return f"mode {intent.mode.value}, {target}"


def _as_response(one: intents.Listed) -> dict[str, Any]:
    return {**asdict(one.intent), "statistics": asdict(one.statistics)}


def _show_all(known: Sequence[intents.Listed]) -> None:
    columns = ("Id", "Intent", "Mode", "Target", "Answers", "Turns", "Deflected", "Waiting")
    table = Table(*columns, box=None, header_style="bold")
    for one in known:
        intent, counts = one.intent, one.statistics
        own = intent.target_precision
        table.add_row(
            short(intent.id),
            console.words(intent.name),
            intent.mode.value,
            "" if own is None else f"{own:.1%}",
            str(counts.resolutions),
            str(counts.turns),
            str(counts.deflected),
            str(counts.waiting),
        )
    console.out.print(table)


def _show_one(one: intents.Shown) -> None:
    counts = one.statistics
    console.say(one.intent.name, "bold")
    if one.intent.description:
        console.say(one.intent.description)
    console.say(f"{one.intent.id} · {_settings(one.intent)}", "dim")
    console.say(
        f"{counts.resolutions} resolutions; {counts.turns} turns, {counts.deflected} deflected, "
        f"{counts.escalated} escalated, {counts.waiting} waiting."
    )
    for text in one.examples:
        console.say(f"  · {text}")
    for part in one.parts:
        console.say(f"Merged into it: {part.name} ({short(part.id)})")
    for entry in one.log:
        note = f": {entry.note}" if entry.note else ""
        when = f"{entry.created_at:%Y-%m-%d %H:%M}"
        console.say(f"  {when}  {entry.change.value} by {entry.actor}{note}")
