"""How much the gate answers by itself, and how rightly: a stream of questions, an empty store.

    python -m benchmarks.gate_stream [--data banking77|clinc150] [--messages N] [--seeds K]
        [--scorer better|reference|no-merge|missed-merges|cosine-.85] [--prior other|same|mean]

In memory, without Postgres. Customers ask in random order. What the gate trusts is answered by
itself, except for audits; the rest goes to a human, who gives the right answer, which is filed. A
fifth of the wrong answers is complained about; silence counts as right. In CLINC150 every eighth
message is out of scope, and its human answer is filed under nothing. The prior is that of the
*other* data set.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.gate_memory import Candidate, Store
from benchmarks.gate_report import Told, report
from benchmarks.public_data import rows
from support_graph.domain import calibration
from support_graph.domain.calibration import Calibration, Labels
from support_graph.learning import features, threshold
from support_graph.models.minilm import NAME, MiniLM

TARGET = 0.97
NOTICED = 0.2
OUT_OF_SCOPE = 0.12
MISSED_MERGES = 0.3
PRIORS = {"banking77": features.PRIOR_OF_BANK, "clinc150": features.PRIOR_OF_ASSISTANT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`intent` is None for what no answer is kept for."""

    text: str
    intent: str | None
    vector: NDArray[np.float32]


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
        self._labels: deque[tuple[tuple[float, ...], bool, float]] = deque(
            maxlen=calibration.LABELS_USED
        )
        self._labelled = self._fitted_at = 0
        self._confidences: deque[float] = deque(maxlen=threshold.CONFIDENCES_USED)
        self._noticed = 0
        self._wrong_audits: list[float] = []

    def confidence(self, candidate: Candidate | None) -> float:
        """It is remembered, for the threshold."""
        fit = self._fit.knowing(self._labelled) if self._modest else self._fit
        p = 0.0 if candidate is None else fit.confidence(candidate.features)
        self._confidences.append(p)
        return p

    def trusts(self, p: float) -> bool:
        if self._modest:
            confidences = list(self._confidences)
            return p >= threshold.cautious_threshold(confidences, TARGET, labels=self._labelled)
        return p >= threshold.threshold(list(self._confidences), TARGET, floor=self._floor)

    def audit_probability(self, p: float) -> float:
        return threshold.audit_probability(p) if self._audits is None else self._audits

    def audited(self, p: float, *, right: bool) -> None:
        if not right:
            self._wrong_audits.append(self.audit_probability(p))

    def complained(self) -> float:
        """The weight of a complaint."""
        self._noticed += 1
        return 1 / threshold.noticed_share(noticed=self._noticed, wrong_audits=self._wrong_audits)

    def learn(self, candidate: Candidate, *, right: bool, weight: float = 1.0) -> None:
        self._labels.append((candidate.features, right, weight))
        self._labelled += 1
        if calibration.due(labels=self._labelled, fitted_at=self._fitted_at):
            x, y, w = zip(*self._labels, strict=True)
            labels = Labels(
                features=np.array(x), right=np.array(y, dtype=np.float64), weight=np.array(w)
            )
            self._fit = self._prior.fitted(labels, start=self._fit.beta)
            self._fitted_at = self._labelled


class FixedCosine(Gate):
    """Answers what is this similar, learns nothing."""

    def __init__(self, cosine: float) -> None:
        super().__init__(Calibration.prior((1.0,), precision=1.0, kappa=0.0), floor=0, audits=0.0)
        self._cosine = cosine

    def confidence(self, candidate: Candidate | None) -> float:
        return 0.0 if candidate is None else candidate.similarity

    def trusts(self, p: float) -> bool:
        return p >= self._cosine

    def learn(self, candidate: Candidate, *, right: bool, weight: float = 1.0) -> None:
        pass


