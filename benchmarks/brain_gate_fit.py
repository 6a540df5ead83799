"""Fits the prior of the Brain's gate and says what it is worth.

    python -m benchmarks.brain_gate_fit

A case is one search: a question, the passage that came first, and whether that passage is the
answer (or carries the same words). Cases come from Segment's documentation: all of it, and random
parts of 10, 40 and 150 documents that hold the answer or lack it, each question with and without
its page; beside them, questions of bank customers and of a smart speaker's, which it can't answer.
"Right" is strict: another passage that answers as well counts as wrong, so the confidence is too
low rather than too high. Folds never share a question, nor its wording on
another page. Chatwoot's documentation is only looked at
in the end: its own questions, and Segment's, which it mustn't answer.
"""

import random
import zlib
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from benchmarks.brain_gate_report import Cases, Numbers, report
from benchmarks.brain_tenants import (
    Question,
    Tenant,
    chatwoot,
    embedded,
    found,
    misled,
    segment,
)
from benchmarks.public_data import rows
from support_graph.brain import evidence
from support_graph.brain.evidence import NAMES
from support_graph.brain.ranking import paged

PRECISION = 8.0
KAPPA = 1.0
FOLDS = 5
STRANGERS = 300
SIZES = {10: 60, 40: 30, 150: 12}  # documents: how many parts of that size are drawn
ASKED = 12  # questions a part, at most, with their answer in it; and as many without

Case = tuple[tuple[float, ...], bool, int, str]


def main() -> None:
    company, other = segment(), chatwoot()
    cases = gathered(segment_cases(company))
    print(f"{len(cases.right)} cases, {cases.right.mean():.0%} right")
    report("cross-validated", cases, crossed(cases))
    beta = fitted(cases)
    print("\nbeta = (")
    for name, weight in zip(NAMES, beta, strict=True):
        print(f"    {weight:.2f},  # {name}")
    print(")")
    fresh = gathered(chatwoot_cases(other, company))
    report("\nchatwoot, not fitted on", fresh, confidences(fresh.x, beta))


def segment_cases(company: Tenant) -> Iterator[Case]:
    yield from asked(company, company.questions, kind="all documents")
    for size, count in SIZES.items():
        for draw in range(count):
            yield from _part_cases(company, size=size, chance=random.Random(size * 1000 + draw))
    for name in ("intents_banking77", "intents_clinc150"):
        chance = random.Random(name)
        texts = [row["text"] for row in chance.sample(rows(name), STRANGERS)]
        strangers = [Question(text=text, page="", page_title="", gold=-1) for text in texts]
        yield from asked(company, strangers, kind="strangers, all", pages=("",))
        for size in SIZES:
            part = company.part(drawn(company, size, chance, holding=[]))
            kind = f"strangers, {size}"
            yield from asked(part, strangers, kind=kind, pages=("",))


def chatwoot_cases(other: Tenant, company: Tenant) -> Iterator[Case]:
    yield from asked(other, other.questions, kind="own questions")
    foreign = [replace(each, gold=-1) for each in company.questions]
    yield from asked(other, foreign, kind="Segment's", pages=("",))


def _part_cases(company: Tenant, *, size: int, chance: random.Random) -> Iterator[Case]:
    pages = sorted({each.page for each in company.questions})
    part = company.part(drawn(company, size, chance, holding=chance.sample(pages, size // 2)))
    held = [each for each in part.questions if each.gold >= 0]
    lacking = [each for each in part.questions if each.gold < 0]
    for name, questions in (("answer in", held), ("answer not in", lacking)):
        chosen = chance.sample(questions, min(ASKED, len(questions)))
        yield from asked(part, chosen, kind=f"{name} {size}")


def drawn(company: Tenant, size: int, chance: random.Random, *, holding: list[str]) -> set[str]:
    """The pages of a random part of the documentation, `holding` among them."""
    pages = sorted({row["page"] for row in company.passages} - set(holding))
    return {*holding, *chance.sample(pages, size - len(holding))}


def asked(
    tenant: Tenant,
    questions: list[Question],
    *,
    kind: str,
    pages: tuple[str, ...] = ("", "page", "wrong page"),
) -> Iterator[Case]:
    plain = embedded([each.text for each in questions])
    beside = embedded([paged(each.text, page_title=each.page_title) for each in questions])
    astray = misled(tenant, questions)
    mistaken = embedded([paged(each.text, page_title=each.page_title) for each in astray])
    for row, question in enumerate(questions):
        for page in pages:
            asked_on = {"": None, "page": beside[row], "wrong page": mistaken[row]}[page]
            where = astray[row] if page == "wrong page" else question
            hits = found(tenant, where, plain=plain[row], with_page=asked_on)
            best = hits[0].id
            x = evidence.features(
                question.text,
                ranked=hits,
                place=tenant.places[best],
                text=tenant.passages[best]["text"],
                rarity=tenant.lexicon.rarity,
                passages=len(tenant.passages),
            )
            yield (
                x,
                answers(tenant, question, best),
                worded(question),
                f"{kind}, {page}" if page else kind,
            )


def worded(question: Question) -> int:
    """The same number for the same words: some questions are asked on a dozen pages."""
    return zlib.crc32(question.text.casefold().encode())


def answers(tenant: Tenant, question: Question, passage: int) -> bool:
    """Whether it is the passage that answers, or says the same."""
    if question.gold < 0:
        return False
    gold = tenant.passages[question.gold]["text"].split()
    return bool(tenant.passages[passage]["text"].split() == gold)


def gathered(found_cases: Iterator[Case]) -> Cases:
    x, right, group, kind = zip(*found_cases, strict=True)
    return Cases(
        x=np.array(x), right=np.array(right, float), group=np.array(group), kind=np.array(kind)
    )


def fitted(cases: Cases) -> Numbers:
    """The weights whose confidence, doubt included, fits best: damped Newton, ridge of 1."""
    beta = np.zeros(cases.x.shape[1])
    for _ in range(60):
        p = confidences(cases.x, beta)
        gradient = cases.x.T @ (cases.right - p) - beta
        hessian = (cases.x.T * (p * (1 - p))) @ cases.x + np.eye(len(beta))
        step = np.linalg.solve(hessian, gradient)
        beta += step * min(1.0, 1.0 / max(float(np.abs(step).max()), 1e-12))
    return beta


def confidences(x: Numbers, beta: Numbers) -> Numbers:
    doubt = np.sqrt((x * x).sum(axis=1) / PRECISION)
    confident: Numbers = 1 / (1 + np.exp(-(x @ beta - KAPPA * doubt)))
    return confident


def crossed(cases: Cases) -> Numbers:
    """The confidence in each case by weights that were fitted without its question."""
    p = np.empty(len(cases.right))
    for fold in range(FOLDS):
        held = cases.group % FOLDS == fold
        p[held] = confidences(cases.x[held], fitted(cases.where(~held)))
    return p


if __name__ == "__main__":
    main()
