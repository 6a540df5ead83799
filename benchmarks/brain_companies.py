"""Searches of three companies' customers, judged: what Brain calibration is tried on.

Segment's documentation is two companies here, which share authors and no page: `connections` and
`platform` (all the rest). The third is Chatwoot, with eighteen questions. What each can't answer
are the others' questions, bank customers' and those of a smart speaker's owners. Searching takes
ten minutes, so the cases are kept in the temporary folder.
"""

import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.brain_gate_fit import (
    ASKED,
    SIZES,
    Case,
    asked,
    drawn,
    fitted,
    gathered,
)
from benchmarks.brain_gate_report import Cases, Numbers
from benchmarks.brain_tenants import Question, Tenant, chatwoot, segment
from benchmarks.public_data import rows
from support_graph.brain.evidence import PRIOR

_STRANGERS = 150
_NAMES = ("intents_banking77", "intents_clinc150")
PLACES = ("", "page", "wrong page")


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """`own` are the searches for its own questions, one of each of PLACES after the other;
    `foreign` what it can't answer; `others` the weights fitted on another company."""

    name: str
    own: Cases
    foreign: Cases
    others: Numbers


def companies() -> list[Company]:
    whole, third = segment(), chatwoot()
    first = {row["page"] for row in whole.passages if row["page"].startswith("/docs/connections")}
    rest = {row["page"] for row in whole.passages} - first
    one, other = _company(whole, first), _company(whole, rest)
    return [
        Company(
            name="connections",
            own=_kept("connections-own", asked(one, _once(one.questions), kind="own")),
            foreign=_kept("connections-foreign", _foreign(one, other)),
            others=fitted(_kept("platform-prior", _for_prior(other))),
        ),
        Company(
            name="platform",
            own=_kept("platform-own", asked(other, _once(other.questions), kind="own")),
            foreign=_kept("platform-foreign", _foreign(other, one)),
            others=fitted(_kept("connections-prior", _for_prior(one))),
        ),
        Company(
            name="chatwoot",
            own=_kept("chatwoot-own", asked(third, _once(third.questions), kind="own")),
            foreign=_kept("chatwoot-foreign", _foreign(third, whole)),
            others=PRIOR.beta,
        ),
    ]


def _company(whole: Tenant, pages: set[str]) -> Tenant:
    part = whole.part(pages)
    held = [question for question in part.questions if question.gold >= 0]
    return Tenant(passages=part.passages, questions=held, vectors=part.vectors)


def _once(questions: list[Question]) -> list[Question]:
    """Some questions are asked on a dozen pages."""
    return list({question.text.casefold(): question for question in reversed(questions)}.values())[
        ::-1
    ]


def _foreign(company: Tenant, other: Tenant) -> Iterator[Case]:
    lacking = [replace(each, gold=-1) for each in _once(other.questions)]
    yield from asked(company, lacking, kind="another company's", pages=("",))
    yield from asked(company, _strangers(), kind="strangers", pages=("",))


def _strangers() -> list[Question]:
    texts = [
        row["text"] for name in _NAMES for row in random.Random(name).sample(rows(name), _STRANGERS)
    ]
    return [Question(text=text, page="", page_title="", gold=-1) for text in texts]


def _for_prior(company: Tenant) -> Iterator[Case]:
    """As in brain_gate_fit: all documents, and parts of them that hold the answer or lack it."""
    yield from asked(company, company.questions, kind="all")
    asked_on = sorted({each.page for each in company.questions})
    pages = {row["page"] for row in company.passages}
    for size, count in SIZES.items():
        for draw in range(count):
            chance = random.Random(size * 1000 + draw)
            holding = chance.sample(asked_on, min(size // 2, len(asked_on)))
            if len(pages) < size:
                continue
            part = company.part(drawn(company, size, chance, holding=holding))
            for held in (True, False):
                questions = [each for each in part.questions if (each.gold >= 0) is held]
                chosen = chance.sample(questions, min(ASKED, len(questions)))
                yield from asked(part, chosen, kind="part")
    yield from asked(company, _strangers(), kind="strangers", pages=("",))


def _kept(name: str, cases: Iterator[Case]) -> Cases:
    path = Path(tempfile.gettempdir()) / f"support-graph-cases-{name}.npz"
    if not path.exists():
        found = gathered(cases)
        np.savez(path, x=found.x, right=found.right, group=found.group, kind=found.kind)
    kept = np.load(path)
    return Cases(x=kept["x"], right=kept["right"], group=kept["group"], kind=kept["kind"])
