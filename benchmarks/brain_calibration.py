"""How much passages answer, and how rightly, while a workspace's labels come in.

    python -m benchmarks.brain_calibration [--seeds N]

A stream: each company's questions in random order, asked plainly and from their page (one in ten
also from a wrong one), and among ten messages three that its documents can't answer. A passage is
sent from the threshold on, except for audits; else a teammate judges the draft. A fifth of the
wrong answers is complained about, silence counts as right. The prior is fitted on another company;
"too sure" adds 1.5 to its logits, as a company would be whose documents are misleadingly alike.
"""

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.brain_companies import PLACES, Company, companies
from benchmarks.brain_gate_report import Numbers
from support_graph.brain.evidence import NAMES, PRIOR
from support_graph.domain.calibration import Calibration, Labels, due
from support_graph.domain.evidence import EvidenceKind, LabelSource
from support_graph.learning.calibrating import refitted
from support_graph.learning.threshold import audit_probability, needed

TARGET = 0.97
NOTICED = 0.2
UNANSWERABLE = 0.3
WRONG_PAGE = 0.1
DRAFTED = 0.05
SETTLED = 50
TOO_SURE = 1.5

Message = tuple[Numbers, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How it is done: with a calibration that learns or not, and a threshold that is the target
    (as for passages) or follows the recent stream (as for past answers)."""

    name: str
    learns: bool
    kind: EvidenceKind


WAYS = (
    Way(name="fixed, threshold of the stream", learns=False, kind=EvidenceKind.RESOLUTION),
    Way(name="fixed, threshold at the target", learns=False, kind=EvidenceKind.BRAIN),
    Way(name="learned, threshold of the stream", learns=True, kind=EvidenceKind.RESOLUTION),
    Way(name="learned, threshold at the target", learns=True, kind=EvidenceKind.BRAIN),
)


@dataclass(slots=True)
class Tally:
    messages: int = 0
    answered: int = 0
    right: int = 0

    def add(self, other: "Tally") -> None:
        self.messages += other.messages
        self.answered += other.answered
        self.right += other.right

    def __str__(self) -> str:
        rightly = f"{self.right / self.answered:6.1%}" if self.answered else "     -"
        return f"{self.answered / self.messages:5.1%} /{rightly}"


class Gate:
    def __init__(self, way: Way, prior: Calibration) -> None:
        self._way = way
        self._prior = self._fit = prior
        self._labels: list[tuple[Numbers, bool, LabelSource]] = []
        self._recent: list[float] = []

    def judge(self, x: Numbers) -> tuple[float, bool]:
        """The confidence, and whether it is enough."""
        p = self._fit.knowing(len(self._labels)).confidence(x.tolist())
        # A workspace whose past answers have labels enough has left the cautious beginning behind.
        labels = len(self._labels) if self._way.learns else 10_000
        level = needed(self._recent, p, TARGET, kind=self._way.kind, labels=labels, similarity=None)
        self._recent.append(p)
        return p, p >= level

    def learn(self, x: Numbers, source: LabelSource, *, right: bool) -> None:
        if not self._way.learns:
            return
        self._labels.append((x, right, source))
        if due(labels=len(self._labels), fitted_at=len(self._labels) - 1):
            features, rights, sources = zip(*self._labels, strict=True)
            labels = Labels(
                features=np.array(features),
                right=np.array(rights, float),
                weight=np.ones(len(rights)),
            )
            start = self._fit.beta
            self._fit = refitted(self._prior, labels, sources, start=start)


def stream(company: Company, chance: random.Random) -> list[Message]:
    places = len(PLACES)
    own = [
        (x, bool(right))
        for row, (x, right) in enumerate(zip(company.own.x, company.own.right, strict=True))
        if PLACES[row % places] != "wrong page" or chance.random() < WRONG_PAGE
    ]
    lacking = [(x, False) for x in company.foreign.x]
    wanted = round(len(own) * UNANSWERABLE / (1 - UNANSWERABLE))
    messages = own + chance.sample(lacking, min(wanted, len(lacking)))
    chance.shuffle(messages)
    return messages


def run(gate: Gate, messages: Sequence[Message], chance: random.Random) -> tuple[Tally, Tally]:
    """Of the whole stream, and of its second half."""
    whole, half = Tally(), Tally()
    for number, (x, right) in enumerate(messages):
        counted = [whole, half] if number >= len(messages) // 2 else [whole]
        for tally in counted:
            tally.messages += 1
        p, sure = gate.judge(x)
        audit = audit_probability(p) if number >= SETTLED else 0.0
        if not sure or chance.random() < audit:
            if p >= DRAFTED:
                gate.learn(x, LabelSource.AUDIT if sure else LabelSource.HUMAN, right=right)
            continue
        for tally in counted:
            tally.answered += 1
            tally.right += right
        complained = not right and chance.random() < NOTICED
        source = LabelSource.RATING if complained else LabelSource.SILENCE
        gate.learn(x, source, right=not complained)
    return whole, half


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seeds", type=int, default=10)
    seeds = arguments.parse_args().seeds
    for company in companies():
        size = len(stream(company, random.Random(0)))
        print(f"\n{company.name}: {size} messages, answered / right of them, {seeds} orders")
        for prior, shift in (("another company's", 0.0), ("too sure", TOO_SURE)):
            beta = company.others + shift * np.array([name == "constant" for name in NAMES])
            for way in WAYS:
                _row(company, way, replace(PRIOR, beta=beta), prior, seeds)


def _row(company: Company, way: Way, prior: Calibration, name: str, seeds: int) -> None:
    whole, half = Tally(), Tally()
    for seed in range(seeds):
        chance = random.Random(seed)
        fixed = prior if way.learns else replace(prior, kappa=prior.strange)
        both = run(Gate(way, fixed), stream(company, chance), chance)
        whole.add(both[0])
        half.add(both[1])
    print(f"  {name:18} {way.name:34} {whole!s}   second half {half!s}", flush=True)


if __name__ == "__main__":
    main()
