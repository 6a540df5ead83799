"""Looks a question up in the Brain."""

from dataclasses import dataclass

from support_graph.domain.evidence import Judgement, PassageHit
from support_graph.models.base import Embedder
from support_graph.store.database import Transaction
from support_graph.store.neighbours import Neighbours


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The best passages first, and how far an answer from them can be trusted."""

    hits: tuple[PassageHit, ...]
    judgement: Judgement | None


class BrainSearch:
    def __init__(self, *, neighbours: Neighbours, embedder: Embedder) -> None:
        self._neighbours = neighbours
        self._embedder = embedder

    async def search(self, tx: Transaction, question: str, *, page_title: str | None) -> Found:
        vector = (await self._embedder.embed([question]))[0]
        near = await self._neighbours.passages(tx, vector, 5)
        hits = tuple(PassageHit(id=str(i), score=s, similarity=s) for i, s in near)
        return Found(hits=hits, judgement=None)
