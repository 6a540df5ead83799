"""Lists, shows and changes resolutions."""

import getpass
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final

from rich.table import Table

from support_graph.cli import console
from support_graph.cli.failures import CommandFailed
from support_graph.cli.session import Session, session
from support_graph.cli.short_ids import found, short
from support_graph.desk import resolutions
from support_graph.desk.resolutions import Edit
from support_graph.domain.ids import ResolutionId
from support_graph.domain.merges import Left
from support_graph.domain.precedents import Precedent
from support_graph.domain.resolutions import Resolution, ResolutionStatus, Revision
from support_graph.domain.scope import values_of
from support_graph.learning.revise import Author

_PRECEDENTS = 20
_LEFT: Final[Mapping[Left, str]] = {
    Left.SOURCE: "It had been changed since, and stays as it is.",
    Left.TARGET: "The other one had been changed since; only what the merge brought was taken out.",
    Left.SCOPE: "Where the other one holds had been changed since, and stays.",
    Left.PHRASINGS_GONE: "Some phrasings that the merge brought were no longer there.",
    Left.LAST_PHRASINGS: "The other one keeps the phrasings of the merge: it has no others.",
    Left.MESSAGES: "Some messages that taught it had moved on, and stay there.",
}


async def list_all(
    workspace: str,
    *,
    status: ResolutionStatus | None,
    intent: str | None,
    pinned: bool | None,
    limit: int,
    as_json: bool,
) -> None:
    async with session(workspace) as at, at.scope.begin() as tx:
        page = await tx.resolutions.list(
            intent=intent, status=status, pinned=pinned, cursor=None, limit=limit
        )
    if as_json:
        console.dump({"items": [_as_response(one) for one in page.items]})
    elif page.items:
        _show_all(page.items)
    else:
        console.say("Nothing has been learned yet.")


async def show(workspace: str, typed: str, *, as_json: bool) -> None:
    async with session(workspace) as at:
        resolution = await _found(at, typed)
        async with at.scope.begin() as tx:
            log = await tx.resolutions.revisions(resolution.id)
            uses = await tx.resolutions.usage(resolution.id)
            precedents = await tx.precedents.of([resolution.id], limit=_PRECEDENTS)
    if as_json:
        used = {"uses": [asdict(use) for use in uses]}
        kept = {"precedents": [asdict(one) for one in precedents]}
        console.dump(_as_response(resolution) | {"revisions": log} | used | kept)
    else:
        _show_one(resolution, log, used=len(uses))
        _show_precedents(precedents)


async def edit(
    workspace: str,
    typed: str,
    *,
    answer: str | None,
    phrasings: Sequence[str] | None,
    added: Sequence[str],
    intent: str | None,
    status: ResolutionStatus | None,
    note: str | None,
    as_json: bool,
) -> None:
    """`phrasings` replace the ones there are, `added` join them."""
    wanted = Edit(answer=answer, phrasings=phrasings, intent=intent, status=status)
    async with session(workspace) as at:
        current = await _found(at, typed)
        if added:
            known = [phrasing.text for phrasing in current.content.phrasings]
            wanted = replace(wanted, phrasings=[*known, *added])
        changed = await _changed(at, current, wanted, note)
    _tell(changed, "Unchanged" if changed.revision == current.revision else "Changed", as_json)


async def pin(workspace: str, typed: str, *, pinned: bool, note: str | None, as_json: bool) -> None:
    async with session(workspace) as at:
        current = await _found(at, typed)
        changed = await _changed(at, current, Edit(pinned=pinned), note)
    _tell(changed, "Pinned" if pinned else "Unpinned", as_json)


async def delete(workspace: str, typed: str, *, note: str | None, as_json: bool) -> None:
    async with session(workspace) as at:
        current = await _found(at, typed)
        await resolutions.delete(at.desk, at.id, current.id, author=_author(note))
        async with at.scope.begin() as tx:
            gone = await tx.resolutions.get(current.id)
    _tell(gone, "Deleted", as_json)


async def restore(
    workspace: str, typed: str, revision: int | None, *, note: str | None, as_json: bool
) -> None:
    async with session(workspace) as at:
        current = await _found(at, typed)
        wanted = current.revision - 1 if revision is None else revision
        if wanted < 1:
            raise CommandFailed("It has one revision only, so there is none to restore.")
        restored = await resolutions.restore(
            at.desk, at.id, current.id, wanted, author=_author(note)
        )
    _tell(restored, f"Restored revision {wanted}", as_json)


