"""Intents found in a backlog of messages, against those that people marked.

    python -m benchmarks.intent_induction

Banking77's test messages (77 intents of 40 messages) and customers' turns of MultiDoGO (22 intents,
from 759 messages to 3; without dialogue acts, each text once). A method with a parameter has it
chosen on the one set (by ARI) and used on the other; `own` is the ARI with the one that is best on
the set itself, which nobody knows without labels. `silhouette` methods choose theirs by the
silhouette of the messages themselves. HDBSCAN's noise joins the nearest cluster.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import HDBSCAN, AgglomerativeClustering, KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import (
    adjusted_rand_score,
    normalized_mutual_info_score,
    silhouette_score,
)

from benchmarks.gate_messages import embedded, vectors_of
from benchmarks.public_data import rows
from support_graph.learning import induction

Labels = NDArray[np.int64]
Vectors = NDArray[np.float32]
Method = Callable[[Vectors, Any], Labels]

ACTS = {
    "closinggreeting",
    "confirmation",
    "contentonly",
    "openinggreeting",
    "outofdomain",
    "rejection",
    "thankyou",
}
DISTANCES = [round(0.3 + 0.05 * i, 2) for i in range(13)]
COUNTS = [10, 15, 20, 30, 40, 60, 80, 100, 120, 150]


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    name: str
    vectors: Vectors
    gold: Sequence[str]


def average(vectors: Vectors, distance: float) -> Labels:
    return _agglomerated(vectors, "average", distance, metric="cosine")


def ward(vectors: Vectors, distance: float) -> Labels:
    return _agglomerated(vectors, "ward", distance * 5, metric="euclidean")


def _agglomerated(vectors: Vectors, linkage: str, distance: float, *, metric: str) -> Labels:
    model = AgglomerativeClustering(
        n_clusters=None, metric=metric, linkage=linkage, distance_threshold=distance
    )
    return np.asarray(model.fit_predict(vectors))


def kmeans(vectors: Vectors, count: int) -> Labels:
    return np.asarray(KMeans(count, n_init=3, random_state=0).fit_predict(vectors))


def hdbscan(vectors: Vectors, smallest: int) -> Labels:
    """On 32 principal components, as it is meant for few dimensions."""
    few = PCA(32, random_state=0).fit_transform(vectors)
    few /= np.linalg.norm(few, axis=1, keepdims=True)
    labels = HDBSCAN(min_cluster_size=smallest, min_samples=5, copy=True).fit_predict(few)
    known = np.unique(labels[labels >= 0])
    centres = np.stack([vectors[labels == one].mean(axis=0) for one in known])
    noise = labels < 0
    labels[noise] = known[(vectors[noise] @ centres.T).argmax(axis=1)]
    return np.asarray(labels)


def kmeans_by_silhouette(vectors: Vectors, _: None) -> Labels:
    found = [kmeans(vectors, count) for count in COUNTS]
    return max(found, key=lambda labels: float(silhouette_score(vectors, labels, metric="cosine")))


def on_components(vectors: Vectors, _: None) -> Labels:
    few = PCA(50, random_state=0).fit_transform(vectors)
    return induction.cluster(few / np.linalg.norm(few, axis=1, keepdims=True))


def product(vectors: Vectors, _: None) -> Labels:
    return induction.cluster(vectors)


METHODS: dict[str, tuple[Method, Sequence[Any]]] = {
    "average linkage, fixed distance": (average, DISTANCES),
    "Ward, fixed distance": (ward, DISTANCES),
    "k-means, fixed k": (kmeans, COUNTS),
    "HDBSCAN": (hdbscan, [5, 10, 15, 25]),
    "k-means, silhouette": (kmeans_by_silhouette, [None]),
    "average linkage on 50 components": (on_components, [None]),
    "the product: average linkage, silhouette": (product, [None]),
}


def main() -> None:
    sets = [banking(), multidogo()]
    for one in sets:
        print(f"{one.name}: {len(one.gold)} messages, {len(set(one.gold))} intents")
    print(f"\n{'':42}{sets[0].name:^41}{sets[1].name:^41}")
    print(f"{'method':42}" + f"{'found':>8}{'ARI':>7}{'own':>7}{'NMI':>7}{'CPU s':>8}{'':4}" * 2)
    for name, (method, grid) in METHODS.items():
        best = [_best(one, method, grid) for one in sets]
        cells = [
            _cell(one, method, other, own)
            for one, other, own in zip(sets, reversed(best), best, strict=True)
        ]
        print(f"{name:42}{''.join(cells)}", flush=True)


def _best(messages: Messages, method: Method, grid: Sequence[Any]) -> Any:
    if len(grid) == 1:
        return grid[0]
    return max(
        grid, key=lambda value: adjusted_rand_score(messages.gold, method(messages.vectors, value))
    )


def _cell(messages: Messages, method: Method, parameter: Any, own: Any) -> str:
    began = time.process_time()
    labels = method(messages.vectors, parameter)
    spent = time.process_time() - began
    ari = adjusted_rand_score(messages.gold, labels)
    labelled = adjusted_rand_score(messages.gold, method(messages.vectors, own))
    nmi = normalized_mutual_info_score(messages.gold, labels)
    return f"{len(set(labels.tolist())):8}{ari:7.3f}{labelled:7.3f}{nmi:7.3f}{spent:8.1f}{'':4}"


def banking() -> Messages:
    every = zip(embedded("banking77"), rows("intents_banking77"), strict=True)
    chosen = [message for message, row in every if row["split"] == "test"]
    return Messages(
        name="Banking77",
        vectors=np.stack([message.vector for message in chosen]),
        gold=[str(message.intent) for message in chosen],
    )


def multidogo() -> Messages:
    once: dict[str, tuple[str, str]] = {}
    for conversation in rows("conversations_multidogo_customer"):
        for turn in conversation["customer_turns"]:
            (intent, *more) = turn["intents"] or [None]
            if intent not in ACTS and intent is not None and not more:
                once.setdefault(turn["text"].strip().lower(), (turn["text"], intent))
    texts, gold = zip(*once.values(), strict=True)
    return Messages(name="MultiDoGO", vectors=asyncio.run(vectors_of(texts)), gold=gold)


if __name__ == "__main__":
    main()
