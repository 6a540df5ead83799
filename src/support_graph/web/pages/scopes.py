"""Where an answer holds, as text that people edit: a fact a name, and its values a line each."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from support_graph.domain.scope import values_of


def as_lines(wanted: Any) -> str:
    """A value a line; a text is quoted where it would be read as something else."""
    return "\n".join(_written(value) for value in values_of(wanted))


def _written(value: Any) -> str:
    if isinstance(value, str) and value == value.strip() and value.isprintable() and value:
        return value if _read(value) == value else json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=True)


def _read(line: str) -> Any:
    try:
        value = json.loads(line)
    except ValueError:
        return line
    return line if isinstance(value, dict | list) else value


def scope_of(
    names: Sequence[str], lines: Sequence[str], *, before: Mapping[str, Any]
) -> dict[str, Any]:
    """What a form says; a condition without values is none, and an unchanged one stays as it is."""
    scope: dict[str, Any] = {}
    for name, text in zip(names, lines, strict=False):
        values = [_read(line.strip()) for line in text.splitlines() if line.strip()]
        if name.strip() and values:
            scope[name.strip()] = values if len(values) > 1 else values[0]
    return {name: _kept(before.get(name), wanted) for name, wanted in scope.items()}


def _kept(before: Any, now: Any) -> Any:
    """A list of one value says the same as the value."""
    same = json.dumps(values_of(before)) == json.dumps(values_of(now))
    return before if same else now
