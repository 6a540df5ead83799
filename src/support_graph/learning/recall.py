"""Looks a question up in the resolution store, and judges the best candidate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from support_graph.domain.evidence import EvidenceKind, Judgement, PhrasingHit, ResolutionHit
from support_graph.learning import features, votes
from support_graph.learning.calibrating import calibrated
from support_graph.learning.kinship import Kin
from support_graph.learning.memory import Answer, Memories, Memory
from support_graph.models.base import Embedder
from support_graph.store.database import Transaction
from support_graph.store.embeddings import Vector
from support_graph.store.learned import Record
from support_graph.store.neighbours import Neighbours

_ASKED_OF_INDEX = 64
_BY_WORDS = 10
_SHOWN = 5
_NOVELTY_WINDOW = 200
_SAME_INTENT = 0.6
"""A cosine from which two questions usually want the same thing."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Election:
    """The ballot with what it was held on: rows of the memory, and the neighbours they own."""

    ballot: votes.Ballot
    answers: Mapping[int, Answer]
    owned: Sequence[tuple[int, PhrasingHit]]
    centroids: Mapping[int, float]
    likelihoods: Mapping[int, float]
    new_likelihood: float
    kin: Kin


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
        election = _elect(memory, memory.holding(facts), question, vector, near)
        if election is None:
            return Recalled(hits=(), judgement=None, intent=None, store_version=version)
        hits = _hits(election)
        best = election.answers[election.ballot.candidate].resolution
        return Recalled(
            hits=hits,
            judgement=await _judge(tx, election, unfiled=memory.unfiled(vector)),
            intent=best.intent if hits[0].similarity >= _SAME_INTENT else None,
            store_version=version,
        )


def _elect(
    memory: Memory,
    answers: Mapping[int, Answer],
    question: str,
    vector: Vector,
    near: Sequence[PhrasingHit],
) -> _Election | None:
    owned = [
        (row, hit)
        for hit in near
        if (row := memory.row(hit.resolution_id)) is not None and row in answers
    ]
    centroids = memory.centroid_cosines(vector, list(answers))
    likelihoods, new = memory.likelihoods(vector, answers)
    kin = memory.kin(vector, answers)
    ballot = votes.count(
        near=[(row, hit.similarity) for row, hit in owned],
        word=memory.by_words(question, _BY_WORDS, among=answers),
        centroids=centroids,
        likelihoods=likelihoods,
        kin=kin.nearest,
    )
    if ballot is None:
        return None
    return _Election(
        ballot=ballot,
        answers=answers,
        owned=owned,
        centroids=centroids,
        likelihoods=likelihoods,
        new_likelihood=new,
        kin=kin,
    )


async def _judge(tx: Transaction, election: _Election, *, unfiled: float) -> Judgement:
    ballot, answers = election.ballot, election.answers
    runner_up = answers[ballot.runner_up].resolution.id if ballot.runner_up is not None else None
    record = await tx.records.of(answers[ballot.candidate].resolution.id, runner_up)
    count, merged = await tx.decisions.recent_merges(_NOVELTY_WINDOW)
    standing = _standing(election, record, features.novelty(answers=count, merged=merged))
    values = features.extended(standing, _contest(election, record, unfiled))
    calibration = calibrated(EvidenceKind.RESOLUTION, await tx.fits.newest(EvidenceKind.RESOLUTION))
    return Judgement(
        confidence=calibration.confidence(values),
        features=dict(zip(features.EXTENDED_NAMES, values, strict=True)),
    )


def _standing(election: _Election, record: Record, novelty: float) -> features.Standing:
    c, share = election.ballot.candidate, election.ballot.share
    answer = election.answers[c]
    own = [hit.similarity for row, hit in election.owned if row == c]
    rivals = [hit.similarity for row, hit in election.owned if row != c]
    farthest = min((hit.similarity for _, hit in election.owned), default=0.0)
    apart = (value for row, value in election.centroids.items() if row != c)
    return features.Standing(
        share=share[c],
        # A candidate can win by its centroid alone, from outside the nearest phrasings.
        similarity=max(own, default=farthest),
        rival_similarity=max([*rivals, features.UNKNOWN_RIVAL]),
        centroid=election.centroids[c],
        rival_centroid=max([features.UNKNOWN_RIVAL, *apart]),
        typical_mean=answer.typical_mean,
        typical_sd=answer.typical_sd,
        word_share=election.ballot.word.get(c, 0.0),
        phrasings=len(answer.phrasings),
        ok=record.ok,
        bad=record.bad,
        novelty=novelty,
    )


def _contest(election: _Election, record: Record, unfiled: float) -> features.Contest:
    c = election.ballot.candidate
    others = [value for row, value in election.likelihoods.items() if row != c]
    return features.Contest(
        likelihood=election.likelihoods[c],
        rival_likelihood=max(others, default=None),
        new_likelihood=election.new_likelihood,
        voters=election.ballot.agreement,
        entropy=election.ballot.entropy,
        pair_ok=record.pair_ok,
        pair_bad=record.pair_bad,
        unfiled=unfiled,
        kin=election.kin.best.get(c),
        rival_kin=election.kin.rival(c),
        kin_share=election.ballot.kin.get(c, 0.0),
    )


def _hits(election: _Election) -> tuple[ResolutionHit, ...]:
    """The candidate first, which may have won by its centroid alone; then by their shares."""
    nearest: dict[int, PhrasingHit] = {}
    for row, hit in election.owned:
        nearest.setdefault(row, hit)
    candidate, share = election.ballot.candidate, election.ballot.share
    runner_up = election.ballot.runner_up
    first = [candidate] if runner_up is None else [candidate, runner_up]
    others = sorted(nearest.keys() - set(first), key=lambda row: -share[row])
    return tuple(
        ResolutionHit(
            id=str(election.answers[row].resolution.id),
            revision=election.answers[row].resolution.revision,
            phrasing_id=nearest[row].phrasing_id if row in nearest else None,
            share=round(share[row], 4),
            similarity=round(
                nearest[row].similarity if row in nearest else election.centroids[row], 4
            ),
        )
        for row in [*first, *others][:_SHOWN]
    )
