"""How much is answered, and how rightly, inside the product and beside what others do: one table.

    python -m benchmarks.learning_table [--messages N] [--jobs 2] [--keep FOLDER] [--only WORD]

Each line is a stream of benchmarks.streams replayed by benchmarks.learning_stream into an empty
installation of its own (graph, queue, Postgres, Chroma); lines marked * are computed in memory by
benchmarks.gate_stream on the same data: answering whenever the nearest past question is similar
enough, which is what products do that keep annotated replies. Deflection / precision up to a
message, over the last 2,000, and the least precise window of 2,000 messages. What is in --keep
already is not run again.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_MARKS = (500, 1_000, 3_000, 5_000, 10_000)
_WINDOW = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the table: what it is called, and how it is run."""

    name: str
    data: str
    kind: str = "random"
    noticed: float = 0.2
    cosine: str | None = None

    @property
    def file(self) -> str:
        return f"{self.data}-{self.cosine or self.kind}-{self.noticed}.json"


def lines() -> list[Line]:
    every: list[Line] = []
    for data, shown in (("banking77", "Banking77"), ("clinc150", "CLINC150")):
        every += [
            Line(name=f"{shown}: support-graph", data=data),
            Line(name=f"{shown}: one error in ten noticed", data=data, noticed=0.1),
            Line(name=f"{shown}: ten answers change half-way", data=data, kind="drift"),
            Line(name=f"{shown}: intents by Zipf", data=data, kind="zipf"),
            Line(name=f"{shown}: one record per answer", data=data, kind="unmerged"),
            *(
                Line(name=f"{shown}: cosine {cut} *", data=data, cosine=f"cosine-{cut}")
                for cut in (".80", ".85", ".90")
            ),
        ]
    return [*every, Line(name="Banking77, 27 intents unknown", data="banking77_oos")]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    wanted = [line for line in lines() if asked.only in line.name]
    print(_row("", *(f"{mark:,}" for mark in _MARKS), "last 2,000", "least precise", "messages/s"))
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(asked.jobs) as pool:
        folder: Path = asked.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for line, told in zip(
            wanted, pool.map(lambda one: _told(one, folder, asked.messages), wanted), strict=True
        ):
            print(_shown(line, told), flush=True)
    print("No learning: an empty Brain answers none of these messages (0 %).")


def _told(line: Line, folder: Path, messages: int) -> dict[str, Any]:
    path = folder / line.file
    if not path.exists():
        command = ["--data", line.data, "--messages", str(messages), "--json", str(path)]
        if line.cosine:
            command = ["gate_stream", *command, "--scorer", line.cosine, "--seeds", "1"]
            command += ["--noticed", str(line.noticed)]
        else:
            command = ["learning_stream", *command, "--kind", line.kind]
            command += ["--noticed", str(line.noticed)]
        module, *options = command
        with (folder / f"{line.file}.log").open("w") as log:
            subprocess.run(
                [sys.executable, "-m", f"benchmarks.{module}", *options],
                stdout=log,
                stderr=log,
                env=os.environ | {"OMP_NUM_THREADS": "1"},
                check=True,
            )
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return told


def _shown(line: Line, told: dict[str, Any]) -> str:
    outcomes = list(zip(told["automatic"], told["right"], strict=True))
    marks = [_rates(outcomes[:mark]) if mark <= len(outcomes) else "" for mark in _MARKS]
    windows = [outcomes[at : at + _WINDOW] for at in range(0, len(outcomes) - _WINDOW + 1, _WINDOW)]
    least = min((_precision(w) for w in windows if any(a for a, _ in w)), default=None)
    speed = "" if line.cosine else f"{len(outcomes) / told['seconds']:.0f}"
    return _row(
        line.name,
        *marks,
        _rates(outcomes[-_WINDOW:]),
        "" if least is None else f"{least:.1%}",
        speed,
    )


def _rates(outcomes: list[tuple[bool, bool | None]]) -> str:
    deflected = sum(automatic for automatic, _ in outcomes) / len(outcomes)
    return f"{deflected:.1%} / {_precision(outcomes):.1%}"


def _precision(outcomes: list[tuple[bool, bool | None]]) -> float:
    told = [bool(right) for automatic, right in outcomes if automatic]
    return sum(told) / max(1, len(told))


def _row(name: str, *cells: str) -> str:
    return f"{name:42}" + "".join(f"{cell:>16}" for cell in cells)


if __name__ == "__main__":
    main()
