"""The phrase lists, read from phrases/*.toml: regular expressions over folded text."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def phrases(name: str) -> dict[str, Any]:
    """The tables of phrases/<name>.toml."""
    source = files("support_graph.models") / "phrases" / f"{name}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


@cache
def every_language(name: str, group: str) -> tuple[re.Pattern[str], ...]:
    """The patterns of one group in all languages, each matching whole words."""
    by_language: dict[str, list[str]] = phrases(name)[group]
    return tuple(
        re.compile(rf"(?:{pattern})(?!\w)")
        for patterns in by_language.values()
        for pattern in patterns
    )


def any_of(patterns: list[str]) -> re.Pattern[str]:
    """One expression that matches where any of the patterns does."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
