"""Replays labelled messages through a throw-away installation, and tells what was measured."""

import logging
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support_graph import bootstrap
from support_graph.cli import console, labelled, outcome_log, running
from support_graph.cli.failures import CommandFailed
from support_graph.cli.outcome_log import OutcomeLog
from support_graph.cli.report import measures, page, terminal
from support_graph.cli.report.measures import Outcome
from support_graph.cli.report.wording import percent
from support_graph.cli.stopping import Parts, until_signal
from support_graph.cli.worker_processes import keep_processes
from support_graph.cli.working import keep_working
from support_graph.desk.evaluation import Handled, People, Row, replay
from support_graph.desk.parts import Desk
from support_graph.desk.upkeep import keep_up
from support_graph.domain.ids import WorkspaceId
from support_graph.settings import Settings
from support_graph.store.engines import DataFolder

_WORKSPACE = "evaluation"
_AT_ONCE = 8
"""Messages under way, and jobs a process."""
_AT_ONCE_A_WORKER = 6
_TOLD_EVERY = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was typed."""

    file: Path
    limit: int | None
    report: Path | None
    work: Path | None
    noticed: float
    seed: int
    processes: int
    as_json: bool


async def evaluate(asked: Asked) -> bool:
    """Whether all rows were replayed; what was measured until an interruption is told, too."""
    rows = labelled.read(asked.file, limit=asked.limit)
    _check_place(asked.report)
    _keep_quiet()
    with ExitStack() as stack:
        folder = asked.work or Path(
            # Short, because a socket's path may have 107 characters.
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="sge", ignore_cleanup_errors=True)
            )
        )
        folder.mkdir(parents=True, exist_ok=True)
        log = outcome_log.opened(folder, rows, noticed=asked.noticed, seed=asked.seed)
        stack.enter_context(log.stream)
        complete = False
        try:
            complete = await until_signal(_replay(rows, asked, folder, log)) is not None
        finally:
            _tell(asked, log.outcomes, of=len(rows), complete=complete)
    return complete


def _check_place(report: Path | None) -> None:
    """Now, and not after an hour of work."""
    if report is None:
        return
    if report.is_dir() or not report.parent.is_dir():
        raise CommandFailed(f"The report can't be written to {report}: there is no such folder.")
    new = not report.exists()
    with report.open("a", encoding="utf-8"):
        pass
    if new:
        report.unlink()


def _keep_quiet() -> None:
    """The log would go to the data folder, which is thrown away; `--debug` shows it instead."""
    if not logging.getLogger().hasHandlers():
        logging.getLogger().addHandler(logging.NullHandler())


async def _replay(rows: Sequence[Row], asked: Asked, folder: Path, log: OutcomeLog) -> bool:
    async with AsyncExitStack() as stack:
        # Not the ones that are set: they are where the user's data is.
        settings = Settings(data=folder, database_url=None, chroma_url=None)
        beside = Parts()
        stack.push_async_callback(beside.end)  # also where the engines don't start
        if asked.processes > 1:
            # Before the engines: if we are killed, somebody is there who stops them.
            others = keep_processes(
                DataFolder(folder), count=asked.processes - 1, concurrency=_AT_ONCE
            )
            beside.start("crew of workers", others)
        with console.waiting("Starting a throw-away installation"):
            desk = await stack.enter_async_context(bootstrap.desk(settings, fleeting=True))
        running.keep()
        stack.push_async_callback(beside.end)
        parts = Parts()
        stack.push_async_callback(parts.end)
        if asked.processes == 1:
            parts.start("worker", keep_working(desk, concurrency=_AT_ONCE))
        # It gives the jobs of a process that was killed to those that are there.
        parts.start("upkeep", keep_up(desk))
        await beside.alive_during(parts.alive_during(_collect(desk, rows, asked, log)))
    return True


async def _collect(desk: Desk, rows: Sequence[Row], asked: Asked, log: OutcomeLog) -> None:
    workspace_id = await _workspace(desk)
    people = People(seed=asked.seed, noticed=asked.noticed)
    done = len(log.outcomes)
    with console.progress() as progress:
        bar = progress.add_task("Replaying", total=len(rows), completed=done)
        course = replay(
            desk,
            workspace_id,
            rows,
            people,
            at_once=max(_AT_ONCE, _AT_ONCE_A_WORKER * (asked.processes - 1)),
            first=done,
            made_for=log.made_for,
        )
        async with aclosing(course) as handled:
            async for one in handled:
                log.add(_outcome(one, rows[one.number]))
                progress.advance(bar)
                if len(log.outcomes) % _TOLD_EVERY == 0:
                    progress.update(bar, description=_so_far(log.outcomes))


async def _workspace(desk: Desk) -> WorkspaceId:
    async with desk.stores.across() as workspaces:
        known = [one for one in await workspaces.all() if one.name == _WORKSPACE]
        return (known[0] if known else await workspaces.create(_WORKSPACE)).id


def _so_far(outcomes: Sequence[Outcome]) -> str:
    deflected, right = measures.deflection(outcomes), measures.precision(outcomes)
    return f"deflected {percent(deflected)}, right {percent(right)}"


def _outcome(handled: Handled, row: Row) -> Outcome:
    explanation = handled.explanation
    draft, judged = explanation["draft"], explanation["resolution"]
    courtesy = handled.automatic and draft is not None and draft["rests_on"] == "courtesy"
    unjudgeable = courtesy and row.gold is None
    given = handled.given or (draft["text"] if handled.automatic and draft else None)
    return Outcome(
        question=row.text,
        gold=row.gold,
        given=given,
        automatic=handled.automatic,
        audit=handled.audit,
        right=None if unjudgeable else handled.right,
        confidence=handled.confidence,
        judged=judged["confidence"] if judged and explanation["evidence"]["resolutions"] else None,
        candidate_right=row.gold is not None and handled.candidate == row.gold,
        learned=handled.learned,
        replaces=row.replaces,
        reasons=_reasons(explanation) if handled.right is False else (),
    )


def _reasons(explanation: Mapping[str, Any]) -> Sequence[str]:
    """The explanation in words; kept for wrong answers only, since there may be many rows."""
    words = (explanation["resolution"] or {}).get("words", {"for": [], "against": []})
    return (
        *explanation["verdict"]["words"],
        *(f"For it: {reason}." for reason in words["for"]),
        *(f"Against it: {reason}." for reason in words["against"]),
    )


def _tell(asked: Asked, outcomes: Sequence[Outcome], *, of: int, complete: bool) -> None:
    if not outcomes:
        if not complete:
            console.note("Nothing was measured.")
        return
    told = page.Told(
        source=asked.file.name, outcomes=outcomes, rows=of, noticed=asked.noticed, seed=asked.seed
    )
    if asked.as_json:
        console.dump(terminal.as_response(outcomes, complete=complete))
    else:
        terminal.show(outcomes)
    if not complete:
        further = (
            "the same command goes on from there"
            if asked.work
            else "with --work FOLDER, an interrupted evaluation can go on"
        )
        console.note(f"{len(outcomes):,} of {of:,} messages were replayed; {further}.")
    if asked.report is not None:
        asked.report.write_text(page.html(told), encoding="utf-8")
        console.note(f"The report is in {asked.report}.")
