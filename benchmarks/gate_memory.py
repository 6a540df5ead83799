"""The in-memory store of `gate_stream`: the product's rules, on matrices that grow."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from support_graph.domain.ids import TurnId, new_id
from support_graph.learning import features, plda, votes
from support_graph.learning.features import Contest, Standing
from support_graph.learning.kinship import Kin, Kinship
from support_graph.learning.plda import Beliefs, Plda, Scatter
from support_graph.learning.wording import Wordings
from support_graph.models.lexicon import Lexicon
from support_graph.models.words import words

Vector = NDArray[np.float32]
Pair = tuple[int, int | None]

_NO_KIN = Kin(nearest=(), best={})
_CAP = 20
_SAME = 0.90
_NOVELTY_WINDOW = 200
_TYPICAL_MEAN, _TYPICAL_SD, _PSEUDO_COUNTS = 0.62, 0.13, 5.0


class Rows:
    """Vectors that come one by one, side by side in one matrix."""

    def __init__(self, dimensions: int) -> None:
        self._kept: NDArray[np.float32] = np.zeros((256, dimensions), dtype=np.float32)
        self.length = 0

    @property
    def matrix(self) -> NDArray[np.float32]:
        return self._kept[: self.length]

    def append(self, vector: Vector) -> None:
        self.length += 1
        self.replace(self.length - 1, vector)

    def replace(self, row: int, vector: Vector) -> None:
        if row >= len(self._kept):
            self._kept = np.concatenate([self._kept, np.zeros_like(self._kept)])
        self._kept[row] = vector


@dataclass(slots=True)
class Record:
    """One answer: its phrasings' sum, how typical they were, and its track record."""

    total: Vector
    phrasings: int = 1
    seen: int = 0
    cosines: float = 0.0
    squares: float = 0.0
    ok: float = 0.0
    bad: float = 0.0

    def typicality(self) -> tuple[float, float]:
        """Of `memory.typicality`, from running sums."""
        weight = _PSEUDO_COUNTS + self.seen
        mean = (_PSEUDO_COUNTS * _TYPICAL_MEAN + self.cosines) / weight
        around = self.squares - 2 * mean * self.cosines + self.seen * mean**2
        spread = (_PSEUDO_COUNTS * _TYPICAL_SD**2 + max(0.0, around)) / weight
        return mean, float(np.sqrt(spread))


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    answer: int
    pair: Pair
    similarity: float
    features: tuple[float, ...]