async def merge(workspace: str, typed: str, into: str, *, note: str | None, as_json: bool) -> None:
    async with session(workspace) as at:
        source, target = await _found(at, typed), await _found(at, into)
        merged = await resolutions.merge(at.desk, at.id, source.id, target.id, author=_author(note))
    _tell(merged, f"Merged {short(source.id)}", as_json)


async def unmerge(workspace: str, typed: str, *, note: str | None, as_json: bool) -> None:
    async with session(workspace) as at:
        current = await _found(at, typed)
        done = await resolutions.unmerge(at.desk, at.id, current.id, author=_author(note))
    if as_json:
        both = {"resolution": _as_response(done.source), "target": _as_response(done.target)}
        console.dump(both | {"left": list(done.left)})
        return
    _tell(done.source, f"Out of {short(done.target.id)} again", as_json=False)
    for one in done.left:
        console.say(_LEFT[one])


async def _found(at: Session, typed: str) -> Resolution:
    async with at.scope.begin() as tx:
        found_id = ResolutionId(await found("resolution", typed, tx.resolutions.ids_like))
        return await tx.resolutions.get(found_id)


async def _changed(at: Session, current: Resolution, edit: Edit, note: str | None) -> Resolution:
    return await resolutions.change(
        at.desk, at.id, current.id, edit, expected=current.revision, author=_author(note)
    )


def _author(note: str | None) -> Author:
    return Author(name=getpass.getuser(), note=note)


def _tell(resolution: Resolution, done: str, as_json: bool) -> None:
    if as_json:
        console.dump(_as_response(resolution))
    else:
        console.say(f"{done}: {short(resolution.id)} is at revision {resolution.revision}.")


def _as_response(resolution: Resolution) -> dict[str, object]:
    content = resolution.content
    return {
        "id": resolution.id,
        "revision": resolution.revision,
        "answer": content.answer,
        "phrasings": [phrasing.text for phrasing in content.phrasings],
        "intent": resolution.intent,
        "scope": content.scope,
        "status": content.status,
        "pinned": content.pinned,
        "provenance": resolution.provenance,
        "created_at": resolution.created_at,
        "updated_at": resolution.updated_at,
    }


def _show_all(items: Sequence[Resolution]) -> None:
    table = Table("Id", "Rev.", "Status", "Asked as", "Answer", box=None, header_style="bold")
    for one in items:
        asked = one.content.phrasings[0].text
        more = f" (+{len(one.content.phrasings) - 1})" if len(one.content.phrasings) > 1 else ""
        table.add_row(
            short(one.id),
            str(one.revision),
            _status(one),
            console.words(asked + more),
            console.words(_brief(one)),
        )
    console.out.print(table)


def _show_one(one: Resolution, log: Sequence[Revision], *, used: int) -> None:
    console.say(one.content.answer, "bold")
    console.say("")
    intent = f" · {one.intent}" if one.intent else ""
    console.say(
        f"{one.id} · revision {one.revision} · {_status(one)}{intent} · used {used} times", "dim"
    )
    if one.content.scope:
        console.say(f"Holds where: {in_words(one.content.scope)}")
    console.say("Asked as:")
    for phrasing in one.content.phrasings:
        console.say(f"  · {phrasing.text}")
    console.say("Log:")
    for entry in log:
        note = f": {entry.note}" if entry.note else ""
        when = f"{entry.created_at:%Y-%m-%d %H:%M}"
        console.say(f"  {entry.revision}  {when}  {entry.change.value} by {entry.actor}{note}")


def _show_precedents(precedents: Sequence[Precedent]) -> None:
    if precedents:
        console.say("Learned from:")
    for one in precedents:
        when = f"{one.decided_at:%Y-%m-%d %H:%M}"
        console.say(f"  {when}  {one.author} on {one.surface}, because of {one.reason.value}")
        console.say(f"    asked: {one.question}", "dim")
        for text in one.before:
            console.say(f"    first said: {text}", "dim")
        if one.context:
            facts = ", ".join(f"{name}: {value}" for name, value in sorted(one.context.items()))
            console.say(f"    context: {facts}", "dim")
        for passage in one.passages:
            console.say(f"    had before them: {passage.title}", "dim")


def _status(one: Resolution) -> str:
    return f"{one.content.status.value}, pinned" if one.content.pinned else one.content.status.value


def in_words(scope: Mapping[str, Any]) -> str:
    """`page is /a or /b`."""
    conditions = (
        f"{name} is {' or '.join(str(value) for value in values_of(wanted))}"
        for name, wanted in scope.items()
    )
    return ", ".join(conditions)


def _brief(one: Resolution) -> str:
    answer = " ".join(one.content.answer.split())
    return answer if len(answer) <= 80 else f"{answer[:79]}…"  # noqa: PLR2004 - a line
