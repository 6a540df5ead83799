"""Recall of Brain search by meaning, by words and fused, with and without the customer's page.

    python -m benchmarks.brain_search

The headings of question sections are not indexed: they are the questions. "wrong page" names a
random other page of the company, as when somebody asks about one thing on the page of another.
"""

from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.brain_tenants import (
    Question,
    Tenant,
    Vectors,
    chatwoot,
    embedded,
    found,
    misled,
    segment,
)
from support_graph.brain.ranking import paged

Search = Callable[[int], list[int]]


def main() -> None:
    for name, tenant in (("segment", segment()), ("chatwoot", chatwoot())):
        asked = tenant.questions
        print(f"\n{name}: {len(asked)} questions, {len(tenant.passages)} passages")
        print(f"{'':34}  recall@1  recall@5")
        for label, search in searches(tenant).items():
            first, fifth = recall(tenant, search)
            print(f"{label:34}  {first:8.3f}  {fifth:8.3f}")


def searches(tenant: Tenant) -> dict[str, Search]:
    """Each way of searching, by name: from the row of a question to rows of passages."""
    asked = tenant.questions
    astray = misled(tenant, asked)
    plain = embedded([each.text for each in asked])
    beside, mistaken = pages(asked), pages(astray)
    return {
        "words": lambda i: words(tenant, asked[i].text),
        "meaning": lambda i: meaning(tenant, plain[i]),
        "fused": lambda i: fused(tenant, asked[i], plain[i], None),
        "words, page in the query": lambda i: words(tenant, with_page(asked[i])),
        "meaning, page in the query": lambda i: meaning(tenant, beside[i]),
        "fused, page beside": lambda i: fused(tenant, asked[i], plain[i], beside[i]),
        "fused, wrong page beside": lambda i: fused(tenant, astray[i], plain[i], mistaken[i]),
    }


def recall(tenant: Tenant, search: Search) -> tuple[float, float]:
    """How often the passage that answers comes first, and among the first five."""
    ranks = []
    for row, question in enumerate(tenant.questions):
        rows = search(row)[:5]
        ranks.append(rows.index(question.gold) if question.gold in rows else 5)
    return float(np.mean([r == 0 for r in ranks])), float(np.mean([r < 5 for r in ranks]))


def words(tenant: Tenant, query: str) -> list[int]:
    return [row for row, _ in tenant.lexicon.search(query, 5)]


def meaning(tenant: Tenant, vector: Vectors) -> list[int]:
    rows: list[int] = np.argsort(-(tenant.vectors @ vector))[:5].tolist()
    return rows


def fused(tenant: Tenant, question: Question, plain: Vectors, page: Vectors | None) -> list[int]:
    return [hit.id for hit in found(tenant, question, plain=plain, with_page=page)]


def with_page(question: Question) -> str:
    return paged(question.text, page_title=question.page_title)


def pages(questions: Sequence[Question]) -> Vectors:
    return embedded([with_page(each) for each in questions])


if __name__ == "__main__":
    main()
