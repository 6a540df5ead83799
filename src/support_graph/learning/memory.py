"""What a process keeps at hand of a workspace's resolutions, brought up to date at every look.

Per answer: the sum of its phrasings' vectors, how typical new ones were, and the words. It is a
view of Postgres, read forward from the store version it has seen; it can be dropped at any time.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from support_graph.domain.ids import PhrasingId, ResolutionId, WorkspaceId
from support_graph.domain.resolutions import Resolution
from support_graph.domain.scope import Standing, standing
from support_graph.learning.familiarity import Familiarity
from support_graph.learning.intents import Examples
from support_graph.learning.kinship import Kin
from support_graph.learning.wording import ANSWERED_KEPT, Wordings
from support_graph.models.lexicon import Lexicon
from support_graph.models.words import words
from support_graph.store.answered import AnsweredMessage
from support_graph.store.database import Transaction
from support_graph.store.embeddings import Vector
from support_graph.store.filed import Filed
from support_graph.store.phrasings import StoredPhrasing

_TYPICAL_MEAN, _TYPICAL_SD, _PSEUDO_COUNTS = 0.62, 0.13, 5.0
_WORKSPACES_KEPT = 256
_AT_ONCE = 100
"""More messages than this are taken in beside other work: each takes a tenth of a millisecond."""


@dataclass(slots=True, kw_only=True)
class Answer:
    """One usable resolution, as the votes see it."""

    resolution: Resolution
    centroid: Vector
    typical_mean: float
    typical_sd: float
    phrasings: frozenset[PhrasingId]


def typicality(vectors: NDArray[np.float32]) -> tuple[float, float]:
    """Mean and SD of each phrasing's cosine to the centroid of those before it, shrunk."""
    total = vectors[0].astype(np.float64)
    seen: list[float] = []
    for vector in vectors[1:]:
        seen.append(float(vector @ total / np.linalg.norm(total)))
        total = total + vector
    weight = _PSEUDO_COUNTS + len(seen)
    mean = (_PSEUDO_COUNTS * _TYPICAL_MEAN + sum(seen)) / weight
    spread = _PSEUDO_COUNTS * _TYPICAL_SD**2 + sum((value - mean) ** 2 for value in seen)
    return mean, float(np.sqrt(spread / weight))


