"""Reads past messages from a file: rows with a text, or conversations with the customer's turns."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from support_graph.cli.failures import CommandFailed
from support_graph.cli.labelled import LONGEST_TEXT

_TURNS = "customer_turns"


def read(path: Path) -> list[str]:
    """The messages in the order of the file. Raises CommandFailed."""
    messages: list[str] = []
    for number, found in rows(path):
        try:
            messages += _messages(found)
        except ValueError as error:
            raise CommandFailed(f"{path}, line {number}: {error}.") from None
    if not messages:
        raise CommandFailed(f"{path} holds no messages.")
    return messages


def rows(path: Path) -> Iterator[tuple[int, Any]]:
    """The rows with their lines. Raises CommandFailed."""
    kind = path.suffix.lower()
    if kind not in {".jsonl", ".ndjson", ".csv"}:
        raise CommandFailed(f"{path}: this is read from .jsonl and .csv files.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            if kind == ".csv":
                reader = csv.DictReader(stream, strict=True)
                for found in reader:
                    yield reader.line_num, found
                return
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    yield number, _json(path, number, line)
    except UnicodeDecodeError:
        raise CommandFailed(f"{path} is not UTF-8 text.") from None
    except csv.Error as error:
        raise CommandFailed(f"{path} is not CSV as it should be: {error}.") from None


def _json(path: Path, number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise CommandFailed(f"{path}, line {number}: this is not JSON.") from None


def _messages(found: Any) -> list[str]:
    if not isinstance(found, dict):
        raise ValueError("a row is a JSON object")  # noqa: TRY004 - told with its line
    if _TURNS not in found:
        return [text_of(found, "text")]
    turns = found[_TURNS]
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        raise ValueError(f"{_TURNS} is not a list of objects")
    return [text_of(turn, "text") for turn in turns]


def text_of(found: dict[str, Any], name: str, *, needed: bool = True) -> str:
    value = found.get(name)
    if (value is None or not str(value).strip()) and needed:
        raise ValueError(f"there is no {name}")
    return "" if value is None else checked(name, value)


def checked(name: str, value: Any) -> str:
    """A text as the API would take it. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError(f"{name} is not a text")  # noqa: TRY004 - told with its line
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"{name} is longer than {LONGEST_TEXT:,} characters")
    if "\0" in value:
        raise ValueError(f"{name} contains a NUL character")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name} contains half a character") from None
    return value.strip()
