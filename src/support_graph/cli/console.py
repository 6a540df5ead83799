"""The terminal: results on stdout, everything about how it goes on stderr."""

import gc
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

_PIPED_WIDTH = 100
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SECONDS = {"d": 86_400, "h": 3_600, "m": 60}


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = _PIPED_WIDTH
    return console


out = _console(stderr=False)
err = _console(stderr=True)


def words(text: str, style: str = "") -> Text:
    """Other people's words: never read as markup, and nothing that would steer the terminal."""
    return Text(_STEERING.sub("", text), style=style)


def say(text: str, style: str = "") -> None:
    """A line of the result, however long."""
    out.print(words(text, style), soft_wrap=True)


def complain(sentence: str) -> None:
    err.print(Text.assemble(("Error: ", "bold red"), words(sentence)), soft_wrap=True)


def note(text: str) -> None:
    """Something worth knowing that is not the result."""
    err.print(words(text, "dim"), soft_wrap=True)


def dump(value: Any) -> None:
    """The result for a program: JSON, and nothing else on stdout."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)


@contextmanager
def waiting(what: str = "Starting") -> Iterator[None]:
    """Shows that something goes on; nothing where nobody looks."""
    if not err.is_terminal:
        yield
        return
    with err.status(f"[dim]{what} …"):
        yield


@contextmanager
def importing() -> Iterator[None]:
    """While a command imports the desk: what stays until the end is never looked through for
    garbage, not while it comes nor when the interpreter ends; that took a third of most commands.
    """
    gc.disable()
    try:
        with waiting():
            yield
    finally:
        gc.freeze()
        gc.enable()


def progress() -> Progress:
    """A bar that disappears when it is done; nothing where nobody looks."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


def age(moment: datetime) -> str:
    """How long ago, to one unit: `3 m`."""
    seconds = (datetime.now(UTC) - moment).total_seconds()
    for unit, length in _SECONDS.items():
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return f"{max(0, int(seconds))} s"


def passages(count: int) -> str:
    return "1 passage" if count == 1 else f"{count} passages"
