"""Reads labelled messages from a file; what can't be read is told with its line."""

import csv
import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from support_graph.cli import scripted
from support_graph.cli.failures import CommandFailed
from support_graph.desk.evaluation import Row

LONGEST_TEXT = 20_000
"""As the API has it."""

_LONGEST_COLUMN = 1_000_000
"""Characters in a column of a CSV file; Python's own limit is below that of a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A row of the file and its place in time, if it has one."""

    line: int
    time: float | None
    row: Row


class _Unreadable(Exception):
    """What is wrong with a row; the line is known further out."""


def read(path: Path, *, limit: int | None) -> list[Row]:
    """The first `limit` rows: by time where there is one, else as they stand.

    Raises CommandFailed.
    """
    readers: dict[str, Callable[[TextIO], Iterator[tuple[int, Any]]]] = {
        ".jsonl": _json_lines,
        ".ndjson": _json_lines,
        ".csv": _csv_rows,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise CommandFailed(f"{path}: labelled messages are read from .jsonl and .csv files.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = [_labelled(path, line, found) for line, found in reader(stream)]
    except UnicodeDecodeError:
        raise CommandFailed(f"{path} is not UTF-8 text.") from None
    except csv.Error as error:
        raise CommandFailed(f"{path} is not CSV as it should be: {error}.") from None
    except _Unreadable as error:
        raise CommandFailed(f"{path}{error}.") from None
    if not rows:
        raise CommandFailed(f"{path} holds no messages.")
    return [one.row for one in _sorted(path, rows)][:limit]


def _json_lines(stream: TextIO) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(stream, start=1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line)
        except (ValueError, RecursionError):
            raise _Unreadable(f", line {number}: this is not JSON") from None


def _csv_rows(stream: TextIO) -> Iterator[tuple[int, Any]]:
    csv.field_size_limit(_LONGEST_COLUMN)
    reader = csv.DictReader(stream, strict=True)
    if "text" not in (reader.fieldnames or ()):
        raise _Unreadable(", line 1: there is no column named text")
    for found in reader:
        if None in found:
            raise _Unreadable(f", line {reader.line_num}: there are more values than columns")
        yield reader.line_num, {name: value for name, value in found.items() if value}


def _labelled(path: Path, line: int, found: Any) -> Labelled:
    try:
        return Labelled(line=line, time=_time(found), row=_row(found))
    except _Unreadable as error:
        raise CommandFailed(f"{path}, line {line}: {error}.") from None


def _row(found: dict[str, Any]) -> Row:
    text = _text(found, "text")
    if text is None:
        raise _Unreadable("there is no text")
    answer, intent = _text(found, "answer"), _text(found, "intent")
    replaces = _text(found, "replaces")
    gold = intent or answer
    return Row(
        text=text,
        gold=gold,
        wordings=[answer] if answer else _scripted(text, gold),
        replaces=None if replaces == gold else replaces,
        context=_context(found),
    )


def _scripted(text: str, gold: str | None) -> Sequence[str]:
    return scripted.one_off(text) if gold is None else scripted.wordings(gold)


def _text(found: Any, name: str) -> str | None:
    """None for a column that is absent or blank."""
    if not isinstance(found, dict):
        raise _Unreadable("a row is a JSON object")
    value = found.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise _Unreadable(f"{name} is not a text")
    _check_storable(name, value)
    if len(value) > LONGEST_TEXT:
        raise _Unreadable(f"{name} is longer than {LONGEST_TEXT:,} characters")
    return value.strip() or None


def _context(found: dict[str, Any]) -> dict[str, Any]:
    value = found.get("context")
    if isinstance(value, str):  # as CSV has it
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise _Unreadable("context is not a JSON object") from None
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _Unreadable("context is not a JSON object")
    try:
        written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        raise _Unreadable("context holds a number that JSON does not know") from None
    _check_storable("context", written.replace("\\u0000", "\0"))
    return value


def _check_storable(name: str, text: str) -> None:
    """Postgres takes neither NUL nor half a character."""
    if "\0" in text:
        raise _Unreadable(f"{name} contains a NUL character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _Unreadable(f"{name} contains half a character") from None


def _time(found: Any) -> float | None:
    """Seconds since 1970; a time without a zone is taken as UTC."""
    value = found.get("time") if isinstance(found, dict) else None
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        seconds = _seconds(value)
    except (ValueError, OverflowError):
        seconds = math.nan
    if not math.isfinite(seconds):
        raise _Unreadable("time is neither like 2026-05-01T09:30:00Z nor a number")
    return seconds


def _seconds(value: Any) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    try:
        return float(value)
    except (TypeError, ValueError):
        moment = datetime.fromisoformat(str(value).strip())
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.timestamp()


def _sorted(path: Path, rows: list[Labelled]) -> list[Labelled]:
    timed = [(one.time, one) for one in rows if one.time is not None]
    if not timed:
        return rows
    if len(timed) < len(rows):
        line = next(one.line for one in rows if one.time is None)
        raise CommandFailed(f"{path}, line {line}: there is no time, though other rows have one.")
    return [one for _, one in sorted(timed, key=lambda pair: pair[0])]
