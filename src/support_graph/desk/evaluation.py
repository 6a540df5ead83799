"""Replays a labelled stream through the product, with a scripted teammate and scripted customers.

Nothing is simulated but the people: messages are received, run, escalated, answered, learned from
and rated as they would be. What takes time in life (customers who stay silent) is settled at once.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Mapping, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from support_graph.desk import decisions, resolutions, signals
from support_graph.desk.decisions import Resolve, Teammate
from support_graph.desk.parts import Desk
from support_graph.desk.receive import Incoming, Received, receive
from support_graph.desk.resolutions import Edit
from support_graph.domain.errors import AlreadyDecided
from support_graph.domain.evidence import HandoffReason
from support_graph.domain.ids import ResolutionId, WorkspaceId
from support_graph.domain.signals import Rating
from support_graph.domain.turns import Action, DecisionOutcome, Turn, TurnStatus
from support_graph.learning.revise import Author
from support_graph.learning.signals import take_silence

_PATIENCE = 120.0
"""Seconds; a worker that was killed is found out after ten, and replaced."""
_TEAMMATE = Teammate(member_id=None, name="scripted teammate", surface="evaluation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One message and its right answer's name; None: no known answer fits, so a one-off is given.

    `wordings` are texts in which teammates give that answer. `replaces` names the answer that was
    right before this one: teammates edit it where they meet it.
    """

    text: str
    gold: str | None
    wordings: Sequence[str]
    replaces: str | None = None
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
    """How the scripted people behave: what share of wrong answers customers complain about.

    What is left to chance hangs on the seed and the row alone, whenever that comes.
    """

    seed: int = 0
    noticed: float = 0.2
    learn: bool = True

    def chance(self, number: int) -> random.Random:
        return random.Random(f"{self.seed}:{number}")  # noqa: S311 - nobody is to be kept from it


MadeFor = MutableMapping[str, str]
"""The names of the answers that resolutions (their ids) were made for."""


async def replay(
    desk: Desk,
    workspace_id: WorkspaceId,
    rows: Sequence[Row],
    people: People,
    *,
    at_once: int,
    first: int = 0,
    made_for: MadeFor | None = None,
) -> AsyncGenerator[Handled]:
    """Each row's outcome from `first` on, in their order; up to `at_once` are under way at a time.

    A desk with a worker must be at work. To go on where an earlier replay stopped, give what its
    resolutions were `made_for`; rows that were under way then are taken up where they are.
    """
    one = _Replay(desk, workspace_id, people, {} if made_for is None else made_for)
    under_way: list[asyncio.Task[Handled]] = []
    try:
        for number, row in list(enumerate(rows))[first:]:
            under_way.append(asyncio.create_task(one.handle(number, row)))
            if len(under_way) >= at_once:
                yield await _first(under_way)
        while under_way:
            yield await _first(under_way)
    finally:  # whoever stops listening closes the desk next
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def _first(under_way: list[asyncio.Task[Handled]]) -> Handled:
    """Awaited plainly, a task that ends although it was cancelled would have the replay go on."""
    await asyncio.wait(under_way[:1])
    return under_way.pop(0).result()


def note_purpose(made_for: MadeFor, learned: str, row: Row) -> None:
    """Which answer a resolution is for, now that it has become part of the row's answer."""
    if row.gold is None:
        return
    if row.replaces is not None and made_for.get(learned) == row.replaces:
        made_for[learned] = row.gold
    made_for.setdefault(learned, row.gold)


class _Replay:
    def __init__(
        self, desk: Desk, workspace_id: WorkspaceId, people: People, made_for: MadeFor
    ) -> None:
        self._desk = desk
        self._workspace_id = workspace_id
        self._people = people
        self._made_for = made_for

    async def handle(self, number: int, row: Row) -> Handled:
        incoming = Incoming(
            channel="evaluation",
            text=row.text,
            contact_ids=[f"customer:{number}"],
            context=row.context,
            external_id=f"row:{number}",
        )
        turn = await self._done(await receive(self._desk, self._workspace_id, incoming))
        if turn.status is TurnStatus.ESCALATED:
            learned = await self._answer(turn, row, self._people.chance(number))
            return self._handled(number, row, turn, learned=learned)
        given = self._given(turn)
        right = given is not None and given == row.gold
        await self._react(turn, row, self._people.chance(number), right=right)
        return self._handled(number, row, turn, right=right, given=given)

    async def _done(self, received: Received) -> Turn:
        async def look() -> Turn | None:
            async with self._desk.stores.within(self._workspace_id).begin() as tx:
                turn = await tx.turns.get(received.turn_id)
            return None if turn.status is TurnStatus.PROCESSING else turn

        subject = f"turn:{received.turn_id}"
        turn = await self._desk.listener.until(subject, look, seconds=_PATIENCE, expected=True)
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

    def _outdated(self, turn: Turn, row: Row) -> ResolutionId | None:
        """The resolution, among those that the teammate sees, whose answer the row's replaces."""
        if row.replaces is None:
            return None
        hits = (UUID(hit["id"]) for hit in turn.explanation["evidence"]["resolutions"])
        found = (hit for hit in hits if self._made_for.get(str(hit)) == row.replaces)
        return next(map(ResolutionId, found), None)

    async def _answer(self, turn: Turn, row: Row, chance: random.Random) -> str | None:
        """The id of the resolution that was learned."""
        assert turn.escalation_id is not None
        outdated = self._outdated(turn, row)
        asked = Resolve(
            action=Action.ANSWER if outdated is None else Action.EDIT,
            text=chance.choice(row.wordings),
            outcome=DecisionOutcome.RESOLVED,
            learn=row.gold is not None and self._people.learn,
            resolution_id=outdated,
        )
        with suppress(AlreadyDecided):  # before an interruption
            await decisions.resolve(
                self._desk, self._workspace_id, turn.escalation_id, asked, _TEAMMATE
            )
        learned = await decisions.learned(self._desk, self._workspace_id, turn.id, wait=_PATIENCE)
        if learned is None:
            raise TimeoutError(f"turn {turn.id} was not learned from in time")
        if learned.resolution_id is None:
            return None
        note_purpose(self._made_for, str(learned.resolution_id), row)
        return str(learned.resolution_id)

    async def _react(self, turn: Turn, row: Row, chance: random.Random, *, right: bool) -> None:
        """Some customers complain about a wrong answer; the rest say nothing."""
        if not right and chance.random() < self._people.noticed:
            assert turn.reply_id is not None
            await signals.rate(
                self._desk, self._workspace_id, turn.reply_id, Rating.DOWN, comment=None
            )
            await self._mend(turn, row, chance)
            return
        async with self._desk.stores.within(self._workspace_id).begin() as tx:
            await take_silence(tx, turn)
            await self._desk.queue.refit(tx)

    async def _mend(self, turn: Turn, row: Row, chance: random.Random) -> None:
        """The teammate who reads the complaint edits an answer that is no longer right."""
        draft = turn.explanation["draft"]
        if row.replaces is None or self._given(turn) != row.replaces:
            return
        await resolutions.change(
            self._desk,
            self._workspace_id,
            ResolutionId(UUID(draft["resolution_id"])),
            Edit(answer=chance.choice(row.wordings)),
            expected=None,
            author=Author(name=_TEAMMATE.name),
        )
        note_purpose(self._made_for, draft["resolution_id"], row)

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
