"""Looks a question up in the resolution store, and judges the best candidate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from support_graph.domain.evidence import EvidenceKind, Judgement, PhrasingHit, ResolutionHit
from support_graph.domain.ids import IntentId
from support_graph.domain.resolutions import Resolution
from support_graph.domain.scope import Standing, holds, missing, standing, told_apart
from support_graph.learning import features, votes
from support_graph.learning.calibrating import calibrated
from support_graph.learning.intents import NearIntent, near_enough, nearest
from support_graph.learning.kinship import Kin
from support_graph.learning.memory import Answer, Memories, Memory
from support_graph.learning.supposing import Look, Voters
from support_graph.models.base import Embedder
from support_graph.store.database import Transaction
from support_graph.store.embeddings import Vector
from support_graph.store.neighbours import Neighbours
from support_graph.store.records import Record

_ASKED_OF_INDEX = 64
_BY_WORDS = 10
_SHOWN = 5
NOVELTY_WINDOW = 200
_CLEARLY = 0.01
"""The difference of two cosines from which one phrasing is nearer than another."""
_SAME_INTENT = 0.6
"""A cosine from which two questions usually want the same thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """What was found: the best first, and how far the best can be trusted (None: nothing found).

    `intent_id` is what the question seems to want: the best one's intent, or that of an example
    that is nearer; None where nothing is near enough. `missing` are the facts without which it
    can't be said whether the best one holds here. `store_version` says which state of the store
    was searched.
    """

    hits: tuple[ResolutionHit, ...]
    judgement: Judgement | None
    intent_id: IntentId | None
    store_version: int
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Election:
    """The ballot with what it was held on: rows of the memory, and the neighbours they own."""

    ballot: votes.Ballot
    answers: Mapping[int, Answer]
    owned: Sequence[tuple[int, PhrasingHit]]
    centroids: Mapping[int, float]
    likelihoods: Mapping[int, float]
    new_likelihood: float
    kin: Kin
    wordings: Mapping[int, float]

    @property
    def best(self) -> Resolution:
        return self.answers[self.ballot.candidate].resolution


class Recall:
    def __init__(self, *, neighbours: Neighbours, embedder: Embedder) -> None:
        self._neighbours = neighbours
        self._embedder = embedder
        self._memories = Memories()

    async def warm_up(self, tx: Transaction) -> None:
        """Reads what the first question of this workspace would have to wait for."""
        await self._memories.of(tx.workspace_id).refresh(tx)

    async def search(self, tx: Transaction, question: str, *, facts: Mapping[str, Any]) -> Recalled:
        """`facts` are what is known of the customer's situation; they decide what holds."""
        look, election = await self._looked(tx, question, facts=facts)
        version = look.version
        if election is None:
            near_by = near_enough([look.memory.examples.nearest(look.vector)])
            return Recalled(hits=(), judgement=None, intent_id=near_by, store_version=version)
        hits = _hits(election)
        best = election.best
        if _is_anothers(look.memory, election, look.near, facts):
            return Recalled(hits=hits, judgement=None, intent_id=None, store_version=version)
        return Recalled(
            hits=hits,
            judgement=await _judge(tx, election, unfiled=look.memory.unfiled(look.vector)),
            intent_id=near_enough(
                [
                    (best.content.intent_id, hits[0].similarity),
                    look.memory.examples.nearest(look.vector),
                ]
            ),
            store_version=version,
            missing=missing(best.content.scope, facts),
        )

    async def look(self, tx: Transaction, question: str, *, facts: Mapping[str, Any]) -> Look:
        look, _ = await self._looked(tx, question, facts=facts)
        return look

    async def _looked(
        self, tx: Transaction, question: str, *, facts: Mapping[str, Any]
    ) -> tuple[Look, Election | None]:
        """The election among the answers that may hold, or among those that do."""
        vector = (await self._embedder.embed([question]))[0]
        memory = self._memories.of(tx.workspace_id)
        version = await memory.refresh(tx)
        look = Look(
            question=question,
            vector=vector,
            memory=memory,
            holding=memory.possible(facts),
            near=await self._neighbours.phrasings(tx, vector, _ASKED_OF_INDEX),
            version=version,
        )
        election = elect(memory, look.holding, question, vector, look.near)
        if election is not None and _is_stray(election, facts):
            look = replace(look, holding=memory.holding(facts))
            election = elect(memory, look.holding, question, vector, look.near)
        return look, election

    async def nearest_intent(self, tx: Transaction, question: str) -> NearIntent | None:
        """The intent of the nearest question or example, however near; None where there is none."""
        vector = (await self._embedder.embed([question]))[0]
        memory = self._memories.of(tx.workspace_id)
        await memory.refresh(tx)
        near = await self._neighbours.phrasings(tx, vector, 1)
        row = memory.row(near[0].resolution_id) if near else None
        asked = None if row is None else memory.answers[row].resolution.content.intent_id
        similarity = near[0].similarity if near else 0.0
        return nearest([(asked, similarity), memory.examples.nearest(vector)])


