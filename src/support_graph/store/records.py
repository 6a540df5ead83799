"""Track records: how often an answer was right and wrong lately, alone and beside another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from support_graph.domain.ids import ResolutionId
from support_graph.store.prepared import Prepared, one_of, own
from support_graph.store.rooms import Room
from support_graph.store.tables import answer_pairs, resolutions

_FADE = 0.9
"""What an outcome leaves of its counter before it is added: the recent ones count most.

So a counter follows from how many outcomes there were alone, whatever their order, and one of them
can be taken back exactly.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """How often an answer was right and wrong lately, by itself and before its runner-up."""

    ok: float = 0.0
    bad: float = 0.0
    pair_ok: float = 0.0
    pair_bad: float = 0.0


_RECORD = Prepared(
    select(
        resolutions.c.ok,
        resolutions.c.bad,
        func.coalesce(answer_pairs.c.ok, 0.0).label("pair_ok"),
        func.coalesce(answer_pairs.c.bad, 0.0).label("pair_bad"),
    )
    .select_from(
        resolutions.outerjoin(
            answer_pairs,
            (answer_pairs.c.workspace_id == resolutions.c.workspace_id)
            & (answer_pairs.c.resolution_id == resolutions.c.id)
            & (answer_pairs.c.runner_up_id == bindparam("runner_up")),
        )
    )
    .where(own(resolutions), resolutions.c.id == bindparam("answer"))
)


def _noting(counter: str) -> tuple[Prepared, Prepared]:
    """Adds an outcome to an answer's record, and to that of a pair."""
    of_pair = upsert(answer_pairs).on_conflict_do_update(
        index_elements=["workspace_id", "resolution_id", "runner_up_id"],
        set_={counter: answer_pairs.c[counter] * _FADE + 1},
    )
    return (
        Prepared(
            update(resolutions)
            .where(own(resolutions), resolutions.c.id == bindparam("answer"))
            .values({counter: resolutions.c[counter] * _FADE + 1})
        ),
        Prepared(of_pair, columns=("workspace_id", "resolution_id", "runner_up_id", counter)),
    )


_NOTE = {counter: _noting(counter) for counter in ("ok", "bad")}
_MISTAKEN = Prepared(
    select(answer_pairs.c.resolution_id, answer_pairs.c.runner_up_id).where(
        own(answer_pairs),
        one_of(answer_pairs.c.resolution_id, "answers")
        | one_of(answer_pairs.c.runner_up_id, "answers"),
        answer_pairs.c.bad >= bindparam("mistakes"),
    )
)


class Records(Room):
    async def of(self, answer: ResolutionId, runner_up: ResolutionId | None) -> Record:
        row = await self._first(_RECORD, answer=answer, runner_up=runner_up)
        return Record(**row) if row else Record()

    async def rivals(self, answer: ResolutionId, *, mistakes: float) -> Sequence[ResolutionId]:
        """The answers that it was mistaken for, or that were for it, at least so often lately."""
        rows = await self._rows(_MISTAKEN, answers=[answer], mistakes=mistakes)
        both = {ResolutionId(value) for row in rows for value in row.values()}
        return sorted(both - {answer})

    async def mistaken(
        self, answers: Sequence[ResolutionId], *, mistakes: float
    ) -> set[ResolutionId]:
        """Those of `answers` that have rivals."""
        rows = await self._rows(_MISTAKEN, answers=list(answers), mistakes=mistakes)
        both = {ResolutionId(value) for row in rows for value in row.values()}
        return both & set(answers)

    async def note(
        self, answer: ResolutionId, runner_up: ResolutionId | None, *, right: bool
    ) -> None:
        """Adds an outcome to the answer's record, and to that of the pair."""
        counter = "ok" if right else "bad"
        of_answer, of_pair = _NOTE[counter]
        await self._do(of_answer, answer=answer)
        if runner_up is not None:
            first: dict[str, Any] = {counter: 1.0}
            await self._do(of_pair, resolution_id=answer, runner_up_id=runner_up, **first)

    async def take_back(
        self, answer: ResolutionId, runner_up: ResolutionId | None, *, right: bool
    ) -> None:
        """Undoes one `note` that turned out to be mistaken."""
        counter = "ok" if right else "bad"
        await self._run(
            update(resolutions)
            .where(self._own(resolutions), resolutions.c.id == answer)
            .values({counter: func.greatest(0.0, (resolutions.c[counter] - 1) / _FADE)})
        )
        if runner_up is None:
            return
        await self._run(
            update(answer_pairs)
            .where(
                self._own(answer_pairs),
                answer_pairs.c.resolution_id == answer,
                answer_pairs.c.runner_up_id == runner_up,
            )
            .values({counter: func.greatest(0.0, (answer_pairs.c[counter] - 1) / _FADE)})
        )
