"""The same question in other words is told from another question about the same."""

import numpy as np
import pytest

from support_graph.learning.rephrase import CERTAIN, same_question, shared_trigrams
from support_graph.models.minilm import MiniLM
from tests.conftest import Rows


async def _probability(minilm: MiniLM, one: str, other: str) -> float:
    vectors = await minilm.embed([one, other])
    return same_question(one, other, cosine=float(vectors[0] @ vectors[1]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("How do I reset my API key?", "How can I reset my API key?"),
        ("Where is my parcel?", "where is my parcel"),
        ("How can I cancel my subscription?", "How do I cancel the subscription?"),
    ],
)
async def test_a_rephrase_is_one(minilm: MiniLM, one: str, other: str) -> None:
    assert await _probability(minilm, one, other) >= CERTAIN


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("How do I reset my API key?", "Do you ship to Norway?"),
        ("How do I reset my API key?", "How many API keys may I have?"),
        ("How can I cancel my subscription?", "How much is the subscription?"),
        ("Where is my parcel?", "Can I send a parcel back?"),
    ],
)
async def test_another_question_about_the_same_is_none(
    minilm: MiniLM, one: str, other: str
) -> None:
    assert await _probability(minilm, one, other) < CERTAIN


def test_trigrams_are_shared_both_ways() -> None:
    assert shared_trigrams("refund me", "me refund") == shared_trigrams("me refund", "refund me")
    assert shared_trigrams("refund", "refund") == 1
    assert shared_trigrams("", "") == 0
    assert shared_trigrams("refund", "zebra") < 0.1


@pytest.mark.data
async def test_public_pairs_are_ranked_better_than_by_words(minilm: MiniLM, rows: Rows) -> None:
    pairs = [row for row in rows("rephrase_covid_faq_pairs") if row["lang"] == "en"]
    texts = [row[name] for row in pairs for name in ("question_1", "question_2")]
    vectors = await minilm.embed(texts)
    cosines = np.einsum("ij,ij->i", vectors[0::2], vectors[1::2])
    ours = [
        same_question(row["question_1"], row["question_2"], cosine=float(cosine))
        for row, cosine in zip(pairs, cosines, strict=True)
    ]
    lexical = [shared_trigrams(row["question_1"], row["question_2"]) for row in pairs]
    same = np.array([bool(row["same"]) for row in pairs])

    assert _auroc(ours, same) > 0.95 > _auroc(lexical, same)


def _auroc(scores: list[float], same: np.ndarray) -> float:
    found = np.array(scores)
    return float((found[same][:, None] > found[~same][None, :]).mean())