class Store:
    """Answers are numbers; what they say is nobody's business here."""

    def __init__(self, dimensions: int, *, likelihoods: bool) -> None:
        """Without `likelihoods` it is the reference scorer."""
        self._records: dict[int, Record] = {}
        self._centroids = Rows(dimensions)
        self._phrasings = Rows(dimensions)
        self._owners: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._owned: list[int] = []
        self._unfiled = Rows(dimensions)
        self._words: Lexicon[int] = Lexicon(terms=words)
        self._pairs: dict[Pair, tuple[float, float]] = {}
        self._recent_new: deque[bool] = deque(maxlen=_NOVELTY_WINDOW)
        self._likelihoods = likelihoods
        self._scatter = Scatter(dimensions)
        self._beliefs = Beliefs(Plda.solve(self._scatter), self._scatter)
        self._kinship = Kinship(self._beliefs.model)
        self._wordings = Wordings()

    def __len__(self) -> int:
        return len(self._records)

    @property
    def phrasings(self) -> int:
        return self._phrasings.length

    def candidate(self, text: str, vector: Vector) -> Candidate | None:
        if not self._records:
            return None
        scores = self._phrasings.matrix @ vector
        owners = np.asarray(self._owned)
        few = min(10, len(scores))
        nearest = np.argpartition(-scores, few - 1)[:few]
        nearest = nearest[np.argsort(-scores[nearest], kind="stable")]
        ceiling = self._words.ceiling(text)
        cosines = self._centroids.matrix @ vector
        likelihoods, new = self._beliefs.log_likelihoods(vector) if self._likelihoods else (None, 0)
        kin = Kin.of(*self._kinship.of(vector)) if self._likelihoods else _NO_KIN
        ballot = votes.count(
            near=[(int(owners[i]), float(scores[i])) for i in nearest],
            word=[(self._owned[i], s * ceiling) for i, s in self._words.search(text, 10)],
            centroids=dict(enumerate(cosines.tolist())),
            likelihoods=None if likelihoods is None else dict(enumerate(likelihoods.tolist())),
            kin=kin.nearest,
        )
        assert ballot is not None
        c = ballot.candidate
        mine = owners == c
        standing = self._standing(ballot, scores, mine, cosines)
        values = features.of(standing)
        pair = (c, ballot.runner_up)
        if likelihoods is not None:
            worded = self._wordings.scores(text, self._records)
            contest = self._contest(ballot, likelihoods, new, pair, vector, kin, worded)
            values = features.extended(standing, contest)
        return Candidate(
            answer=c, pair=pair, similarity=standing.similarity, features=tuple(values)
        )

    def file(self, text: str, vector: Vector, answer: int | None) -> None:
        """A human answered; `answer` counts from 0 in the order of first use, None is a one-off."""
        self._recent_new.append(answer is None or answer not in self._records)
        self._wordings.file(TurnId(new_id()), answer, text)
        if answer is None:
            self._unfiled.append(vector)
            return
        self._learn(answer, vector)
        record = self._records.get(answer)
        if record is None:
            self._records[answer] = Record(vector.copy())
            self._wordings.use(answer, [text])
        elif record.phrasings >= _CAP or self._known(answer, vector):
            return
        else:
            cosine = float(vector @ record.total / np.linalg.norm(record.total))
            record.seen += 1
            record.cosines += cosine
            record.squares += cosine**2
            record.total = record.total + vector
            record.phrasings += 1
        self._add(answer, text, vector)

    def answered(self, text: str, answer: int) -> None:
        """By the assistant, and nobody complained."""
        self._wordings.answer(TurnId(new_id()), answer, text)

    def outcome(self, candidate: Candidate, *, right: bool) -> None:
        record = self._records[candidate.answer]
        record.ok, record.bad = features.counted(record.ok, record.bad, right=right)
        ok, bad = self._pairs.get(candidate.pair, (0.0, 0.0))
        self._pairs[candidate.pair] = features.counted(ok, bad, right=right)

    def _add(self, answer: int, text: str, vector: Vector) -> None:
        total = self._records[answer].total
        self._centroids.length = max(self._centroids.length, answer + 1)
        self._centroids.replace(answer, total / np.linalg.norm(total))
        self._words.add([len(self._owned)], [text])
        self._owned.append(answer)
        self._phrasings.append(vector)

    def _known(self, answer: int, vector: Vector) -> bool:
        mine = np.asarray(self._owned) == answer
        return float((self._phrasings.matrix[mine] @ vector).max()) >= _SAME

    def _learn(self, answer: int, vector: Vector) -> None:
        if not self._likelihoods:
            return
        self._scatter.add(answer, vector)
        self._kinship.add(answer, vector)
        if plda.due(learned=self._beliefs.model.learned, messages=self._scatter.messages):
            self._beliefs = Beliefs(Plda.solve(self._scatter), self._scatter)
            self._kinship = self._kinship.under(self._beliefs.model)
        else:
            self._beliefs.refresh(self._scatter, answer)

    def _standing(
        self,
        ballot: votes.Ballot,
        scores: Vector,
        mine: NDArray[np.bool_],
        cosines: Vector,
    ) -> Standing:
        c = ballot.candidate
        record = self._records[c]
        mean, sd = record.typicality()
        others = np.delete(cosines, c)
        return Standing(
            share=min(1.0, ballot.share[c]),
            similarity=float(scores[mine].max()),
            rival_similarity=float(scores[~mine].max(initial=features.UNKNOWN_RIVAL)),
            centroid=float(cosines[c]),
            rival_centroid=float(others.max(initial=features.UNKNOWN_RIVAL)),
            typical_mean=mean,
            typical_sd=sd,
            word_share=ballot.word.get(c, 0.0),
            phrasings=record.phrasings,
            ok=record.ok,
            bad=record.bad,
            novelty=features.novelty(
                answers=len(self._recent_new),
                merged=len(self._recent_new) - sum(self._recent_new),
            ),
        )

    def _contest(
        self,
        ballot: votes.Ballot,
        likelihoods: NDArray[np.float64],
        new: float,
        pair: Pair,
        vector: Vector,
        kin: Kin,
        worded: Mapping[int, float],
    ) -> Contest:
        c = ballot.candidate
        others = np.delete(likelihoods, c)
        ok, bad = self._pairs.get(pair, (0.0, 0.0))
        unfiled = self._unfiled.matrix @ vector
        return Contest(
            likelihood=float(likelihoods[c]),
            rival_likelihood=float(others.max()) if len(others) else None,
            new_likelihood=new,
            voters=ballot.agreement,
            entropy=ballot.entropy,
            pair_ok=ok,
            pair_bad=bad,
            unfiled=float(unfiled.max(initial=0.0)),
            kin=kin.best.get(c),
            rival_kin=kin.rival(c),
            kin_share=ballot.kin.get(c, 0.0),
            wording=worded[c],
            rival_wording=max((v for row, v in worded.items() if row != c), default=0.0),
        )
