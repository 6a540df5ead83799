"""Proposes intents for a file of past messages, and creates those that a person kept."""

import getpass
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from support_graph.cli import backlog, console
from support_graph.cli.failures import CommandFailed
from support_graph.cli.session import session
from support_graph.desk import inducing, intents
from support_graph.desk.intents import NewIntent
from support_graph.learning.induction import Proposal
from support_graph.learning.revise import Author


async def induce(workspace: str, file: Path, *, out: Path | None, as_json: bool) -> None:
    messages = backlog.read(file)
    async with session(workspace) as at:
        with console.waiting("Reading messages"):
            found = await inducing.induce(at.desk, at.id, messages)
    if out is not None:
        _write(out, found.proposals)
    if as_json:
        console.dump({"items": found.proposals, "messages": found.messages})
        return
    for one in found.proposals:
        _show(one, of=found.messages)
    _conclude(found, out)


async def accept(workspace: str, file: Path, *, as_json: bool) -> None:
    wanted = list(_proposals(file))
    if not wanted:
        raise CommandFailed(f"{file} holds no proposals.")
    async with session(workspace) as at:
        author = Author(name=getpass.getuser(), note=f"induced; accepted from {file.name}")
        made = await intents.create(at.desk, at.id, wanted, author=author)
    if as_json:
        console.dump({"items": made})
    else:
        console.say(f"{len(made)} intents: {', '.join(one.name for one in made)}.")


def _write(out: Path, proposals: Sequence[Proposal]) -> None:
    lines = [json.dumps(asdict(one), ensure_ascii=False) for one in proposals]
    out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _show(one: Proposal, *, of: int) -> None:
    console.say(f"{one.name}  ({one.messages} messages, {one.messages / of:.0%})", "bold")
    for text in one.examples[:3]:
        console.say(f"  · {' '.join(text.split())}")


def _conclude(found: inducing.Induced, out: Path | None) -> None:
    if not found.proposals:
        console.say(f"Nothing recurs in these {found.messages} messages.")
    elif out is not None:
        console.note(f"Edit {out}, then `support-graph intents accept {out}` creates what is left.")
    else:
        console.note("Nothing was kept; `--out FILE` writes the proposals to a file to be edited.")


def _proposals(file: Path) -> Iterator[NewIntent]:
    for number, found in backlog.rows(file):
        try:
            yield _proposal(found)
        except ValueError as error:
            raise CommandFailed(f"{file}, line {number}: {error}.") from None


def _proposal(found: Any) -> NewIntent:
    if not isinstance(found, dict):
        raise ValueError("a proposal is a JSON object")  # noqa: TRY004 - told with its line
    examples = found.get("examples", [])
    if not isinstance(examples, list):
        raise ValueError("examples is not a list")  # noqa: TRY004
    return NewIntent(
        name=backlog.text_of(found, "name"),
        description=backlog.text_of(found, "description", needed=False),
        examples=[backlog.checked("an example", one) for one in examples],
    )
