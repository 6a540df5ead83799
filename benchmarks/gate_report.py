"""What became of the messages of `gate_stream`, beside what design/gate.md says of the scorer."""

from collections.abc import Sequence
from dataclasses import dataclass

MARKS = (300, 500, 1_000, 3_000, 5_000, 10_000)
WINDOW = 500
LAST = 2_000
PUBLISHED = {
    "banking77 reference": "12 43 67 73 83, last 82.2 / 97.6; first 3,000: 46.5, all: 67.4",
    "clinc150 reference": "12 38 63 72 78, last 77.0 / 97.7; first 3,000: 44.4, all: 65.3",
    "banking77 better": "first 3,000: 52.3, all: 71.4 / 98.1",
    "clinc150 better": "first 3,000: 49.3, all: 68.0 / 98.0",
    "banking77 no-merge": "all: 38",
    "clinc150 no-merge": "all: 43",
    "banking77 missed-merges": "all: 56",
    "clinc150 missed-merges": "all: 63",
    "banking77 cosine-.85": "17 32 51 61 68, last 64.8 / 95.0",
    "clinc150 cosine-.80": "8 18 32 40 44, last 46.0 / 96.8",
}
"""Deflected at the marks, in %; right among them after the slash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of a message: `right` of what was answered, else False."""

    answered: bool
    right: bool
    confidence: float


def report(runs: Sequence[Sequence[Told]], data: str, scorer: str) -> None:
    print(
        f"  {'up to message':>14}  of the last {WINDOW}    of all so far   (deflected / right, %)"
    )
    length = len(runs[0])
    for mark in [m for m in MARKS if m <= length]:
        near = shares([run[max(0, mark - WINDOW) : mark] for run in runs])
        print(f"  {mark:14,}  {near:>15}  {shares([run[:mark] for run in runs]):>15}")
    for told in (LAST, length):
        parts = [run[-told:] for run in runs]
        each = ", ".join(shares([part]) for part in parts)
        print(f"  last {told:9,}  {shares(parts):>15}   by order: {each}")
    windows = [[right_of(run[at : at + LAST]) for at in range(0, length, LAST)] for run in runs]
    print(f"  right in every window of {LAST:,}, at least {min(map(min, windows)):.1%}: by order")
    for window in windows:
        print("    " + " ".join(f"{right:.1%}" for right in window))
    print(f"  published: {PUBLISHED.get(f'{data} {scorer}', 'nothing')}")


def right_of(told: Sequence[Told]) -> float:
    """The share of right ones among what was answered; nothing answered is nothing wrong."""
    return (sum(one.right for one in told) or 1) / (sum(one.answered for one in told) or 1)


def shares(parts: Sequence[Sequence[Told]]) -> str:
    told = [one for part in parts for one in part]
    answered = sum(one.answered for one in told)
    right = sum(one.right for one in told)
    return f"{answered / len(told):.1%} / {right / max(1, answered):.1%}"
