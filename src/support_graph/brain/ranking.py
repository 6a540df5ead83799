"""Ranks passages for a question by meaning, by words, and by the page the customer is on.

Measured on docs_questions.jsonl (819 questions, 6,011 passages; benchmarks/brain_search.py).
Cosine + .5 of the lexical share is as good as adding z-scores, and needs no statistics of the
candidates, which mean nothing in a Brain of ten documents. The weights of the page are chosen so
that a misleading page costs half a point of recall, while the right one gives twenty. They were
chosen on those questions; the 20 of Chatwoot, only looked at, gain likewise.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Generic, TypeVar
from urllib.parse import urlsplit

from support_graph.models.folding import fold

Id = TypeVar("Id", bound=Hashable)

LEXICAL_WEIGHT: Final = 0.5
PLAIN_PART: Final = 0.7
SAME_PAGE: Final = 0.15


# Without slots, which Python 3.11 can't combine with frozen and Generic (`Matches[str](...)`).
@dataclass(frozen=True, kw_only=True)
class Matches(Generic[Id]):
    """What one wording of the question found: cosines and lexical shares by passage.

    Give both numbers for every passage that either search found. A missing share is 0; a missing
    cosine is taken for the lowest that is known, which costs two points of recall.
    """

    similarities: Mapping[Id, float]
    shares: Mapping[Id, float] = field(default_factory=dict)

    def scores(self, ids: Collection[Id]) -> dict[Id, float]:
        """Cosine + .5 of the share for each passage."""
        unknown = min(self.similarities.values(), default=0.0)
        return {
            each: self.similarities.get(each, unknown) + LEXICAL_WEIGHT * self.shares.get(each, 0.0)
            for each in ids
        }


@dataclass(frozen=True, kw_only=True)
class Ranked(Generic[Id]):
    """A passage in its place: the fused `score`, and the plain question's `similarity` (cosine)
    and `share` (lexical)."""

    id: Id
    score: float
    similarity: float
    share: float
    same_page: bool


def indexed_text(*, title: str, headings: Sequence[str], text: str) -> str:
    """What of a passage is searched, by words and by meaning: its place and its own words."""
    return "\n".join([title, *headings, text])


def paged(question: str, *, page_title: str) -> str:
    """The wording that is searched beside the plain question when the customer's page is known."""
    return f"{page_title}\n{question}"


def rank(
    *,
    plain: Matches[Id],
    with_page: Matches[Id] | None = None,
    same_page: Collection[Id] = frozenset(),
) -> list[Ranked[Id]]:
    """All passages found, best first.

    `with_page` is what the `paged` wording found, `same_page` the passages of the customer's
    page. Passages of equal score keep the order in which the plain question found them.
    """
    ids = list(dict.fromkeys([*_found(plain), *(_found(with_page) if with_page else ())]))
    scores = plain.scores(ids)
    if with_page is not None:
        other = with_page.scores(ids)
        scores = {each: PLAIN_PART * scores[each] + (1 - PLAIN_PART) * other[each] for each in ids}
    ranked = [
        Ranked(
            id=each,
            score=scores[each] + (SAME_PAGE if each in same_page else 0.0),
            similarity=plain.similarities.get(each, 0.0),
            share=plain.shares.get(each, 0.0),
            same_page=each in same_page,
        )
        for each in ids
    ]
    return sorted(ranked, key=lambda found: -found.score)


def is_same_page(
    *, page_title: str | None, page_url: str | None, title: str, url: str | None
) -> bool:
    """Whether a document is the page the customer is on, by its address or its exact title."""
    if page_url and url and _place(page_url) == _place(url):
        return True
    return bool(page_title) and _plain(page_title or "") == _plain(title)


@lru_cache(maxsize=10_000)
def _plain(title: str) -> str:
    """Kept, because folding goes letter by letter and the same titles come again and again."""
    return fold(title).text.strip()


def _found(matches: Matches[Id]) -> list[Id]:
    return [*matches.similarities, *matches.shares]


def _place(url: str) -> tuple[str, str]:
    """Host and path: what is asked of a page, and where on it, doesn't make it another page."""
    parts = urlsplit(url)
    return (parts.hostname or "").removeprefix("www."), parts.path.rstrip("/")
