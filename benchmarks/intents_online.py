"""How intents grow: a stream of messages, each answered by its right answer, from an empty list.

    python -m benchmarks.intents_online [--messages N] [--seeds K]

In memory. An answer that is new becomes a resolution, and the resolution gets an intent: the
nearest one whose cosine is at least the threshold, else a new one. In life an answer is not always
recognised, so a share of the known answers becomes a resolution of its own again (`missed`), and
its intent is what can put the pieces together. Gold are the data set's intents. ARI, homogeneity
and completeness compare the intents of all messages in the end with the gold. `recognised` is the
share of messages that were given an intent before anybody had answered (a cosine of .6 is enough
for that), and `right` how many of them were given the one that they had in the end. With `--names`
a new intent whose name, made of words, is taken joins the one that has it.
"""

import argparse
import asyncio
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from sklearn.metrics import (
    adjusted_rand_score,
    completeness_score,
    homogeneity_score,
)

from benchmarks.gate_memory import Rows
from benchmarks.gate_messages import Message, embedded
from support_graph.learning.intents import SAME_INTENT
from support_graph.models.minilm import MiniLM
from support_graph.models.offline import OfflineLanguageModel

THRESHOLDS = (0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 2.0)
MISSED = (0.0, 0.3)
_NEAR_DUPLICATE = 0.9
_CAP = 20


@dataclass(slots=True)
class Growing:
    """The intents so far: `owners` says which intent each kept phrasing belongs to."""

    threshold: float
    phrasings: Rows
    owners: list[int] = field(default_factory=list)
    counts: dict[int, int] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    intents: int = 0

    def nearest(self, vector: np.ndarray) -> tuple[int | None, float]:
        """The intent of the nearest phrasing, and its cosine."""
        if not self.owners:
            return None, 0.0
        cosines = self.phrasings.matrix @ vector
        best = int(cosines.argmax())
        return self.owners[best], float(cosines[best])

    def classify(self, vector: np.ndarray, name: str | None) -> int:
        """For a new resolution; `name` given: an intent that has this name already is taken."""
        known, cosine = self.nearest(vector)
        if known is not None and cosine >= self.threshold:
            return known
        if name is not None and name in self.names:
            return self.names[name]
        self.intents += 1
        if name is not None:
            self.names[name] = self.intents
        return self.intents

    def file(self, resolution: int, intent: int, vector: np.ndarray) -> None:
        count = self.counts.get(resolution, 0)
        if count < _CAP and (not count or self.nearest(vector)[1] < _NEAR_DUPLICATE):
            self.counts[resolution] = count + 1
            self.owners.append(intent)
            self.phrasings.append(vector)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    intents: int
    ari: float
    homogeneous: float
    complete: float
    recognised: float
    right: float


def stream(
    messages: Sequence[Message],
    names: dict[str, str] | None,
    *,
    threshold: float,
    missed: float,
    chance: random.Random,
) -> Told:
    growing = Growing(threshold, Rows(len(messages[0].vector)))
    answers: dict[str, tuple[int, int]] = {}
    given: list[int] = []
    foreseen: list[int | None] = []
    resolutions = 0
    for message in messages:
        assert message.intent is not None
        known, cosine = growing.nearest(message.vector)
        foreseen.append(known if cosine >= SAME_INTENT else None)
        if message.intent not in answers or chance.random() < missed:
            resolutions += 1
            name = names[message.text] if names is not None else None
            answers[message.intent] = (resolutions, growing.classify(message.vector, name))
        resolution, intent = answers[message.intent]
        given.append(intent)
        growing.file(resolution, intent, message.vector)
    gold = [message.intent for message in messages]
    seen = [(a, b) for a, b in zip(foreseen, given, strict=True) if a is not None]
    return Told(
        intents=len(set(given)),
        ari=adjusted_rand_score(gold, given),
        homogeneous=homogeneity_score(gold, given),
        complete=completeness_score(gold, given),
        recognised=len(seen) / len(messages),
        right=sum(a == b for a, b in seen) / max(1, len(seen)),
    )


async def named(messages: Sequence[Message]) -> dict[str, str]:
    """Each message's name, as the offline language model gives it."""
    model = MiniLM()
    try:
        language = OfflineLanguageModel(embedder=model)
        return {m.text: await language.name_intent(m.text) for m in messages}
    finally:
        model.close()


def runs(data: str, size: int, seeds: int) -> Iterator[list[Message]]:
    known = [m for m in embedded(data) if m.intent is not None]
    for seed in range(seeds):
        yield random.Random(seed).sample(known, min(size, len(known)))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=3_000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--names", action="store_true", help="the same name is the same intent")
    asked = parser.parse_args()
    for data in ("banking77", "clinc150"):
        began = time.process_time()
        orders = list(runs(data, asked.messages, asked.seeds))
        gold = len({m.intent for m in orders[0]})
        print(f"\n{data}: {asked.messages} messages, {gold} gold intents, {asked.seeds} orders")
        print("missed  threshold  intents    ARI  homog.  compl.  recognised  right")
        names = [asyncio.run(named(o)) for o in orders] if asked.names else [None] * len(orders)
        for missed in MISSED:
            for threshold in THRESHOLDS:
                told = [
                    stream(o, n, threshold=threshold, missed=missed, chance=random.Random(i))
                    for i, (o, n) in enumerate(zip(orders, names, strict=True))
                ]
                mean = {f: float(np.mean([getattr(t, f) for t in told])) for f in Told.__slots__}
                print(
                    f"{missed:6.0%}  {'never' if threshold > 1 else threshold:>9}"
                    f"  {mean['intents']:7.0f}  {mean['ari']:5.3f}  {mean['homogeneous']:6.3f}"
                    f"  {mean['complete']:6.3f}  {mean['recognised']:10.1%}  {mean['right']:5.1%}",
                    flush=True,
                )
        print(f"({time.process_time() - began:.0f} s of CPU)")


if __name__ == "__main__":
    main()
