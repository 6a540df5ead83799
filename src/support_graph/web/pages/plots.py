"""A plot: one finding, one set of numbers, shown as drawing, table and CSV alike.

The page holds the table; the script draws what stands in it. So all three say the same, and without
a script the table is there.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
Value = float | int | str | None


class Drawing(StrEnum):
    """Lines over time with bands, bars on top of each other, or shares against each other."""

    LINES = "lines"
    BARS = "bars"
    SHARES = "shares"


class Unit(StrEnum):
    SHARE = "share"
    COUNT = "count"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A value, None where nothing is known, with its interval and what it is made of in words."""

    value: float | None
    low: float | None = None
    high: float | None = None
    made_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One column; `colour` is the number of a token, and `dashed` a line to compare with."""

    name: str
    label: str
    colour: int
    dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row: `at` is where it is drawn, in seconds since 1970 or as a share."""

    at: float
    label: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """`finding` is its title, in words; `about` says how the numbers come about; `mark` is a moment
    that a line is drawn at, and what it is."""

    name: str
    finding: str
    about: str
    drawing: Drawing
    unit: Unit
    across: str
    up: str
    series: Sequence[Series]
    lines: Sequence[Line]
    mark: tuple[float, str] | None = None

    @property
    def is_drawn(self) -> bool:
        """One point makes no line, and a line to compare with is none to be compared."""
        return self._known > 1

    @property
    def is_known(self) -> bool:
        """Whether there is anything to be read in its table."""
        return self._known > 0

    @property
    def _known(self) -> int:
        """The lines that say something."""
        own = [number for number, one in enumerate(self.series) if not one.dashed]
        return sum(any(line.cells[n].value is not None for n in own) for line in self.lines)

    def has_interval(self, number: int) -> bool:
        return any(line.cells[number].low is not None for line in self.lines)

    def sheet(self) -> "Sheet":
        heads = [self.across]
        for number, one in enumerate(self.series):
            bounds = self.has_interval(number)
            heads += [one.name, f"{one.name}_low", f"{one.name}_high"] if bounds else [one.name]
        rows = []
        for line in self.lines:
            row: list[Value] = [line.label]
            for number, cell in enumerate(line.cells):
                bounded = self.has_interval(number)
                row += [cell.value, cell.low, cell.high] if bounded else [cell.value]
            rows.append(row)
        return Sheet(heads=heads, rows=rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a CSV holds."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Value]] = field(default_factory=list)

    def as_csv(self) -> bytes:
        written = io.StringIO()
        writer = csv.writer(written, lineterminator="\r\n")
        writer.writerow(self.heads)
        writer.writerows([_inert(value) for value in row] for row in self.rows)
        # With a mark, because spreadsheets take anything else for their own code page.
        return written.getvalue().encode("utf-8-sig", "replace")


def _inert(value: Value) -> Value:
    """Spreadsheets run what begins like a formula; customers' words must not."""
    if isinstance(value, str) and value.startswith(_FORMULAS):
        return f"'{value}"
    return value