class Desk:
    """Who answers, what is filed, what is learned from it."""

    def __init__(self, gate: Gate, store: Store, chance: random.Random, *, merging: float) -> None:
        self._gate = gate
        self._store = store
        self._chance = chance
        self._merging = merging
        self._intents: list[str] = []
        self._answers: dict[str, int] = {}

    def receive(self, message: Message) -> Told:
        candidate = self._store.candidate(message.text, message.vector)
        p = self._gate.confidence(candidate)
        right = candidate is not None and self._intents[candidate.answer] == message.intent
        if candidate is not None and self._gate.trusts(p):
            if self._chance.random() >= self._gate.audit_probability(p):
                self._sent(candidate, right=right)
                return Told(answered=True, right=right, confidence=p)
            self._gate.audited(p, right=right)
        if candidate is not None:
            self._store.outcome(candidate, right=right)
            self._gate.learn(candidate, right=right)
        self._store.file(message.text, message.vector, self._answer(message.intent))
        return Told(answered=False, right=False, confidence=p)

    def _sent(self, candidate: Candidate, *, right: bool) -> None:
        noticed = not right and self._chance.random() < NOTICED
        weight = self._gate.complained() if noticed else 1.0
        self._store.outcome(candidate, right=not noticed)
        self._gate.learn(candidate, right=not noticed, weight=weight)

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
    parser.add_argument("--scorer", default="better")
    parser.add_argument("--prior", choices=("other", "same", "mean"), default="other")
    asked = parser.parse_args()
    for data in asked.data or PRIORS:
        messages = embedded(data)
        runs: list[list[Told]] = []
        started = time.perf_counter()
        for seed in range(asked.seeds):
            chance = random.Random(seed)
            stream = shuffled(messages, asked.messages, chance)
            desk = opened(asked.scorer, data, asked.prior, chance)
            runs.append([desk.receive(message) for message in stream])
        rate = sum(map(len, runs)) / (time.perf_counter() - started)
        print(f"\n{data}, {asked.scorer}, {asked.seeds} orders ({rate:.0f} messages/s)")
        report(runs, data, asked.scorer)


def opened(scorer: str, data: str, prior: str, chance: random.Random) -> Desk:
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
    return Desk(gate, store, chance, merging=merging)


def better_prior(data: str, prior: str) -> Calibration:
    own = np.array(PRIORS[data])
    other = np.array(next(beta for name, beta in PRIORS.items() if name != data))
    beta = {"other": other, "same": own, "mean": (own + other) / 2}[prior]
    return Calibration.prior(
        beta, precision=features.EXTENDED_PRECISION, kappa=features.EXTENDED_KAPPA
    )


def shuffled(messages: Sequence[Message], n: int, chance: random.Random) -> list[Message]:
    """`n` in random order; an eighth out of scope where there are such messages."""
    strangers = [m for m in messages if m.intent is None]
    known = [m for m in messages if m.intent is not None]
    few = round(n * OUT_OF_SCOPE) if strangers else 0
    stream = chance.sample(known, min(n - few, len(known))) + chance.sample(strangers, few)
    chance.shuffle(stream)
    return stream


def embedded(data: str) -> list[Message]:
    """The messages with their vectors, which are kept in the folder of temporary files."""
    found = rows(f"intents_{data}")
    texts = [str(row["text"]) for row in found]
    kept = Path(tempfile.gettempdir()) / f"support-graph-{data}-{len(texts)}-{NAME}.npy"
    if kept.exists():
        vectors = np.load(kept)
    else:
        vectors = asyncio.run(vectors_of(texts))
        np.save(kept, vectors)
    return [
        Message(text=text, intent=None if row.get("oos") else str(row["intent"]), vector=vector)
        for text, row, vector in zip(texts, found, vectors, strict=True)
    ]


async def vectors_of(texts: Sequence[str]) -> NDArray[np.float32]:
    model = MiniLM()
    try:
        return await model.embed(texts)
    finally:
        model.close()


if __name__ == "__main__":
    main()
