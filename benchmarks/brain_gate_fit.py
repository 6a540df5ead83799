"""Fits the prior of the Brain's gate and says what it is worth.

    python -m benchmarks.brain_gate_fit

A case is one search: a question, the passage that came first, and whether that passage is the
answer (or carries the same words). Cases come from Segment's documentation: all of it, and random
parts of 10, 40 and 150 documents that hold the answer or lack it, each question with and without
its page; beside them, questions of bank customers and of a smart speaker's, which it can't answer.
"Right" is strict: another passage that answers as well counts as wrong, so the confidence is too
low rather than too high. Folds never share a question. Chatwoot's documentation is only looked at
in the end: its own questions, and Segment's, which it mustn't answer.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.brain_tenants import Question, Tenant, chatwoot, embedded, found, segment
from benchmarks.public_data import rows
from support_graph.brain import evidence
from support_graph.brain.evidence import NAMES, Prior
from support_graph.brain.ranking import paged

PRECISION = 8.0
KAPPA = 1.0
FOLDS = 5
STRANGERS = 300
SIZES = {10: 60, 40: 30, 150: 12}  # documents: how many parts of that size are drawn
ASKED = 12  # questions a part, at most, with their answer in it; and as many without

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    x: Numbers
    right: Numbers
    group: NDArray[np.int64]
    kind: NDArray[np.str_]

    def where(self, chosen: NDArray[np.bool_]) -> "Cases":
        return Cases(
            x=self.x[chosen],
            right=self.right[chosen],
            group=self.group[chosen],
            kind=self.kind[chosen],
        )


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


def segment_cases(company: Tenant) -> Iterator[tuple[tuple[float, ...], bool, int, str]]:
    everyone = range(len(company.questions))
    yield from asked(company, company.questions, everyone, kind="all documents")
    for size, count in SIZES.items():
        for draw in range(count):
            yield from _part_cases(company, size=size, chance=random.Random(size * 1000 + draw))
    for name in ("intents_banking77", "intents_clinc150"):
        chance = random.Random(name)
        texts = [row["text"] for row in chance.sample(rows(name), STRANGERS)]
        strangers = [Question(text=text, page="", page_title="", gold=-1) for text in texts]
        numbers = range(-STRANGERS, 0)
        yield from asked(company, strangers, numbers, kind="strangers, all", pages=(False,))
        for size in SIZES:
            part = company.part(drawn(company, size, chance, holding=[]))
            kind = f"strangers, {size}"
            yield from asked(part, strangers, numbers, kind=kind, pages=(False,))


def chatwoot_cases(
    other: Tenant, company: Tenant
) -> Iterator[tuple[tuple[float, ...], bool, int, str]]:
    yield from asked(other, other.questions, range(len(other.questions)), kind="own questions")
    foreign = [replace(each, gold=-1) for each in company.questions]
    yield from asked(other, foreign, range(len(foreign)), kind="Segment's", pages=(False,))


def _part_cases(
    company: Tenant, *, size: int, chance: random.Random
) -> Iterator[tuple[tuple[float, ...], bool, int, str]]:
    pages = sorted({each.page for each in company.questions})
    part = company.part(drawn(company, size, chance, holding=chance.sample(pages, size // 2)))
    held = [i for i, each in enumerate(part.questions) if each.gold >= 0]
    lacking = [i for i, each in enumerate(part.questions) if each.gold < 0]
    for name, numbers in (("answer in", held), ("answer not in", lacking)):
        chosen = chance.sample(numbers, min(ASKED, len(numbers)))
        questions = [part.questions[i] for i in chosen]
        yield from asked(part, questions, chosen, kind=f"{name} {size}")


def drawn(company: Tenant, size: int, chance: random.Random, *, holding: list[str]) -> set[str]:
    """The pages of a random part of the documentation, `holding` among them."""
    pages = sorted({row["page"] for row in company.passages} - set(holding))
    return {*holding, *chance.sample(pages, size - len(holding))}


def asked(
    tenant: Tenant,
    questions: list[Question],
    groups: "range | list[int]",
    *,
    kind: str,
    pages: tuple[bool, ...] = (False, True),
) -> Iterator[tuple[tuple[float, ...], bool, int, str]]:
    plain = embedded([each.text for each in questions])
    beside = embedded([paged(each.text, page_title=each.page_title) for each in questions])
    for row, (question, group) in enumerate(zip(questions, groups, strict=True)):
        for known in pages:
            page = beside[row] if known else None
            hits = found(tenant, question, plain=plain[row], with_page=page)
            best = hits[0].id
            x = evidence.features(
                question.text,
                ranked=hits,
                place=tenant.places[best],
                text=tenant.passages[best]["text"],
                rarity=tenant.lexicon.rarity,
                passages=len(tenant.passages),
                page_known=known,
            )
            yield x, answers(tenant, question, best), group, kind + (", page" if known else "")


def answers(tenant: Tenant, question: Question, passage: int) -> bool:
    """Whether it is the passage that answers, or says the same."""
    if question.gold < 0:
        return False
    gold = tenant.passages[question.gold]["text"].split()
    return bool(tenant.passages[passage]["text"].split() == gold)


def gathered(found_cases: Iterator[tuple[tuple[float, ...], bool, int, str]]) -> Cases:
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
    prior = Prior(beta=tuple(beta.tolist()), precision=PRECISION, kappa=KAPPA)
    return np.array([prior.confidence(row) for row in x.tolist()])


def crossed(cases: Cases) -> Numbers:
    """The confidence in each case by weights that were fitted without its question."""
    p = np.empty(len(cases.right))
    for fold in range(FOLDS):
        held = cases.group % FOLDS == fold
        p[held] = confidences(cases.x[held], fitted(cases.where(~held)))
    return p


def report(title: str, cases: Cases, p: Numbers) -> None:
    print(f"\n{title}")
    print(f"{'':28} cases  right  mean p   AUROC   answered (right) at p >= .95, .9, .8, .7")
    for kind in ["", *sorted(set(cases.kind.tolist()))]:
        chosen = (cases.kind == kind) | (kind == "")
        right, mine = cases.right[chosen], p[chosen]
        answered = "  ".join(share(right, mine >= level) for level in (0.95, 0.9, 0.8, 0.7))
        print(
            f"{kind or 'together':28} {chosen.sum():5}  {right.mean():5.3f}  {mine.mean():6.3f}"
            f"  {auroc(right, mine):6.3f}   {answered}"
        )
    for level in (0.97, 0.95, 0.9):
        print(f"coverage at {level:.0%} precision: {coverage(cases.right, p, level):.1%}")


def share(right: Numbers, sent: NDArray[np.bool_]) -> str:
    precision = f"{right[sent].mean():.3f}" if sent.any() else "-"
    return f"{sent.mean():5.1%} ({precision:>5})"


def auroc(right: Numbers, p: Numbers) -> float:
    order = np.argsort(p, kind="stable")
    ranks = np.empty(len(p))
    ranks[order] = np.arange(1, len(p) + 1)
    good = int(right.sum())
    if not 0 < good < len(right):
        return float("nan")
    rank_sum = float(ranks[right == 1].sum())
    return (rank_sum - good * (good + 1) / 2) / (good * (len(right) - good))


def coverage(right: Numbers, p: Numbers, level: float) -> float:
    """The largest share of cases that can be answered at that precision."""
    order = np.argsort(-p)
    precision = np.cumsum(right[order]) / np.arange(1, len(p) + 1)
    enough = np.flatnonzero(precision >= level)
    return float((enough[-1] + 1) / len(p)) if len(enough) else 0.0


if __name__ == "__main__":
    main()
