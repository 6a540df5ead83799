"""How much the gate answers by itself, and how rightly: a stream of questions, an empty store.

    python -m benchmarks.gate_stream [--data banking77|clinc150|half-banking] [--messages N]
        [--seeds K] [--noticed .2] [--prior other|same|mean]
        [--scorer better|reference|no-merge|missed-merges|cosine-.85]

In memory, without Postgres. Customers ask in random order. What the gate trusts is answered by
itself, except for audits; the rest goes to a human, who gives the right answer, which is filed. Of
the wrong answers the share `noticed` is complained about. In CLINC150 every eighth message is out
of scope, and its human answer is filed under nothing; so is that of 27 of the 77 intents in
half-banking, which are near those that are answered. The prior is that of the *other* data set.
"""

import argparse
import json
import random
import time
from collections import deque
from pathlib import Path

import numpy as np

from benchmarks.gate_memory import Candidate, Store
from benchmarks.gate_messages import Message, embedded, shuffled
from benchmarks.gate_report import Told, report
from support_graph.domain import calibration
from support_graph.domain.calibration import Calibration, Labels
from support_graph.domain.evidence import EvidenceKind, LabelSource
from support_graph.learning import features, threshold
from support_graph.learning.aim import aim
from support_graph.learning.calibrating import refitted
from support_graph.models.minilm import MiniLM

TARGET = 0.97
NOTICED = (0.2, 0.1)
MISSED_MERGES = 0.3
PRIORS = {
    "banking77": features.PRIOR_OF_BANK,
    "clinc150": features.PRIOR_OF_ASSISTANT,
    "half-banking": features.PRIOR_OF_BANK,
}


class Gate:
    """Confidence and threshold, learned from labels; `modest` as the product is with few."""

    def __init__(
        self, prior: Calibration, *, floor: float, audits: float | None, modest: bool = False
    ) -> None:
        self._modest = modest
        self._prior = prior
        self._fit = prior
        self._floor = floor
        self._audits = audits
        self._labels: deque[tuple[tuple[float, ...], bool, LabelSource]] = deque(
            maxlen=calibration.LABELS_USED
        )
        self._labelled = self._fitted_at = 0
        self._confidences: deque[float] = deque(maxlen=threshold.CONFIDENCES_USED)

    def confidence(self, candidate: Candidate | None) -> float:
        """It is remembered, for the threshold."""
        fit = self._fit.knowing(self._labelled) if self._modest else self._fit
        p = 0.0 if candidate is None else fit.confidence(candidate.features)
        self._confidences.append(p)
        return p

    def trusts(self, candidate: Candidate, p: float) -> bool:
        confidences = list(self._confidences)
        if self._modest:
            return p >= threshold.needed(
                confidences[:-1],
                p,
                TARGET,
                kind=EvidenceKind.RESOLUTION,
                labels=self._labelled,
                similarity=candidate.features[features.NAMES.index("similarity")],
            )
        return p >= threshold.threshold(confidences, aim(TARGET), floor=self._floor)

    def audit_probability(self, p: float) -> float:
        return threshold.audit_probability(p) if self._audits is None else self._audits

    def learn(self, candidate: Candidate, source: LabelSource, *, right: bool) -> None:
        self._labels.append((candidate.features, right, source))
        self._labelled += 1
        if calibration.due(labels=self._labelled, fitted_at=self._fitted_at):
            x, y, sources = zip(*self._labels, strict=True)
            labels = Labels(
                features=np.array(x), right=np.array(y, dtype=np.float64), weight=np.ones(len(y))
            )
            start = self._fit.beta
            self._fit = refitted(self._prior, labels, sources, start=start)
            self._fitted_at = self._labelled


class FixedCosine(Gate):
    """Answers what is this similar, learns nothing."""

    def __init__(self, cosine: float) -> None:
        super().__init__(Calibration.prior((1.0,), precision=1.0, kappa=0.0), floor=0, audits=0.0)
        self._cosine = cosine

    def confidence(self, candidate: Candidate | None) -> float:
        return 0.0 if candidate is None else candidate.similarity

    def trusts(self, candidate: Candidate, p: float) -> bool:  # noqa: ARG002 - p is it
        return p >= self._cosine

    def learn(self, candidate: Candidate, source: LabelSource, *, right: bool) -> None:
        pass


