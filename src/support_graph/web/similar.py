"""Which of the waiting escalations ask nearly the same, so that one answer can serve them all."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

import numpy as np

from support_graph.domain.ids import EscalationId
from support_graph.domain.turns import Escalation, EscalationStatus
from support_graph.models.base import Embedder
from support_graph.store.database import Transaction
from support_graph.store.embeddings import Vector
from support_graph.store.inbox import Asked
from support_graph.web.shapes.escalations import Similar

_LOOKED_AT: Final = 2_000
_KEPT: Final = 5_000
_SAME_QUESTION: Final = 0.6
"""A cosine from which two questions usually want the same thing."""
_MOST: Final = 20
_PAIR: Final = 2
_READ_AT_ONCE: Final = 64
"""A list must not wait for a thousand questions to be read."""


class SimilarQuestions:
    """Keeps the vectors of questions, which never change, so that a look costs one matrix product.

    The oldest 2,000 waiting escalations are looked at. At most `_READ_AT_ONCE` of them are read
    anew; the rest are known at the next looks.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: OrderedDict[EscalationId, Vector] = OrderedDict()
        self._counted: tuple[tuple[EscalationId, ...], dict[EscalationId, int]] = ((), {})

    async def to(self, tx: Transaction, escalation: Escalation) -> list[Similar]:
        """The nearest first."""
        waiting = await tx.inbox.questions(_LOOKED_AT, statuses=[EscalationStatus.WAITING])
        # Itself first, so that it is among those that are read.
        known, rows = await self._known([(escalation.id, _question(escalation)), *waiting])
        cosines = rows[1:] @ rows[0] if len(known) >= _PAIR else np.zeros(0, dtype=np.float32)
        alike = np.flatnonzero(cosines >= _SAME_QUESTION)
        ordered = alike[np.argsort(-cosines[alike], kind="stable")].tolist()
        near = [(known[i + 1], float(cosines[i])) for i in ordered[: _MOST + 1]]
        nearest = dict([(i, cosine) for i, cosine in near if i != escalation.id][:_MOST])
        found = await tx.inbox.asked(list(nearest))
        return [_shown(found[i], cosine) for i, cosine in nearest.items() if i in found]

    async def repeats(self, waiting: Sequence[tuple[EscalationId, str]]) -> dict[EscalationId, int]:
        """How many of the others ask nearly the same, by escalation and its standalone question."""
        known, rows = await self._known(waiting)
        if not known:
            return {}
        if known != self._counted[0]:
            same = (rows @ rows.T >= _SAME_QUESTION).sum(axis=1) - 1
            self._counted = (known, {i: int(n) for i, n in zip(known, same, strict=True)})
        return self._counted[1]

    async def _known(
        self, asked: Sequence[tuple[EscalationId, str]]
    ) -> tuple[tuple[EscalationId, ...], Vector]:
        """Those of them whose questions have been read, and a row for each."""
        found = [(i, self._vectors.get(i)) for i, _ in asked]
        new = [asked[n] for n, (_, vector) in enumerate(found) if vector is None][:_READ_AT_ONCE]
        if new:
            self._forget()
            vectors = await self._embedder.embed([question for _, question in new])
            self._vectors.update(zip([i for i, _ in new], vectors, strict=True))
            found = [(i, self._vectors.get(i)) for i, _ in asked]
        known = [(i, vector) for i, vector in found if vector is not None]
        rows = np.stack([v for _, v in known]) if known else np.zeros((0, 0), dtype=np.float32)
        return tuple(i for i, _ in known), rows

    def _forget(self) -> None:
        while len(self._vectors) > _KEPT:
            self._vectors.popitem(last=False)


def _question(escalation: Escalation) -> str:
    return str(escalation.brief.get("standalone") or escalation.question)


def _shown(asked: Asked, similarity: float) -> Similar:
    return Similar(
        id=asked.id,
        conversation_id=asked.conversation_id,
        question=asked.question,
        similarity=round(similarity, 4),
        created_at=asked.created_at,
    )
