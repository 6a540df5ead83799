"""Does a customer ask the same again in other words? Prints AUROC, and what the threshold catches.

    python -m benchmarks.rephrase [--pairs N]

The model of learning/rephrase.py is fitted again on N pairs of Banking77 messages, half of them of
one intent and half a message and the nearest of ten of other intents, to show where its numbers
come from. It is measured on the English COVID-19 questions
with a person's paraphrase or another question, and on CLINC150, where the pairs that differ are of
one domain, as two questions of one customer are. Intervals: 1,000 bootstrap samples of the pairs.
"""

import argparse
import asyncio
import random
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from benchmarks.public_data import rows
from support_graph.learning.rephrase import CERTAIN, same_question, shared_trigrams
from support_graph.models.minilm import MiniLM
from support_graph.models.words import words

Numbers = NDArray[np.float64]
Pair = tuple[str, str, bool]

_RIDGE = 0.1
_SAMPLES = 1_000
_THRESHOLDS = (0.5, 0.7, CERTAIN, 0.95)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=4_000)
    asked = parser.parse_args()
    embedder = MiniLM()
    try:
        asyncio.run(_run(embedder, asked.pairs))
    finally:
        embedder.close()


async def _run(embedder: MiniLM, count: int) -> None:
    chance = random.Random(0)
    bank = await _near_pairs(embedder, "intents_banking77", count, chance)
    cosine, trigrams = await _features(embedder, bank)
    beta = _fitted(np.column_stack([np.ones(len(bank)), cosine, trigrams]), _same(bank))
    print("fitted on Banking77: constant, cosine, trigrams =", beta.round(2).tolist(), "\n")
    covid = [
        (row["question_1"], row["question_2"], bool(row["same"]))
        for row in rows("rephrase_covid_faq_pairs")
        if row["lang"] == "en"
    ]
    clinc = _of_one_domain("intents_clinc150", count, chance)
    for name, pairs in (("COVID-19 questions, English", covid), ("CLINC150, one domain", clinc)):
        await _report(embedder, name, pairs)


async def _report(embedder: MiniLM, name: str, pairs: Sequence[Pair]) -> None:
    cosine, trigrams = await _features(embedder, pairs)
    same = _same(pairs)
    ours = np.array(
        [same_question(a, b, cosine=c) for (a, b, _), c in zip(pairs, cosine, strict=True)]
    )
    rankings = {
        "words in common (Jaccard)": np.array([_jaccard(a, b) for a, b, _ in pairs]),
        "words in any order": np.array(
            [fuzz.token_set_ratio(a.lower(), b.lower()) for a, b, _ in pairs]
        ),
        "trigrams in common": trigrams,
        "cosine": cosine,
        "ours": ours,
    }
    print(f"{name}: {len(pairs)} pairs, {same.mean():.0%} the same")
    for label, scores in rankings.items():
        low, high = _interval(scores, same)
        print(f"  {label:28} AUROC {_auroc(scores, same):.3f}  ({low:.3f} to {high:.3f})")
    for threshold in _THRESHOLDS:
        said = ours >= threshold
        print(
            f"  p >= {threshold:<5} caught {said[same > 0].mean():6.1%}"
            f"  false alarms {said[same == 0].mean():6.1%}"
        )
    print()


async def _near_pairs(embedder: MiniLM, name: str, count: int, chance: random.Random) -> list[Pair]:
    """Half of one intent; the others with the nearest of ten messages of other intents."""
    found = rows(name)
    found = chance.sample(found, min(len(found), count))
    vectors = await embedder.embed([row["text"] for row in found])
    by_intent: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(found):
        by_intent[row["intent"]].append(number)
    pairs: list[Pair] = []
    for _ in range(count // 2):
        one, same = chance.sample(chance.choice(list(by_intent.values())), 2)
        intent = found[one]["intent"]
        others = [n for n in chance.sample(range(len(found)), 12) if found[n]["intent"] != intent]
        near = max(others[:10], key=lambda n: float(vectors[one] @ vectors[n]))
        text = found[one]["text"]
        pairs += [(text, found[same]["text"], True), (text, found[near]["text"], False)]
    return pairs


def _of_one_domain(name: str, count: int, chance: random.Random) -> list[Pair]:
    """Half of one intent, the others of two intents of one domain."""
    by_intent: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows(name):
        if not row["oos"]:
            by_intent[row["domain"], row["intent"]].append(row["text"])
    intents = sorted(by_intent)
    pairs: list[Pair] = []
    for _ in range(count // 2):
        here = chance.choice(intents)
        one, same = chance.sample(by_intent[here], 2)
        there = chance.choice([i for i in intents if i != here and i[0] == here[0]])
        pairs += [(one, same, True), (one, chance.choice(by_intent[there]), False)]
    return pairs


async def _features(embedder: MiniLM, pairs: Sequence[Pair]) -> tuple[Numbers, Numbers]:
    vectors = await embedder.embed([text for one, other, _ in pairs for text in (one, other)])
    cosine = np.einsum("ij,ij->i", vectors[0::2], vectors[1::2]).astype(np.float64)
    return cosine, np.array([shared_trigrams(one, other) for one, other, _ in pairs])


def _same(pairs: Sequence[Pair]) -> Numbers:
    return np.array([float(same) for *_, same in pairs])


def _jaccard(one: str, other: str) -> float:
    mine, theirs = set(words(one)), set(words(other))
    return len(mine & theirs) / max(1, len(mine | theirs))


def _fitted(x: Numbers, y: Numbers) -> Numbers:
    """Logistic regression with a little ridge: Newton's method."""
    beta = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ beta))
        slope = x.T @ (p - y) + _RIDGE * beta
        beta -= np.linalg.solve((x.T * (p * (1 - p))) @ x + _RIDGE * np.eye(len(beta)), slope)
    return beta


def _auroc(scores: Numbers, same: Numbers) -> float:
    """How often a pair that is the same scores higher than one that is not; ties count half."""
    _, ranks, counts = np.unique(scores, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts - 1) / 2
    positive = same.sum()
    total = middle[ranks][same > 0].sum() - positive * (positive + 1) / 2
    return float(total / (positive * (len(same) - positive)))


def _interval(scores: Numbers, same: Numbers) -> tuple[float, float]:
    generator = np.random.default_rng(0)
    found = []
    for _ in range(_SAMPLES):
        drawn = generator.integers(0, len(same), len(same))
        found.append(_auroc(scores[drawn], same[drawn]))
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


if __name__ == "__main__":
    main()