class Desk:
    """Who answers, what is filed, what is learned from it."""

    def __init__(
        self,
        gate: Gate,
        store: Store,
        chance: random.Random,
        *,
        noticed: float,
        merging: float,
    ) -> None:
        self._gate = gate
        self._noticed = noticed
        self._store = store
        self._chance = chance
        self._merging = merging
        self._intents: list[str] = []
        self._answers: dict[str, int] = {}

    def candidate(self, message: Message) -> Candidate | None:
        return self._store.candidate(message.text, message.vector)

    def fits(self, candidate: Candidate, message: Message) -> bool:
        return self._intents[candidate.answer] == message.intent

    def receive(self, message: Message) -> Told:
        return self.handle(message, self.candidate(message))

    def handle(self, message: Message, candidate: Candidate | None) -> Told:
        p = self._gate.confidence(candidate)
        right = candidate is not None and self.fits(candidate, message)
        source = LabelSource.HUMAN
        if candidate is not None and self._gate.trusts(candidate, p):
            if self._chance.random() >= self._gate.audit_probability(p):
                self._sent(message, candidate, right=right)
                return Told(answered=True, right=right, confidence=p)
            source = LabelSource.AUDIT
        if candidate is not None:
            self._store.outcome(candidate, right=right)
            self._gate.learn(candidate, source, right=right)
        self._store.file(message.text, message.vector, self._answer(message.intent))
        return Told(answered=False, right=False, confidence=p)

    def _sent(self, message: Message, candidate: Candidate, *, right: bool) -> None:
        complained = not right and self._chance.random() < self._noticed
        source = LabelSource.RATING if complained else LabelSource.SILENCE
        self._store.outcome(candidate, right=not complained)
        self._gate.learn(candidate, source, right=not complained)
        if not complained:
            self._store.answered(message.text, candidate.answer)

    def _answer(self, intent: str | None) -> int | None:
        """The number that a human's answer is filed under."""
        if intent is None:
            return None
        known = self._answers.get(intent)
        if known is not None and self._chance.random() < self._merging:
            return known
        self._intents.append(intent)
        self._answers[intent] = len(self._intents) - 1
        return self._answers[intent]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", choices=PRIORS, action="append")
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--noticed", type=float, action="append")
    parser.add_argument("--scorer", default="better")
    parser.add_argument("--prior", choices=("other", "same", "mean"), default="other")
    parser.add_argument("--json", type=Path, help="where the outcomes of the first order go")
    asked = parser.parse_args()
    for data in asked.data or PRIORS:
        messages = embedded(data)
        for noticed in asked.noticed or NOTICED:
            started = time.perf_counter()
            runs: list[list[Told]] = []
            for seed in range(asked.seeds):
                chance = random.Random(seed)
                stream = shuffled(messages, asked.messages, chance)
                desk = opened(asked.scorer, data, asked.prior, chance, noticed=noticed)
                runs.append([desk.receive(message) for message in stream])
            rate = sum(map(len, runs)) / (time.perf_counter() - started)
            print(
                f"\n{data}, {asked.scorer}, {noticed:.0%} of the errors noticed, "
                f"{asked.seeds} orders ({rate:.0f} messages/s)"
            )
            report(runs, data, asked.scorer)
            if asked.json:
                told = {
                    "seconds": 0,
                    "automatic": [one.answered for one in runs[0]],
                    "right": [one.right if one.answered else None for one in runs[0]],
                }
                asked.json.write_text(json.dumps(told), encoding="utf-8")


def opened(scorer: str, data: str, prior: str, chance: random.Random, *, noticed: float) -> Desk:
    """An empty desk with this scorer."""
    merging = {"no-merge": 0.0, "missed-merges": 1 - MISSED_MERGES}.get(scorer, 1.0)
    store = Store(MiniLM.dimensions, likelihoods=scorer == "better")
    if scorer.startswith("cosine-"):
        gate: Gate = FixedCosine(float(scorer.removeprefix("cosine-")))
    elif scorer == "better":
        gate = Gate(better_prior(data, prior), floor=0.6, audits=None, modest=True)
    else:
        believed = Calibration.prior(
            features.PRIOR, precision=features.PRIOR_PRECISION, kappa=features.KAPPA
        )
        gate = Gate(believed, floor=0.7, audits=0.03)
    return Desk(gate, store, chance, noticed=noticed, merging=merging)


def better_prior(data: str, prior: str) -> Calibration:
    own = np.array(PRIORS[data])
    other = np.array(next(beta for beta in PRIORS.values() if beta is not PRIORS[data]))
    beta = {"other": other, "same": own, "mean": (own + other) / 2}[prior]
    return Calibration.prior(
        beta, precision=features.EXTENDED_PRECISION, kappa=features.EXTENDED_KAPPA
    )


if __name__ == "__main__":
    main()
