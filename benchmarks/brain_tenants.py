"""Two companies' documentation with questions and vectors, on which Brain search is tried."""

import hashlib
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.public_data import rows
from support_graph.brain.ranking import Matches, Ranked, indexed_text, paged, rank
from support_graph.models import minilm_session
from support_graph.models.lexicon import Lexicon

Vectors = NDArray[np.float32]
CANDIDATES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    text: str
    page: str
    page_title: str
    gold: int
    """Row of the passage that answers; -1 where none does."""


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """Passages with the vectors of what is indexed of them, and questions with their answers."""

    passages: list[dict[str, Any]]
    questions: list[Question]
    vectors: Vectors

    @cached_property
    def places(self) -> list[str]:
        return ["\n".join([row["page_title"], *headings(row)]) for row in self.passages]

    @cached_property
    def texts(self) -> list[str]:
        return [indexed(row) for row in self.passages]

    @cached_property
    def lexicon(self) -> Lexicon[int]:
        return Lexicon.build(range(len(self.passages)), self.texts)

    def part(self, documents: set[str]) -> "Tenant":
        """The same company with only some of its documents; questions without answer have -1."""
        kept = [i for i, row in enumerate(self.passages) if row["page"] in documents]
        new_row = {old: new for new, old in enumerate(kept)}
        questions = [
            Question(
                text=each.text,
                page=each.page,
                page_title=each.page_title,
                gold=new_row.get(each.gold, -1),
            )
            for each in self.questions
        ]
        return Tenant(
            passages=[self.passages[i] for i in kept],
            questions=questions,
            vectors=self.vectors[kept],
        )


def headings(row: dict[str, Any]) -> list[str]:
    """Without the heading of a question section, which is the question itself."""
    every: list[str] = row["headings"]
    return every[:-1] if row["is_question_section"] else every


def indexed(row: dict[str, Any]) -> str:
    return indexed_text(title=row["page_title"], headings=headings(row), text=row["text"])


def segment() -> Tenant:
    return _tenant("segment", [f"docs_segment_passages_{part}" for part in "ab"])


def chatwoot() -> Tenant:
    return _tenant("chatwoot", ["docs_chatwoot_passages"])


def embedded(texts: Sequence[str]) -> Vectors:
    """Vectors of texts, kept in the temporary folder: 6,000 passages take two minutes."""
    digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
    path = Path(tempfile.gettempdir()) / f"support-graph-vectors-{digest}.npy"
    if path.exists():
        kept: Vectors = np.load(path)
        return kept
    vectors = minilm_session.load().encode(texts)
    np.save(path, vectors)
    return vectors


def found(
    tenant: Tenant, question: Question, *, plain: Vectors, with_page: Vectors | None
) -> list[Ranked[int]]:
    """What Brain search finds: `plain` and `with_page` are the vectors of both wordings."""
    wordings = [(question.text, plain)]
    if with_page is not None:
        wordings.append((paged(question.text, page_title=question.page_title), with_page))
    cosines = [tenant.vectors @ vector for _, vector in wordings]
    ids: set[int] = set()
    for (text, _), cosine in zip(wordings, cosines, strict=True):
        ids.update(np.argsort(-cosine)[:CANDIDATES].tolist())
        ids.update(row for row, _ in tenant.lexicon.search(text, CANDIDATES))
    both = sorted(ids)
    matches = [
        Matches(
            similarities=dict(zip(both, cosine[both].tolist(), strict=True)),
            shares=dict(zip(both, tenant.lexicon.scores(text, both), strict=True)),
        )
        for (text, _), cosine in zip(wordings, cosines, strict=True)
    ]
    if with_page is None:
        return rank(plain=matches[0])
    same = {row for row in both if tenant.passages[row]["page_title"] == question.page_title}
    return rank(plain=matches[0], with_page=matches[1], same_page=same)


def misled(tenant: Tenant, questions: Sequence[Question]) -> list[Question]:
    """The questions, each asked on the page of another document."""
    chance = random.Random(1)
    titles = sorted({row["page_title"] for row in tenant.passages})
    return [
        replace(each, page_title=chance.choice([t for t in titles if t != each.page_title]))
        for each in questions
    ]


def _tenant(name: str, files: list[str]) -> Tenant:
    passages = [row for file in files for row in rows(file)]
    row_of = {row["id"]: number for number, row in enumerate(passages)}
    questions = [
        Question(
            text=row["question"],
            page=row["page"],
            page_title=row["page_title"],
            gold=row_of[row["gold_passage"]],
        )
        for row in rows("docs_questions")
        if row["tenant"] == name
    ]
    vectors = embedded([indexed(row) for row in passages])
    return Tenant(passages=passages, questions=questions, vectors=vectors)
