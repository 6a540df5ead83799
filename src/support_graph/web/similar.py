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
from support_graph.web.shapes.escalations import Similar

_LOOKED_AT: Final = 200
_KEPT: Final = 5_000
_SAME_QUESTION: Final = 0.6
"""A cosine from which two questions usually want the same thing."""
_MOST: Final = 20
_READ_AT_ONCE: Final = 64
"""A list must not wait for a thousand questions to be read."""


class SimilarQuestions:
    """Keeps the vectors of questions, which never change, so that a look costs one matrix product.

    The newest 200 waiting escalations are looked at.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: OrderedDict[EscalationId, Vector] = OrderedDict()

    async def to(self, tx: Transaction, escalation: Escalation) -> list[Similar]:
        """The nearest first."""
        page = await tx.escalations.list(
            status=EscalationStatus.WAITING,
            intent=None,
            reason=None,
            q=None,
            cursor=None,
            limit=_LOOKED_AT,
        )
        others = [other for other in page.items if other.id != escalation.id]
        if not others:
            return []
        asked, *vectors = await self._of([escalation, *others])
        cosines = np.stack(vectors) @ asked
        near = [int(i) for i in np.argsort(-cosines, kind="stable") if cosines[i] >= _SAME_QUESTION]
        return [_shown(others[i], float(cosines[i])) for i in near[:_MOST]]

    async def repeats(self, waiting: Sequence[tuple[EscalationId, str]]) -> dict[EscalationId, int]:
        """How many of the others ask nearly the same, by escalation and its standalone question.

        At most `_READ_AT_ONCE` new questions are read; the rest are counted at the next look.
        """
        new = [(i, q) for i, q in waiting if i not in self._vectors][:_READ_AT_ONCE]
        if new:
            vectors = await self._embedder.embed([question for _, question in new])
            self._vectors.update(zip([i for i, _ in new], vectors, strict=True))
        known = [i for i, _ in waiting if i in self._vectors]
        if not known:
            return {}
        rows = np.stack([self._vectors[i] for i in known])
        same = (rows @ rows.T >= _SAME_QUESTION).sum(axis=1) - 1
        self._forget()
        return {i: int(n) for i, n in zip(known, same, strict=True)}

    async def _of(self, escalations: Sequence[Escalation]) -> list[Vector]:
        new = [e for e in escalations if e.id not in self._vectors]
        if new:
            vectors = await self._embedder.embed([_question(e) for e in new])
            self._vectors.update(zip([e.id for e in new], vectors, strict=True))
        found = [self._vectors[e.id] for e in escalations]
        self._forget()
        return found

    def _forget(self) -> None:
        while len(self._vectors) > _KEPT:
            self._vectors.popitem(last=False)


def _question(escalation: Escalation) -> str:
    return str(escalation.brief.get("standalone") or escalation.question)


def _shown(escalation: Escalation, similarity: float) -> Similar:
    return Similar(
        id=escalation.id,
        conversation_id=escalation.conversation_id,
        question=escalation.question,
        similarity=round(similarity, 4),
        created_at=escalation.created_at,
    )
