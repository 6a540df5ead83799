"""Which fact of the customer's situation decides between answers to the same question?

Each human answer is an observation: which answer it was, and what was known then. A fact separates
the answers if its values sort the observations, nearly all of them, each to one answer. How easily
that happens by chance is measured by dealing the answers to the observations anew: the share of
deals that leave at least as much information about the answer in the fact (an exact conditional
test, by simulation). A value that was seen once proves nothing, and this says so: when every
observation has a value of its own, every deal is as good. The share is multiplied by the number of
facts that were tried (Bonferroni), since among many one will do by luck.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from support_graph.domain.ids import ResolutionId

WORTH_ASKING = 0.15
"""Of ten separations that are shown to a teammate, one or two may be chance."""
SURE = 0.01
"""Of a hundred that take effect by themselves, one."""

_DEALS = 9_999
_PURE = 0.9
_EXPLAINED = 0.9
_COVERED = 0.5
_SHARED = 0.5
"""Of the observations, to have a value that another one has too. Others are names of visits."""
_MOST_VALUES = 200
_LONGEST_VALUE = 200
_SAID_BY_PAGE = frozenset({"page_url", "page_title"})
"""Other words for the page, which is a fact of its own."""

Value = str | int | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A human answer, and what was known of the situation in which it was given."""

    answer: ResolutionId
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Separation:
    """That `attribute` decides: each answer holds where it has one of the answer's `values`.

    `support` is the number of observations of the answer that has the fewest; `gain` the share of
    what is unknown about the answer that the fact tells (0 to 1); `chance` how likely luck does as
    well, with so many facts `tried`; `others` the facts that separate the answers too.
    """

    attribute: str
    values: Mapping[ResolutionId, tuple[Value, ...]]
    support: int
    observations: int
    gain: float
    chance: float
    tried: int
    others: tuple[str, ...] = ()


class Course(StrEnum):
    """What to do about a separation."""

    WAIT = "wait"
    ASK = "ask"
    ACT = "act"


def course(separation: Separation, *, enough: int) -> Course:
    """`enough` is the support from which it takes effect by itself; 0: never.

    Where another fact would do as well, only a person can say which of them decides.
    """
    certain = separation.chance <= SURE and not separation.others
    if enough > 0 and separation.support >= enough and certain:
        return Course.ACT
    return Course.ASK if separation.chance <= WORTH_ASKING else Course.WAIT


def discriminate(observations: Sequence[Observation], *, seed: int) -> Separation | None:
    """The fact that separates the answers best, or None.

    `seed` is that of the deals. They are the same for each fact, so that luck prefers none of them.
    """
    answers = sorted({o.answer for o in observations})
    if len(answers) < 2:  # noqa: PLR2004 - one answer leaves nothing to decide
        return None
    columns = [c for name in _names(observations) if (c := _column(name, observations, answers))]
    separations = sorted(
        (s for column in columns if (s := _separation(column, answers, len(columns), seed))),
        key=lambda s: (s.chance, -s.gain, sum(map(len, s.values.values())), s.attribute),
    )
    if not separations:
        return None
    best, *rest = separations
    return Separation(
        attribute=best.attribute,
        values=best.values,
        support=best.support,
        observations=best.observations,
        gain=best.gain,
        chance=best.chance,
        tried=best.tried,
        others=tuple(sorted(s.attribute for s in rest if s.chance <= WORTH_ASKING)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """A fact, where it is known: codes into `values`, and beside them codes of the answers."""

    name: str
    values: Sequence[Value]
    value: NDArray[np.int64]
    answer: NDArray[np.int64]


def _names(observations: Sequence[Observation]) -> list[str]:
    return sorted({name for o in observations for name in o.facts} - _SAID_BY_PAGE)


def _column(
    name: str, observations: Sequence[Observation], answers: Sequence[ResolutionId]
) -> _Column | None:
    """None for a fact that can't decide: the same everywhere, never twice the same, or unknown."""
    seen = [(o.answer, _plain(o.facts.get(name))) for o in observations]
    # In one order, so that the order in which they came makes no difference.
    known = sorted((a, v) for a, v in seen if v is not None)
    values = sorted({v for _, v in known})
    everywhere, covered = Counter(a for a, _ in seen), Counter(a for a, _ in known)
    if not 1 < len(values) <= _MOST_VALUES or not _recurs(known):
        return None
    if any(covered[answer] < _COVERED * everywhere[answer] for answer in answers):
        return None
    codes = {value: code for code, value in enumerate(values)}
    rows = {answer: code for code, answer in enumerate(answers)}
    return _Column(
        name=name,
        values=[value for _, value in values],
        value=np.array([codes[v] for _, v in known]),
        answer=np.array([rows[a] for a, _ in known]),
    )


def _recurs(known: Sequence[tuple[ResolutionId, tuple[str, Value]]]) -> bool:
    """Looks at the values alone, and not at their answers, so that it favours no fact."""
    counts = Counter(value for _, value in known)
    return sum(n for n in counts.values() if n > 1) >= _SHARED * len(known)


def _plain(value: Any) -> tuple[str, Any] | None:
    """A value with its type, because in Python True is 1."""
    if not isinstance(value, str | int) or len(str(value)) > _LONGEST_VALUE:
        return None
    return type(value).__name__, value


def _separation(
    column: _Column, answers: Sequence[ResolutionId], tried: int, seed: int
) -> Separation | None:
    table = _tables(column, column.answer[None], len(answers))[0]
    majority, total = table.max(axis=0), table.sum(axis=0)
    clear = majority >= _PURE * total
    owner = table.argmax(axis=0)
    support = [int(total[clear & (owner == row)].sum()) for row in range(len(answers))]
    if min(support) == 0 or total[clear].sum() < _EXPLAINED * total.sum():
        return None
    gain = float(_gains(table[None])[0])
    luck = np.random.default_rng(seed)
    dealt = luck.permuted(np.tile(column.answer, (_DEALS, 1)), axis=1)
    as_good = int((_gains(_tables(column, dealt, len(answers))) >= gain - 1e-9).sum())
    return Separation(
        attribute=column.name,
        values={
            answer: tuple(column.values[v] for v in np.flatnonzero(clear & (owner == row)).tolist())
            for row, answer in enumerate(answers)
        },
        support=min(support),
        observations=len(column.value),
        gain=gain,
        chance=min(1.0, tried * (1 + as_good) / (1 + _DEALS)),
        tried=tried,
    )


def _tables(column: _Column, answers: NDArray[np.int64], rows: int) -> NDArray[np.int64]:
    """Of each deal of `answers` (deals x observations): answers x values, counted."""
    deals, columns = len(answers), len(column.values)
    cells = (np.arange(deals)[:, None] * rows + answers) * columns + column.value
    counted = np.bincount(cells.ravel(), minlength=deals * rows * columns)
    return counted.reshape(deals, rows, columns)


def _gains(tables: NDArray[np.int64]) -> NDArray[np.float64]:
    """The share of the answers' entropy that the values tell, 0 to 1."""
    joint = tables / tables.sum(axis=(1, 2), keepdims=True)
    of_answers, of_values = joint.sum(axis=2), joint.sum(axis=1)
    unknown = _entropy(of_answers)
    told = unknown + _entropy(of_values) - _entropy(joint.reshape(len(joint), -1))
    return np.where(unknown > 0, told / np.maximum(unknown, 1e-12), 0.0)


def _entropy(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    safe = np.where(shares > 0, shares, 1.0)
    return np.asarray(-(shares * np.log(safe)).sum(axis=1))
