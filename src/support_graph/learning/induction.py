"""Proposes intents for a backlog of messages: messages that mean the same, a name, examples.

Average linkage on cosine distances; of the levels at which the tree can be cut, the one with the
best silhouette is taken (Rousseeuw 1987), so no number of intents has to be known. Measured
against other methods by benchmarks/intent_induction.py. Needs the extra `induce`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from support_graph.domain.errors import ExtraMissing
from support_graph.learning.classify import free_name
from support_graph.learning.terms import class_terms
from support_graph.models import key_terms
from support_graph.models.courtesy import whole_message
from support_graph.store.embeddings import Vector

Numbers = NDArray[np.int64]
Matrix = NDArray[np.float32]

LEVELS: Final = tuple(np.round(np.arange(0.3, 0.91, 0.05), 2).tolist())
"""Cosine distances, at which the tree may be cut."""
TREE_OF: Final = 4_000
"""Messages that are compared with each other; the others join the cluster they are nearest to."""
FEWEST: Final = 10
"""Messages below which there is nothing to be found."""
_SMALLEST, _SMALLEST_SHARE = 3, 1 / 400
_LIKE_THE_OTHERS = 0.3
"""The mean cosine to the others of its cluster from which a message counts as one of it."""
_EXAMPLES = 10
_NAMED_BY, _DESCRIBED_BY = 3, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An intent that the messages suggest; `examples` stand for the most of its messages."""

    name: str
    description: str
    examples: tuple[str, ...]
    messages: int


def check_installed() -> None:
    """Raises ExtraMissing where the libraries are not there."""
    try:
        import scipy.cluster.hierarchy  # noqa: F401, PLC0415 - an extra
        import sklearn.metrics  # noqa: F401, PLC0415
    except ImportError as error:
        raise ExtraMissing(extra="induce", task="Intents are induced") from error


def worth_reading(messages: Sequence[str]) -> list[str]:
    """Each message once, without courtesies and without what says nothing."""
    once = {" ".join(text.split()).casefold(): text for text in reversed(messages)}
    return [
        text
        for text in reversed(once.values())
        if whole_message(text) is None and key_terms.key_words(text)
    ]


def induce(texts: Sequence[str], vectors: Vector) -> list[Proposal]:
    """The largest first. `vectors` are the unit vectors of `texts`."""
    if len(texts) < FEWEST:
        return []
    labels = cluster(vectors)
    found = [np.flatnonzero(labels == label) for label in range(labels.max() + 1)]
    members = [rows[_alike(vectors[rows]) >= _LIKE_THE_OTHERS] for rows in found]
    members = sorted((rows for rows in members if len(rows) >= _SMALLEST), key=len, reverse=True)
    terms = class_terms([[texts[i] for i in rows] for rows in members])
    proposals: list[Proposal] = []
    for rows, words in zip(members, terms, strict=True):
        name = key_terms.snake_case(tuple(words[:_NAMED_BY]))
        proposals.append(
            Proposal(
                name=free_name(name, taken={p.name for p in proposals}),
                description=f"About: {', '.join(words[:_DESCRIBED_BY])}.",
                examples=tuple(texts[rows[i]] for i in _standing_for(vectors[rows])),
                messages=len(rows),
            )
        )
    return proposals


def cluster(vectors: Vector) -> Numbers:
    """A cluster's number for each unit vector, from 0 on."""
    read = np.unique(np.linspace(0, len(vectors) - 1, min(len(vectors), TREE_OF)).astype(np.int64))
    centres = _centres(vectors[read], _best_cut(vectors[read]))
    labels: Numbers = (vectors @ centres.T).argmax(axis=1)
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def _best_cut(vectors: Vector) -> Numbers:
    from scipy.cluster.hierarchy import average, fcluster  # noqa: PLC0415 - an extra
    from scipy.spatial.distance import squareform  # noqa: PLC0415
    from sklearn.metrics import silhouette_score  # noqa: PLC0415

    apart = np.clip(1.0 - vectors @ vectors.T, 0.0, 2.0)
    np.fill_diagonal(apart, 0.0)
    tree = average(squareform(apart, checks=False))
    best, best_score = np.zeros(len(vectors), dtype=np.int64), -1.0
    for level in LEVELS:
        labels = _settled(vectors, fcluster(tree, level, criterion="distance") - 1)
        if not 1 < len(set(labels.tolist())) < len(vectors):
            continue
        score = silhouette_score(apart, labels, metric="precomputed")
        if score > best_score:
            best, best_score = labels, score
    return best


def _settled(vectors: Vector, labels: Numbers) -> Numbers:
    """Clusters that are too small are dissolved: their messages join the nearest other one."""
    counts = np.bincount(labels)
    large = counts >= max(_SMALLEST, len(vectors) * _SMALLEST_SHARE)
    if not large.any() or large.all():
        return labels
    kept = large[labels]
    renumbered = np.unique(labels[kept], return_inverse=True)[1]
    settled = np.zeros(len(labels), dtype=np.int64)
    settled[kept] = renumbered
    centres = _centres(vectors[kept], renumbered)
    settled[~kept] = (vectors[~kept] @ centres.T).argmax(axis=1)
    return settled


def _centres(vectors: Vector, labels: Numbers) -> Matrix:
    """Unit rows, one a label."""
    sums: Matrix = np.zeros((int(labels.max()) + 1, vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, labels, vectors)
    sums /= np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return sums


def _alike(vectors: Vector) -> Matrix:
    """Each row's mean cosine to the other rows."""
    together: Matrix = vectors @ vectors.sum(axis=0) - np.float32(1)
    together /= np.float32(max(1, len(vectors) - 1))
    return together


def _standing_for(vectors: Vector) -> list[int]:
    """Rows so that all are as near as can be to one of them, chosen greedily; the first is the
    most central one."""
    cosines = vectors @ vectors.T
    chosen: list[int] = []
    covered = np.full(len(vectors), -1.0, dtype=np.float32)
    for _ in range(min(_EXAMPLES, len(vectors))):
        gain = np.maximum(cosines, covered).sum(axis=1)
        gain[chosen] = -np.inf
        chosen.append(int(gain.argmax()))
        covered = np.maximum(covered, cosines[chosen[-1]])
    return chosen