def _is_stray(election: Election, facts: Mapping[str, Any]) -> bool:
    """Whether the best may not hold here, and is hardly about the question: asking for the missing
    fact would lead nowhere, so the others have their turn."""
    near = max(
        (hit.similarity for row, hit in election.owned if row == election.ballot.candidate),
        default=0.0,
    )
    return near < _SAME_INTENT and not holds(election.best.content.scope, facts)


def _is_anothers(
    memory: Memory, election: Election, near: Sequence[PhrasingHit], facts: Mapping[str, Any]
) -> bool:
    """Whether the question is that of an answer which does not hold here: then the next best is the
    answer to another question, unless its own scope says that it stands in for that one here."""
    best = election.best
    own = (hit.similarity for hit in near if hit.resolution_id == best.id)
    nearest = max(own, default=0.0)
    for hit in near:
        if hit.similarity <= nearest + _CLEARLY:
            return False
        row = memory.row(hit.resolution_id)
        scope = memory.answers[row].resolution.content.scope if row is not None else {}
        if standing(scope, facts) is Standing.FAILS:
            return not told_apart([scope, best.content.scope])
    return False


def elect(
    memory: Voters,
    answers: Mapping[int, Answer],
    question: str,
    vector: Vector,
    near: Sequence[PhrasingHit],
) -> Election | None:
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
    return Election(
        ballot=ballot,
        answers=answers,
        owned=owned,
        centroids=centroids,
        likelihoods=likelihoods,
        new_likelihood=new,
        kin=kin,
        wordings=memory.wordings(question, answers),
    )


async def _judge(tx: Transaction, election: Election, *, unfiled: float) -> Judgement:
    ballot, answers = election.ballot, election.answers
    runner_up = answers[ballot.runner_up].resolution.id if ballot.runner_up is not None else None
    record = await tx.records.of(answers[ballot.candidate].resolution.id, runner_up)
    count, merged = await tx.decisions.recent_merges(NOVELTY_WINDOW)
    novelty = features.novelty(answers=count, merged=merged)
    values = featured(election, record, novelty=novelty, unfiled=unfiled)
    calibration = calibrated(await tx.fits.newest(EvidenceKind.RESOLUTION))
    return calibration.judge(features.EXTENDED_NAMES, values)


def featured(election: Election, record: Record, *, novelty: float, unfiled: float) -> list[float]:
    """The features of the elected."""
    standing = _standing(election, record, novelty)
    return features.extended(standing, _contest(election, record, unfiled))


def _standing(election: Election, record: Record, novelty: float) -> features.Standing:
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


def _contest(election: Election, record: Record, unfiled: float) -> features.Contest:
    c = election.ballot.candidate
    others = [value for row, value in election.likelihoods.items() if row != c]
    worded = [value for row, value in election.wordings.items() if row != c]
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
        wording=election.wordings[c],
        rival_wording=max(worded, default=0.0),
    )


def _hits(election: Election) -> tuple[ResolutionHit, ...]:
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
            votes={name: round(part, 4) for name, part in election.ballot.parts(row).items()},
        )
        for row in [*first, *others][:_SHOWN]
    )
