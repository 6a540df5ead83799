"""Streams of labelled messages from the public data, as a support desk might see them.

random     every message once, in random order
zipf       intents by Zipf's law: the k-th most frequent is asked 1/k as often as the first
drift      as random, but ten intents change their answer half-way
unmerged   as random, but no two teammates ever type the same answer alike
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any

from benchmarks.gate_messages import held_out
from benchmarks.public_data import questions
from support_graph.cli.scripted import one_off, wordings
from support_graph.desk.evaluation import Row

DATA = ("banking77", "clinc150", "banking77_oos")
KINDS = ("random", "zipf", "drift", "unmerged")

_OUT_OF_SCOPE = 0.12
_DRIFTING = 10


def stream(data: str, kind: str, messages: int, *, seed: int) -> list[Row]:
    """At most `messages` rows; fewer where the data has no more of them."""
    chance = random.Random(seed)
    asked = _asked(data, messages, chance)
    match kind:
        case "random":
            return asked
        case "zipf":
            return list(_by_zipf(asked, chance))
        case "drift":
            return _drifting(asked, chance)
        case "unmerged":
            return [_alone(number, row) for number, row in enumerate(asked)]
    raise SystemExit(f"There is no stream named {kind}.")


def _asked(data: str, messages: int, chance: random.Random) -> list[Row]:
    match data:
        case "banking77":
            known = [r for r in questions("intents_banking77") if r["split"] == "train"]
            return _mixed(known, [], messages, chance)
        case "clinc150":
            every = questions("intents_clinc150")
            strange = [r for r in every if r["oos"]]
            return _mixed([r for r in every if not r["oos"]], strange, messages, chance)
        case "banking77_oos":
            every = questions("intents_banking77")
            apart = held_out()
            strange = [r for r in every if r["intent"] in apart]
            return _mixed([r for r in every if r["intent"] not in apart], strange, messages, chance)
    raise SystemExit(f"There is no data set named {data}.")


def _mixed(
    known: Sequence[dict[str, Any]],
    strange: Sequence[dict[str, Any]],
    messages: int,
    chance: random.Random,
) -> list[Row]:
    """With 12 % that no answer is kept for, if the data has such messages."""
    known, strange = chance.sample(known, len(known)), chance.sample(strange, len(strange))
    apart = min(len(strange), int(messages * _OUT_OF_SCOPE))
    rows = [_row(r["text"], r["intent"]) for r in known[: messages - apart]]
    rows += [_row(r["text"], None) for r in strange[:apart]]
    chance.shuffle(rows)
    return rows


def _row(text: str, intent: str | None) -> Row:
    if intent is None:
        return Row(text=text, gold=None, wordings=one_off(text))
    return Row(text=text, gold=intent, wordings=wordings(intent))


def _by_zipf(rows: Sequence[Row], chance: random.Random) -> Iterator[Row]:
    """Half of the rows, so that the frequent intents do not run out; none comes twice."""
    left: dict[str | None, list[Row]] = defaultdict(list)
    for row in rows:
        left[row.gold].append(row)
    names = sorted(left, key=str)
    chance.shuffle(names)
    weights = list(accumulate(1 / rank for rank in range(1, len(names) + 1)))
    wanted = len(rows) // 2
    while wanted:
        (name,) = chance.choices(names, cum_weights=weights)
        if left[name]:
            wanted -= 1
            yield left[name].pop()


def _drifting(rows: Sequence[Row], chance: random.Random) -> list[Row]:
    names = sorted({row.gold for row in rows if row.gold is not None})
    changing = set(chance.sample(names, _DRIFTING))
    half = len(rows) // 2
    return [
        _changed(row) if number >= half and row.gold in changing else row
        for number, row in enumerate(rows)
    ]


def _changed(row: Row) -> Row:
    new = f"{row.gold} (new)"
    return replace(row, gold=new, wordings=wordings(new), replaces=row.gold)


def _alone(number: int, row: Row) -> Row:
    """Its answer's meaning is still `gold`; only nobody could tell by its words."""
    return row if row.gold is None else replace(row, wordings=wordings(f"{row.gold} {number}")[:1])
