"""What a teammate could teach so that a question is answered: tried, and judged like the question.

Each step is supposed (supposing.py), voted on and judged by the model in force. Nothing is changed
by that, and it is asked for by whoever reads an explanation, never while a customer waits.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import replace

import numpy as np

from support_graph.domain.calibration import Calibration
from support_graph.domain.evidence import EvidenceKind
from support_graph.domain.needs import Need, Step
from support_graph.learning import features
from support_graph.learning.calibrating import calibrated
from support_graph.learning.memory import Answer
from support_graph.learning.recall import NOVELTY_WINDOW, Election, elect, featured
from support_graph.learning.supposing import (
    SAID,
    Lesson,
    Look,
    Supposed,
    phrased,
    unwritten,
)
from support_graph.store.database import Transaction
from support_graph.store.phrasings import StoredPhrasing
from support_graph.store.records import Record

_MOST_TIMES = 3
_NEW = -1
"""The row of an answer that is not there yet."""


async def teachings(tx: Transaction, look: Look) -> Sequence[Need]:
    """What each step would come to, enough or not."""
    settings = (await tx.workspace.read()).settings
    trial = await _Trial.prepared(tx, look, near_duplicate=settings.near_duplicate)
    return [need async for need in trial.needs()]


class _Trial:
    def __init__(
        self,
        tx: Transaction,
        look: Look,
        calibration: Calibration,
        handled: tuple[int, int],
        near_duplicate: float,
    ) -> None:
        self._tx = tx
        self._look = look
        self._calibration = calibration
        self._handled = handled
        self._near_duplicate = near_duplicate

    @classmethod
    async def prepared(cls, tx: Transaction, look: Look, *, near_duplicate: float) -> "_Trial":
        calibration = calibrated(await tx.fits.newest(EvidenceKind.RESOLUTION))
        handled = await tx.decisions.recent_merges(NOVELTY_WINDOW)
        return cls(tx, look, calibration, handled, near_duplicate)

    async def needs(self) -> AsyncIterator[Need]:
        look = self._look
        new = Lesson(
            row=_NEW,
            answer=phrased(unwritten(), look.vector[None], [SAID]),
            times=1,
            said=True,
        )
        yield Need(step=Step.TAUGHT, confidence=await self._confidence(new))
        now = elect(look.memory, look.holding, look.question, look.vector, look.near)
        if now is None:
            return
        async for need in self._of_known(now):
            yield need

    async def _of_known(self, now: Election) -> AsyncIterator[Need]:
        best, second = now.ballot.candidate, now.ballot.runner_up
        resolution = now.answers[best].resolution
        known = await self._tx.phrasings.of([resolution.id])
        said = max(float(p.vector @ self._look.vector) for p in known) < self._near_duplicate
        repeated = Lesson(row=best, answer=self._with(best, known, said=said), times=1, said=said)
        for times in range(1, _MOST_TIMES + 1):
            confidence = await self._confidence(replace(repeated, times=times))
            yield Need(
                step=Step.REPEATED,
                confidence=confidence,
                times=times,
                resolution_id=resolution.id,
            )
        as_it_is = replace(repeated, times=0, said=False, answer=now.answers[best])
        confidence = await self._confidence(as_it_is, forgiven=True)
        yield Need(step=Step.CLEAN_RECORD, confidence=confidence, resolution_id=resolution.id)
        if second is not None:
            other = now.answers[second].resolution
            both = await self._tx.phrasings.of([resolution.id, other.id])
            one = replace(as_it_is, answer=self._with(best, both, said=False), absorbed=second)
            yield Need(
                step=Step.MERGED,
                confidence=await self._confidence(one),
                resolution_id=resolution.id,
                other_id=other.id,
            )

    def _with(self, row: int, known: Collection[StoredPhrasing], *, said: bool) -> Answer:
        ids = [phrasing.id for phrasing in known]
        vectors = [phrasing.vector for phrasing in known]
        if said:
            ids.append(SAID)
            vectors.append(self._look.vector)
        return phrased(self._look.holding[row].resolution, np.stack(vectors), ids)

    async def _confidence(self, lesson: Lesson, *, forgiven: bool = False) -> float:
        """0 where another answer would be the best one all the same."""
        look, supposed = self._look, Supposed(self._look, lesson)
        election = elect(supposed, supposed.answers(), look.question, look.vector, supposed.near())
        if election is None or election.ballot.candidate != lesson.row:
            return 0.0
        record = await self._record(lesson, election, forgiven=forgiven)
        count, merged = self._handled
        joined = lesson.times if lesson.row != _NEW else 0
        novelty = features.novelty(
            answers=min(NOVELTY_WINDOW, count + lesson.times),
            merged=min(NOVELTY_WINDOW, merged + joined),
        )
        unfiled = look.memory.unfiled(look.vector)
        return self._calibration.confidence(
            featured(election, record, novelty=novelty, unfiled=unfiled)
        )

    async def _record(self, lesson: Lesson, election: Election, *, forgiven: bool) -> Record:
        if lesson.row == _NEW:
            return Record()
        second = election.ballot.runner_up
        runner_up = election.answers[second].resolution.id if second is not None else None
        record = await self._tx.records.of(lesson.answer.resolution.id, runner_up)
        if forgiven:
            return replace(record, bad=0.0, pair_bad=0.0)
        for _ in range(lesson.times):
            ok, bad = features.counted(record.ok, record.bad, right=True)
            pair_ok, pair_bad = features.counted(record.pair_ok, record.pair_bad, right=True)
            record = Record(ok=ok, bad=bad, pair_ok=pair_ok, pair_bad=pair_bad)
        return record
