"""Replays a labelled stream through the product, with a scripted teammate and scripted customers.

Nothing is simulated but the people: messages are received, run, escalated, answered, learned from
and rated as they would be. What takes time in life (customers who stay silent) is settled at once.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from support_graph.desk import decisions, signals
from support_graph.desk.decisions import Resolve, Teammate
from support_graph.desk.parts import Desk
from support_graph.desk.receive import Incoming, Received, receive
from support_graph.domain.evidence import HandoffReason
from support_graph.domain.ids import WorkspaceId
from support_graph.domain.signals import Rating
from support_graph.domain.turns import Action, DecisionOutcome, Turn, TurnStatus
from support_graph.learning.signals import take_silence

_PATIENCE = 60.0
_TEAMMATE = Teammate(member_id=None, name="scripted teammate", surface="evaluation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One message and its right answer's name; None: no known answer fits, so a one-off is given.

    `wordings` are texts in which teammates give that answer.
    """

    text: str
    gold: str | None
    wordings: Sequence[str]
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """What became of a row; `right` is None where a human answered.

    `candidate` is the name of the answer that the best candidate had been made for, given or not;
    `learned` the resolution that a human's answer became a part of; `explanation` the turn's.
    """

    number: int
    gold: str | None
    automatic: bool
    audit: bool
    right: bool | None
    confidence: float
    turn_id: str
    given: str | None
    candidate: str | None
    learned: str | None
    explanation: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """How the scripted people behave: what share of wrong answers customers complain about."""

    chance: random.Random
    noticed: float = 0.2
    learn: bool = True


async def replay(
    desk: Desk,
    workspace_id: WorkspaceId,
    rows: Sequence[Row],
    people: People,
    *,
    at_once: int,
) -> AsyncGenerator[Handled]:
    """Each row's outcome, in the order of the rows; up to `at_once` are under way at a time.

    A desk with a worker must be at work.
    """
    one = _Replay(desk, workspace_id, people)
    under_way: list[asyncio.Task[Handled]] = []
    try:
        for number, row in enumerate(rows):
            under_way.append(asyncio.create_task(one.handle(number, row)))
            if len(under_way) >= at_once:
                yield await under_way.pop(0)
        while under_way:
            yield await under_way.pop(0)
    finally:  # whoever stops listening closes the desk next
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


class _Replay:
    """`given` remembers which answer each resolution was made for."""

    def __init__(self, desk: Desk, workspace_id: WorkspaceId, people: People) -> None:
        self._desk = desk
        self._workspace_id = workspace_id
        self._people = people
        self._made_for: dict[str, str] = {}

    async def handle(self, number: int, row: Row) -> Handled:
        incoming = Incoming(
            channel="evaluation",
            text=row.text,
            contact_ids=[f"customer:{number}"],
            context=row.context,
        )
        turn = await self._done(await receive(self._desk, self._workspace_id, incoming))
        if turn.status is TurnStatus.ESCALATED:
            learned = await self._answer(turn, row)
            return self._handled(number, row, turn, learned=learned)
        given = self._given(turn)
        right = given is not None and given == row.gold
        await self._react(turn, right=right)
        return self._handled(number, row, turn, right=right, given=given)

    async def _done(self, received: Received) -> Turn:
        async def look() -> Turn | None:
            async with self._desk.stores.within(self._workspace_id).begin() as tx:
                turn = await tx.turns.get(received.turn_id)
            return None if turn.status is TurnStatus.PROCESSING else turn

        subject = f"turn:{received.turn_id}"
        turn = await self._desk.listener.until(subject, look, seconds=_PATIENCE)
        if turn is None:
            raise TimeoutError(f"turn {received.turn_id} did not finish; is a worker at work?")
        return turn

    def _given(self, turn: Turn) -> str | None:
        """The name of the answer that the customer got."""
        draft = turn.explanation["draft"]
        return self._made_for.get(draft["resolution_id"]) if draft else None

    def _candidate(self, turn: Turn) -> str | None:
        hits = turn.explanation["evidence"]["resolutions"]
        return self._made_for.get(hits[0]["id"]) if hits else None

    async def _answer(self, turn: Turn, row: Row) -> str | None:
        """The id of the resolution that was learned."""
        assert turn.escalation_id is not None
        asked = Resolve(
            action=Action.ANSWER,
            text=self._people.chance.choice(row.wordings),
            outcome=DecisionOutcome.RESOLVED,
            learn=row.gold is not None and self._people.learn,
        )
        await decisions.resolve(
            self._desk, self._workspace_id, turn.escalation_id, asked, _TEAMMATE
        )
        learned = await decisions.learned(self._desk, self._workspace_id, turn.id, wait=_PATIENCE)
        if learned is None:
            raise TimeoutError(f"turn {turn.id} was not learned from in time")
        if learned.resolution_id is None:
            return None
        if row.gold is not None:
            self._made_for.setdefault(str(learned.resolution_id), row.gold)
        return str(learned.resolution_id)

    async def _react(self, turn: Turn, *, right: bool) -> None:
        """Some customers complain about a wrong answer; the rest say nothing."""
        if not right and self._people.chance.random() < self._people.noticed:
            assert turn.reply_id is not None
            await signals.rate(
                self._desk, self._workspace_id, turn.reply_id, Rating.DOWN, comment=None
            )
            return
        async with self._desk.stores.within(self._workspace_id).begin() as tx:
            await take_silence(tx, turn)
            await self._desk.queue.refit(tx)

    def _handled(
        self,
        number: int,
        row: Row,
        turn: Turn,
        *,
        right: bool | None = None,
        given: str | None = None,
        learned: str | None = None,
    ) -> Handled:
        verdict = turn.explanation["verdict"]
        return Handled(
            number=number,
            gold=row.gold,
            automatic=turn.status is TurnStatus.ANSWERED,
            audit=verdict["reason"] == HandoffReason.AUDIT,
            right=right,
            confidence=verdict["confidence"],
            turn_id=str(turn.id),
            given=given,
            candidate=self._candidate(turn),
            learned=learned,
            explanation=turn.explanation,
        )
