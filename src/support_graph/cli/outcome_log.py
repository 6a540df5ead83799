"""What an evaluation has measured so far, in a file: an interrupted one goes on from there."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TextIO

from support_graph.cli.failures import CommandFailed
from support_graph.cli.report.measures import Outcome
from support_graph.desk.evaluation import MadeFor, Row

_NAME = "outcomes.jsonl"


@dataclass(slots=True, kw_only=True)
class OutcomeLog:
    """`outcomes` are those of the first rows, `made_for` what the resolutions were made for."""

    stream: TextIO
    outcomes: list[Outcome] = field(default_factory=list)
    made_for: MadeFor = field(default_factory=dict)
    _told: dict[str, str] = field(default_factory=dict)

    def add(self, outcome: Outcome) -> None:
        """Kept before the next one is looked at; a kill loses at most the one being written."""
        new = {key: name for key, name in self.made_for.items() if self._told.get(key) != name}
        self._told.update(new)
        self.outcomes.append(outcome)
        self.stream.write(json.dumps({"outcome": asdict(outcome), "made_for": new}) + "\n")
        self.stream.flush()


def opened(folder: Path, rows: Sequence[Row], *, noticed: float, seed: int) -> OutcomeLog:
    """The log of `folder`, made if there is none.

    Raises CommandFailed for one of other messages, or of other people.
    """
    path = folder / _NAME
    header = {"messages": _digest(rows), "noticed": noticed, "seed": seed}
    lines = _whole_lines(path)
    if lines and lines[0] != header:
        raise CommandFailed(
            f"{folder} holds an evaluation of other messages, or with another seed or share of"
            " noticed errors; take another folder"
        )
    log = OutcomeLog(stream=_rewritten(path, lines or [header]))
    for line in lines[1:]:
        told = line["outcome"]
        log.outcomes.append(Outcome(**{**told, "reasons": tuple(told["reasons"])}))
        log.made_for.update(line["made_for"])
    log._told.update(log.made_for)  # noqa: SLF001 - its own maker
    return log


def _whole_lines(path: Path) -> list[Any]:
    """Without a last line that was cut off by a kill."""
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n")[:-1]]


def _rewritten(path: Path, lines: Sequence[Any]) -> TextIO:
    """Beside its place and then moved there, so that no moment is without the log."""
    partial = path.with_suffix(".partial")
    partial.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    partial.replace(path)
    return path.open("a", encoding="utf-8")


def _digest(rows: Sequence[Row]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(asdict(row), sort_keys=True).encode())
    return digest.hexdigest()