class Memory:
    """One workspace's answers; a resolution keeps its row, so votes can name answers by row."""

    def __init__(self) -> None:
        self.version = 0
        # Whole words, and the small ones too: questions are short, and "is", "my" and "not" tell.
        self._words: Lexicon[PhrasingId] = Lexicon(terms=words)
        self._owners: dict[PhrasingId, int] = {}
        self.answers: dict[int, Answer] = {}
        self._rows: dict[ResolutionId, int] = {}
        self._matrix: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        self._catching_up = asyncio.Lock()
        self.examples = Examples()
        self._familiarity: Familiarity | None = None
        self._wordings = Wordings()

    async def refresh(self, tx: Transaction) -> int:
        """Catches up with the store; the version it then stands at.

        Writers of the store take turns, so versions become visible in their order and none can
        appear behind the one that was read.
        """
        async with self._catching_up:
            version = await tx.workspace.store_version()
            if version != self.version:
                await self._catch_up(tx)
                # What came while this was read is read again: taking it in twice does no harm.
                self.version = version
            return self.version

    def row(self, resolution_id: ResolutionId) -> int | None:
        """None for a resolution that is not in use."""
        row = self._rows.get(resolution_id)
        return row if row in self.answers else None

    def holding(self, facts: Mapping[str, Any]) -> dict[int, Answer]:
        """The answers that hold under `facts`."""
        return self._standing(facts, {Standing.HOLDS})

    def possible(self, facts: Mapping[str, Any]) -> dict[int, Answer]:
        """Those, and the ones that would hold if what is not known of the facts were so."""
        return self._standing(facts, {Standing.HOLDS, Standing.UNKNOWN})

    def _standing(
        self, facts: Mapping[str, Any], wanted: Collection[Standing]
    ) -> dict[int, Answer]:
        return {
            row: answer
            for row, answer in self.answers.items()
            if standing(answer.resolution.content.scope, facts) in wanted
        }

    def centroid_cosines(self, vector: Vector, rows: Sequence[int]) -> dict[int, float]:
        if not rows:
            return {}
        cosines = self._matrix[list(rows)] @ vector
        return dict(zip(rows, cosines.tolist(), strict=True))

    def by_words(
        self, question: str, k: int, *, among: Collection[int]
    ) -> Sequence[tuple[int, float]]:
        """(answer, BM25) of the `k` best phrasings of `among` that share a word, best first."""
        everybody = len(among) == len(self.answers)
        ceiling = self._words.ceiling(question)
        found = self._words.search(question, k if everybody else len(self._words))
        owned = ((self._owners[phrasing], share * ceiling) for phrasing, share in found)
        return [(row, score) for row, score in owned if row in among][:k]

    def likelihoods(self, vector: Vector, rows: Collection[int]) -> tuple[dict[int, float], float]:
        """Log-likelihoods of `vector` by answer, and that of a new answer."""
        return self._familiar(vector).likelihoods(vector, rows)

    def supposed_likelihood(self, vector: Vector, rows: Collection[int], *, more: int) -> float:
        """As `Familiarity.supposed`."""
        return self._familiar(vector).supposed(vector, rows, more=more)

    def own_words(self, question: str) -> float:
        """The BM25 that a phrasing with just these words would have."""
        return self._words.own(question)

    def kin(self, vector: Vector, rows: Collection[int]) -> Kin:
        """The filed messages of `rows`, by how near they are where answers differ."""
        return Kin.of(*self._familiar(vector).kin(vector, rows))

    def wordings(self, question: str, rows: Collection[int]) -> dict[int, float]:
        """As `Wordings.scores`."""
        return self._wordings.scores(question, rows)

    def supposed_wording(self, question: str, rows: Collection[int], *, more: int) -> float:
        """As `Wordings.supposed`."""
        return self._wordings.supposed(question, rows, more=more)

    def unfiled(self, vector: Vector) -> float:
        """The largest cosine of a message that was answered with nothing to be learned; or 0."""
        return self._familiar(vector).unfiled(vector)

    def _familiar(self, vector: Vector) -> Familiarity:
        if self._familiarity is None:
            self._familiarity = Familiarity(vector.shape[0])
        return self._familiarity

    async def _catch_up(self, tx: Transaction) -> None:
        filed = await tx.filed.since(self.version)
        answered = await tx.answered.since(self.version, latest=ANSWERED_KEPT)
        self.examples.add(await tx.intent_examples.since(self.version))
        changed = await tx.resolutions.changed_since(self.version)
        usable = [r.id for r in changed if r.usable]
        texts: dict[ResolutionId, list[StoredPhrasing]] = {}
        for phrasing in await tx.phrasings.of(usable):
            texts.setdefault(phrasing.resolution_id, []).append(phrasing)
        for message in filed:
            self._file(message)
        for resolution in changed:
            self._replace(resolution, texts.get(resolution.id, []))
        solves = self._familiarity is not None and self._familiarity.solves
        if solves or len(filed) + len(answered) > _AT_ONCE:
            await asyncio.to_thread(self._take_in, filed, answered, changed)
        else:
            self._take_in(filed, answered, changed)

    def _take_in(
        self,
        filed: Sequence[Filed],
        answered: Sequence[AnsweredMessage],
        changed: Sequence[Resolution],
    ) -> None:
        """What takes its time where there is much of it, and may be seen a moment later."""
        for message in filed:
            self._wordings.file(
                message.turn_id, self._row_if(message.resolution_id), message.question
            )
        for one in answered:
            self._wordings.answer(one.turn_id, self._row_if(one.resolution_id), one.question)
        for resolution in changed:
            row = self._row_of(resolution.id)
            if row in self.answers:
                texts = [phrasing.text for phrasing in resolution.content.phrasings]
                self._wordings.use(row, texts)
            else:
                self._wordings.drop(row)
        if self._familiarity is not None:
            self._familiarity.settle()

    def _file(self, message: Filed) -> None:
        row = self._row_if(message.resolution_id)
        self._familiar(message.vector).file(message.turn_id, row, message.vector)

    def _row_if(self, resolution_id: ResolutionId | None) -> int | None:
        return None if resolution_id is None else self._row_of(resolution_id)

    def _row_of(self, resolution_id: ResolutionId) -> int:
        return self._rows.setdefault(resolution_id, len(self._rows))

    def _replace(self, resolution: Resolution, phrasings: Sequence[StoredPhrasing]) -> None:
        row = self._row_of(resolution.id)
        old = self.answers.pop(row, None)
        self._replace_words(row, old.phrasings if old else frozenset(), phrasings)
        if not phrasings:
            if self._familiarity is not None:
                self._familiarity.drop(row)
            return
        vectors = np.stack([p.vector for p in phrasings])
        total = vectors.sum(axis=0)
        mean, sd = typicality(vectors)
        self.answers[row] = Answer(
            resolution=resolution,
            centroid=(total / np.linalg.norm(total)).astype(np.float32),
            typical_mean=mean,
            typical_sd=sd,
            phrasings=frozenset(p.id for p in phrasings),
        )
        self._set(row, self.answers[row].centroid)
        self._familiar(vectors[0]).use(row, vectors)

    def _replace_words(
        self, row: int, old: frozenset[PhrasingId], phrasings: Sequence[StoredPhrasing]
    ) -> None:
        gone = old - {p.id for p in phrasings}
        new = [p for p in phrasings if p.id not in old]
        self._words.remove(gone)
        self._words.add([p.id for p in new], [p.text for p in new])
        for phrasing_id in gone:
            del self._owners[phrasing_id]
        self._owners.update((p.id, row) for p in new)

    def _set(self, row: int, centroid: Vector) -> None:
        if row >= len(self._matrix):
            grown = np.zeros((max(64, 2 * row), centroid.shape[0]), dtype=np.float32)
            if len(self._matrix):
                grown[: len(self._matrix)] = self._matrix
            self._matrix = grown
        self._matrix[row] = centroid


class Memories:
    """The memories of the workspaces that were asked lately."""

    def __init__(self) -> None:
        self._kept: OrderedDict[WorkspaceId, Memory] = OrderedDict()

    def of(self, workspace_id: WorkspaceId) -> Memory:
        memory = self._kept.setdefault(workspace_id, Memory())
        self._kept.move_to_end(workspace_id)
        while len(self._kept) > _WORKSPACES_KEPT:
            self._kept.popitem(last=False)
        return memory
