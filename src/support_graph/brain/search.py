"""Looks a question up in the Brain: by meaning, by words, and by the page the customer is on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from support_graph.brain import evidence
from support_graph.brain.library import Library, Shelf
from support_graph.brain.ranking import Matches, Ranked, is_same_page, paged, rank
from support_graph.domain.calibration import Calibration
from support_graph.domain.documents import Passage
from support_graph.domain.evidence import EvidenceKind, Judgement, PassageHit
from support_graph.domain.ids import PassageId
from support_graph.models.base import Embedder
from support_graph.store.database import Transaction
from support_graph.store.embeddings import Vector
from support_graph.store.labels import Fit
from support_graph.store.neighbours import Neighbours
from support_graph.store.passages import Place

_CONSIDERED = 50
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """The page a customer is on; a wrong one costs little, the right one finds a fifth more."""

    title: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The best passages first, and how far an answer from them can be trusted."""

    hits: tuple[PassageHit, ...]
    judgement: Judgement | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wording:
    """The question in one wording, with what it found by meaning and by words."""

    text: str
    vector: Vector
    found: frozenset[PassageId]


class BrainSearch:
    def __init__(self, *, neighbours: Neighbours, embedder: Embedder) -> None:
        self._neighbours = neighbours
        self._embedder = embedder
        self._library = Library()

    async def search(
        self,
        tx: Transaction,
        question: str,
        *,
        page_title: str | None = None,
        page_url: str | None = None,
    ) -> Found:
        """What the Brain says; title and URL are of the page the customer is on, if it is known."""
        page = _Page(title=page_title, url=page_url)
        shelf = self._library.of(tx.workspace_id)
        await shelf.refresh(tx)
        if not len(shelf.words):
            return Found(hits=(), judgement=None)
        texts = [question]
        if page.title:
            texts.append(paged(question, page_title=page.title))
        vectors = await self._embedder.embed(texts)
        wordings = [
            await self._wording(tx, shelf, text, vector)
            for text, vector in zip(texts, vectors, strict=True)
        ]
        candidates = frozenset[PassageId]().union(*(w.found for w in wordings))
        places = await tx.passages.places(sorted(candidates))
        ranked = rank(
            plain=_matches(shelf, wordings[0], places),
            with_page=_matches(shelf, wordings[1], places) if page.title else None,
            same_page=[i for i, place in places.items() if _is_on(page, place)],
        )
        if not ranked:
            return Found(hits=(), judgement=None)
        best = (await tx.passages.among([ranked[0].id])).get(ranked[0].id)
        if best is None:
            # Replaced since it was found; what replaced it is found the next time.
            return Found(hits=(), judgement=None)
        fit = await tx.fits.newest(EvidenceKind.BRAIN)
        calibration = Fit.applied(fit, evidence.PRIOR)
        return _found(question, shelf, ranked, best, calibration)

    async def _wording(self, tx: Transaction, shelf: Shelf, text: str, vector: Vector) -> _Wording:
        near = await self._neighbours.passages(tx, vector, _CONSIDERED)
        named = shelf.words.search(text, _CONSIDERED)
        found = frozenset(i for i, _ in near) | frozenset(i for i, _ in named)
        return _Wording(text=text, vector=vector, found=found)


def _is_on(page: _Page, place: Place) -> bool:
    return is_same_page(page_title=page.title, page_url=page.url, title=place.title, url=place.url)


def _matches(
    shelf: Shelf, wording: _Wording, places: Mapping[PassageId, Place]
) -> Matches[PassageId]:
    """Both numbers for every candidate: a search that did not find it has one for it all the same.

    Best first by meaning, then by id, so that ties fall the same way every time.
    """
    ids = list(places)
    if not ids:
        return Matches(similarities={})
    cosines = np.stack([places[i].vector for i in ids]) @ wording.vector
    similarities = dict(zip(ids, cosines.tolist(), strict=True))
    shares = dict(zip(ids, shelf.words.scores(wording.text, ids), strict=True))
    ordered = sorted(ids, key=lambda i: (-similarities[i], i))
    return Matches(similarities={i: similarities[i] for i in ordered}, shares=shares)


def _found(
    question: str,
    shelf: Shelf,
    ranked: Sequence[Ranked[PassageId]],
    best: Passage,
    calibration: Calibration,
) -> Found:
    values = evidence.features(
        question,
        ranked=ranked,
        place="\n".join([best.title, *best.headings]),
        text=best.text,
        rarity=shelf.words.rarity,
        passages=len(shelf.words),
    )
    judgement = calibration.judge(evidence.NAMES, values)
    hits = tuple(
        PassageHit(id=str(r.id), score=round(r.score, 4), similarity=round(r.similarity, 4))
        for r in ranked[:_SHOWN]
    )
    return Found(hits=hits, judgement=judgement)
