"""Which intent a question seems to have: that of the nearest known question, or of an example."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from support_graph.domain.ids import ExampleId, IntentId
from support_graph.store.embeddings import Vector
from support_graph.store.intent_examples import Example

SAME_INTENT = 0.6
"""A cosine from which two questions usually want the same thing: benchmarks/intents_online.py."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearIntent:
    """An intent, and the cosine of its nearest question or example."""

    intent_id: IntentId
    similarity: float


def nearest(known: Iterable[tuple[IntentId | None, float]]) -> NearIntent | None:
    """Of intents with their cosines; the first of equals, None where there is none."""
    named = [(intent_id, cosine) for intent_id, cosine in known if intent_id is not None]
    if not named:
        return None
    intent_id, cosine = max(named, key=lambda one: one[1])
    return NearIntent(intent_id=intent_id, similarity=cosine)


def near_enough(known: Iterable[tuple[IntentId | None, float]]) -> IntentId | None:
    """The nearest one, if it is near enough to be the question's."""
    found = nearest(known)
    return found.intent_id if found is not None and found.similarity >= SAME_INTENT else None


class Examples:
    """The messages that somebody gave as examples of an intent; they are only added to."""

    def __init__(self) -> None:
        self._intents: dict[ExampleId, IntentId] = {}
        self._matrix: Vector | None = None

    def add(self, examples: Sequence[Example]) -> None:
        """Those that are known already are left out."""
        new = [example for example in examples if example.id not in self._intents]
        if not new:
            return
        self._intents.update((example.id, example.intent_id) for example in new)
        rows = np.stack([example.vector for example in new])
        self._matrix = rows if self._matrix is None else np.concatenate([self._matrix, rows])

    def nearest(self, vector: Vector) -> tuple[IntentId | None, float]:
        """The intent of the nearest example and its cosine; (None, 0) without any."""
        if self._matrix is None:
            return None, 0.0
        cosines = self._matrix @ vector
        best = int(cosines.argmax())
        return list(self._intents.values())[best], float(cosines[best])
