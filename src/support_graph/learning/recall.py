"""Looks a question up in the resolution store, and judges the best candidate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from support_graph.domain.evidence import Judgement, PhrasingHit, ResolutionHit
from support_graph.learning import features, votes
from support_graph.learning.calibration import Calibration
from support_graph.learning.memory import Answer, Memories, Memory
from support_graph.models.base import Embedder
from support_graph.store.database import Transaction
from support_graph.store.embeddings import Vector
from support_graph.store.neighbours import Neighbours

_ASKED_OF_INDEX = 64
_BY_WORDS = 10
_SHOWN = 5
_NOVELTY_WINDOW = 200
_SAME_INTENT = 0.6
"""A cosine from which two questions usually want the same thing."""

PRIOR = Calibration.prior(features.PRIOR, precision=features.PRIOR_PRECISION, kappa=features.KAPPA)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """What was found: the best first, and how far the best can be trusted (None: nothing found).

    `intent` is the best one's, if it is near enough to be the question's too. `store_version` says
    which state of the store was searched.
    """

    hits: tuple[ResolutionHit, ...]
    judgement: Judgement | None
    intent: str | None
    store_version: int


class Recall:
    def __init__(self, *, neighbours: Neighbours, embedder: Embedder) -> None:
        self._neighbours = neighbours
        self._embedder = embedder
        self._memories = Memories()

    async def search(self, tx: Transaction, question: str, *, facts: Mapping[str, Any]) -> Recalled:
        """`facts` are what is known of the customer's situation; they decide what holds."""
        vector = (await self._embedder.embed([question]))[0]
        memory = self._memories.of(tx.workspace_id)
        version = await memory.refresh(tx)
        near = await self._neighbours.phrasings(tx, vector, _ASKED_OF_INDEX)
        count, merged = await tx.decisions.recent_merges(_NOVELTY_WINDOW)
        answers = memory.holding(facts)
        found = _elect(memory, answers, question, vector, near)
        if found is None:
            return Recalled(hits=(), judgement=None, intent=None, store_version=version)
        ballot, owned, centroids = found
        standing = _standing(
            ballot,
            answers[ballot.candidate],
            owned,
            centroids,
            features.novelty(answers=count, merged=merged),
        )
        values = features.of(standing)
        judgement = Judgement(
            confidence=PRIOR.confidence(values),
            features=dict(zip(features.NAMES, values, strict=True)),
        )
        hits = _hits(ballot, answers, owned, centroids)
        best = answers[ballot.candidate].resolution
        return Recalled(
            hits=hits,
            judgement=judgement,
            intent=best.intent if hits[0].similarity >= _SAME_INTENT else None,
            store_version=version,
        )


_Owned = Sequence[tuple[int, PhrasingHit]]


def _elect(
    memory: Memory,
    answers: Mapping[int, Answer],
    question: str,
    vector: Vector,
    near: Sequence[PhrasingHit],
) -> tuple[votes.Ballot, _Owned, Mapping[int, float]] | None:
    owned = [
        (row, hit)
        for hit in near
        if (row := memory.row(hit.resolution_id)) is not None and row in answers
    ]
    centroids = memory.centroid_cosines(vector, list(answers))
    ballot = votes.count(
        near=[(row, hit.similarity) for row, hit in owned],
        word=memory.by_words(question, _BY_WORDS, among=answers),
        centroids=centroids,
    )
    return None if ballot is None else (ballot, owned, centroids)


def _standing(
    ballot: votes.Ballot,
    answer: Answer,
    owned: _Owned,
    centroids: Mapping[int, float],
    novelty: float,
) -> features.Standing:
    c = ballot.candidate
    own = [hit.similarity for row, hit in owned if row == c]
    rivals = [hit.similarity for row, hit in owned if row != c]
    return features.Standing(
        share=ballot.share[c],
        # A candidate can win by its centroid alone, from outside the nearest phrasings.
        similarity=max(own, default=min((h.similarity for _, h in owned), default=0.0)),
        rival_similarity=max([*rivals, features.UNKNOWN_RIVAL]),
        centroid=centroids[c],
        rival_centroid=max(
            [features.UNKNOWN_RIVAL, *(v for row, v in centroids.items() if row != c)]
        ),
        typical_mean=answer.typical_mean,
        typical_sd=answer.typical_sd,
        word_share=ballot.word.get(c, 0.0),
        phrasings=len(answer.phrasings),
        ok=answer.resolution.ok,
        bad=answer.resolution.bad,
        novelty=novelty,
    )


def _hits(
    ballot: votes.Ballot,
    answers: Mapping[int, Answer],
    owned: _Owned,
    centroids: Mapping[int, float],
) -> tuple[ResolutionHit, ...]:
    """The candidate first, which may have won by its centroid alone."""
    nearest: dict[int, PhrasingHit] = {}
    for row, hit in owned:
        nearest.setdefault(row, hit)
    others = sorted(nearest.keys() - {ballot.candidate}, key=lambda row: -ballot.share[row])
    return tuple(
        ResolutionHit(
            id=str(answers[row].resolution.id),
            revision=answers[row].resolution.revision,
            phrasing_id=nearest[row].phrasing_id if row in nearest else None,
            share=round(ballot.share[row], 4),
            similarity=round(nearest[row].similarity if row in nearest else centroids[row], 4),
        )
        for row in [ballot.candidate, *others][:_SHOWN]
    )
