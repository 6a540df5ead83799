"""The messages of `gate_stream`: public questions, their intents and vectors, in random order."""

import asyncio
import random
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.public_data import questions, rows
from support_graph.models.minilm import NAME, MiniLM

OUT_OF_SCOPE = 0.12


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`intent` is None for what no answer is kept for."""

    text: str
    intent: str | None
    vector: NDArray[np.float32]


def shuffled(messages: Sequence[Message], n: int, chance: random.Random) -> list[Message]:
    """`n` in random order; an eighth out of scope where there are such messages."""
    strangers = [m for m in messages if m.intent is None]
    known = [m for m in messages if m.intent is not None]
    few = min(round(n * OUT_OF_SCOPE), len(strangers))
    stream = chance.sample(known, min(n - few, len(known))) + chance.sample(strangers, few)
    chance.shuffle(stream)
    return stream


def embedded(data: str) -> list[Message]:
    """The messages with their vectors, which are kept in the folder of temporary files."""
    source = "banking77" if data == "half-banking" else data
    found = questions(f"intents_{source}")
    texts = [str(row["text"]) for row in found]
    kept = Path(tempfile.gettempdir()) / f"support-graph-{source}-{len(texts)}-{NAME}.npy"
    if kept.exists():
        vectors = np.load(kept)
    else:
        vectors = asyncio.run(vectors_of(texts))
        np.save(kept, vectors)
    apart = held_out() if data == "half-banking" else frozenset()
    return [
        Message(text=text, intent=_intent(row, apart), vector=vector)
        for text, row, vector in zip(texts, found, vectors, strict=True)
    ]


def _intent(row: Mapping[str, Any], apart: Collection[str]) -> str | None:
    intent = str(row["intent"])
    return None if row.get("oos") or intent in apart else intent


def held_out() -> frozenset[str]:
    """The intents that gate_banking77_oos.jsonl takes for out of scope.

    Its labels of the other intents are not used: of its 13,065 texts that Banking77 has too, 838
    have another label than there ("activate my card" as `cash_withdrawal_charge`).
    """
    found = rows("gate_banking77_oos")
    return frozenset(str(row["intent"]) for row in found if row["kind"] == "in_domain_oos")


async def vectors_of(texts: Sequence[str]) -> NDArray[np.float32]:
    model = MiniLM()
    try:
        return await model.embed(texts)
    finally:
        model.close()
