"""Turns."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, insert, select, true, update
from sqlalchemy.dialects.postgresql import aggregate_order_by

from support_graph.domain.conversations import ConversationStatus
from support_graph.domain.errors import NotFound
from support_graph.domain.ids import (
    ConversationId,
    EscalationId,
    IntentId,
    MessageId,
    TurnId,
)
from support_graph.domain.messages import Author
from support_graph.domain.signals import OutcomeKind, SignalKind
from support_graph.domain.turns import DecisionOutcome, Turn, TurnStatus
from support_graph.store.intent_names import NAME, with_intent
from support_graph.store.outcomes import outcome_of
from support_graph.store.prepared import Prepared, own
from support_graph.store.rooms import Room, Row
from support_graph.store.tables import (
    conversations,
    decisions,
    escalations,
    labels,
    messages,
    signals,
    turns,
)


def _turn(row: Row) -> Turn:
    return Turn(
        id=TurnId(row["id"]),
        conversation_id=ConversationId(row["conversation_id"]),
        message_id=MessageId(row["message_id"]),
        status=TurnStatus(row["status"]),
        question=row["question"],
        context=row["context"],
        explanation=row["explanation"],
        reply_id=MessageId(row["reply_id"]) if row["reply_id"] else None,
        escalation_id=EscalationId(row["escalation_id"]) if row["escalation_id"] else None,
        intent_id=IntentId(row["intent_id"]) if row["intent_id"] else None,
        intent=row["intent"],
        created_at=row["created_at"],
        finished_at=row["finished_at"],
    )


_ESCALATED = turns.outerjoin(
    escalations,
    (escalations.c.workspace_id == turns.c.workspace_id) & (escalations.c.turn_id == turns.c.id),
)
_TURNS = (
    select(turns, escalations.c.id.label("escalation_id"), NAME)
    .select_from(with_intent(_ESCALATED, turns))
    .where(own(turns))
)
_GET = Prepared(_TURNS.where(turns.c.id == bindparam("turn_id")))
_IS = turns.c.id == bindparam("turn_id")
_PLACE = Prepared(select(turns.c.conversation_id).where(own(turns), _IS))
_INTENT = Prepared(
    select(turns.c.intent_id, NAME).select_from(with_intent(turns, turns)).where(own(turns), _IS)
)
_OF_MESSAGE = Prepared(_TURNS.where(turns.c.message_id == bindparam("message_id")))
_OF_CONVERSATION = Prepared(
    _TURNS.where(turns.c.conversation_id == bindparam("conversation_id"))
    .order_by(turns.c.id.desc())
    .limit(bindparam("last"))
)

_NEW = ("workspace_id", "id", "conversation_id", "message_id", "status", "question", "context")
_OPEN = Prepared(insert(turns), columns=_NEW)
_OPEN_FINISHED = Prepared(insert(turns).values(finished_at=func.clock_timestamp()), columns=_NEW)

_FINISH = (
    update(turns)
    .where(own(turns), turns.c.id == bindparam("turn_id"), turns.c.status == bindparam("was"))
    .values(finished_at=func.clock_timestamp())
)
_CLOSE = Prepared(_FINISH, columns=("status",))
_EXPLAIN = Prepared(
    _FINISH, columns=("status", "explanation", "confidence", "audit_chance", "intent_id")
)
_JUDGED = (
    select(turns.c.id, turns.c.confidence)
    .where(own(turns), turns.c.confidence.is_not(None))
    .order_by(turns.c.id.desc())
    .limit(bindparam("last"))
)
_RECENT = _JUDGED.subquery()
# As one array: four hundred rows take five times as long to read.
_CONFIDENCES = Prepared(
    select(
        func.array_agg(aggregate_order_by(_RECENT.c.confidence, _RECENT.c.id.desc())).label("all")
    )
)

_DECIDED = _ESCALATED.outerjoin(
    decisions,
    (decisions.c.workspace_id == turns.c.workspace_id)
    & (decisions.c.turn_id == turns.c.id)
    & (decisions.c.outcome == DecisionOutcome.RESOLVED)
    & decisions.c.text.is_not(None),
)
_OUTCOME = outcome_of(turns.c.id)
_AUTOMATIC = (turns.c.status == TurnStatus.ANSWERED) & turns.c.confidence.is_not(None)
_ANSWERED_BEFORE = Prepared(
    select(turns, escalations.c.id.label("escalation_id"), NAME, _OUTCOME.label("outcome"))
    .select_from(with_intent(_DECIDED, turns))
    .where(
        own(turns),
        turns.c.conversation_id == bindparam("conversation_id"),
        turns.c.id < bindparam("turn_id"),
        (_AUTOMATIC & (turns.c.finished_at < bindparam("moment")))
        | (decisions.c.created_at < bindparam("moment")),
    )
    .order_by(turns.c.id.desc())
    .limit(bindparam("last"))
)


class Turns(Room):
    async def open(
        self,
        *,
        turn_id: TurnId,
        conversation_id: ConversationId,
        message_id: MessageId,
        question: str,
        context: Mapping[str, Any],
        status: TurnStatus = TurnStatus.PROCESSING,
    ) -> None:
        await self._do(
            _OPEN if status is TurnStatus.PROCESSING else _OPEN_FINISHED,
            id=turn_id,
            conversation_id=conversation_id,
            message_id=message_id,
            status=status,
            question=question,
            context=dict(context),
        )

    async def get(self, turn_id: TurnId) -> Turn:
        row = await self._first(_GET, turn_id=turn_id)
        if row is None:
            raise NotFound(noun="turn", id=turn_id)
        return _turn(row)

    async def conversation_of(self, turn_id: TurnId) -> ConversationId:
        row = await self._first(_PLACE, turn_id=turn_id)
        if row is None:
            raise NotFound(noun="turn", id=turn_id)
        return ConversationId(row["conversation_id"])

    async def intent_of(self, turn_id: TurnId) -> tuple[IntentId | None, str | None]:
        """With the name that it goes by now."""
        row = await self._first(_INTENT, turn_id=turn_id)
        if row is None:
            raise NotFound(noun="turn", id=turn_id)
        return IntentId(row["intent_id"]) if row["intent_id"] else None, row["intent"]

    async def of_conversation(
        self, conversation_id: ConversationId, *, last: int = 500
    ) -> Sequence[Turn]:
        """The `last` ones, oldest first."""
        rows = await self._rows(_OF_CONVERSATION, conversation_id=conversation_id, last=last)
        return [_turn(row) for row in reversed(rows)]

    async def of_message(self, message_id: MessageId) -> Turn | None:
        row = await self._first(_OF_MESSAGE, message_id=message_id)
        return _turn(row) if row else None

    async def finish(
        self,
        turn_id: TurnId,
        *,
        status: TurnStatus,
        was: TurnStatus = TurnStatus.PROCESSING,
        explanation: Mapping[str, Any] | None = None,
        confidence: float | None = None,
        audit_chance: float | None = None,
        intent_id: IntentId | None = None,
    ) -> bool:
        """Whether its status still `was` that. Only one of two concurrent runs gets True."""
        told = dict(explanation) if explanation is not None else None
        touched = await self._do(
            _CLOSE if told is None else _EXPLAIN,
            turn_id=turn_id,
            was=was,
            status=status,
            explanation=told,
            confidence=confidence,
            audit_chance=audit_chance,
            intent_id=intent_id,
        )
        return touched == 1

    async def recent_confidences(
        self, last: int, *, of: Select[Any] | None = None
    ) -> Sequence[float]:
        """How sure the gate was of the `last` turns that it judged; `of` selects the ids of the
        intents that they are to have."""
        if of is not None:
            own_intent = _JUDGED.where(turns.c.intent_id.in_(of))
            rows = await self._all(own_intent.params(own_workspace=self._workspace_id, last=last))
            return [float(row["confidence"]) for row in rows]
        row = await self._first(_CONFIDENCES, last=last)
        assert row is not None
        return row["all"] or []

    async def without_intent(self, limit: int) -> Sequence[str]:
        """The newest questions that were judged, and seem to want nothing that is known."""
        rows = await self._all(
            select(turns.c.question)
            .where(
                self._own(turns),
                turns.c.intent_id.is_(None),
                turns.c.status.in_([TurnStatus.ANSWERED, TurnStatus.ESCALATED]),
            )
            .order_by(turns.c.id.desc())
            .limit(limit)
        )
        return [row["question"] for row in rows]

    async def count_without_intent(self) -> int:
        row = await self._one(
            select(func.count().label("n"))
            .select_from(turns)
            .where(
                self._own(turns),
                turns.c.intent_id.is_(None),
                turns.c.status.in_([TurnStatus.ANSWERED, TurnStatus.ESCALATED]),
            )
        )
        assert row is not None
        return int(row["n"])

    async def silent_since(self, moment: datetime, *, limit: int) -> Sequence[TurnId]:
        """Turns that were answered before `moment`, and of which nobody has said anything."""
        heard = select(labels.c.turn_id).where(
            labels.c.workspace_id == turns.c.workspace_id, labels.c.turn_id == turns.c.id
        )
        settled = select(signals.c.turn_id).where(
            signals.c.workspace_id == turns.c.workspace_id,
            signals.c.turn_id == turns.c.id,
            signals.c.kind == SignalKind.SILENCE,
        )
        rows = await self._all(
            select(turns.c.id)
            .where(
                self._own(turns),
                turns.c.status == TurnStatus.ANSWERED,
                turns.c.finished_at < moment,
                turns.c.confidence.is_not(None),
                ~heard.exists(),
                ~settled.exists(),
            )
            .order_by(turns.c.id)
            .limit(limit)
        )
        return [TurnId(row["id"]) for row in rows]

    async def left_since(
        self, moment: datetime, *, limit: int
    ) -> Sequence[tuple[TurnId, MessageId]]:
        """Turns of which a teammate said the last word before `moment` without solving them, and
        that message."""
        last = (
            select(messages.c.id, messages.c.turn_id, messages.c.author, messages.c.created_at)
            .where(
                messages.c.workspace_id == conversations.c.workspace_id,
                messages.c.conversation_id == conversations.c.id,
            )
            .order_by(messages.c.id.desc())
            .limit(1)
            .lateral("last")
        )
        known = select(signals.c.turn_id).where(
            signals.c.workspace_id == conversations.c.workspace_id,
            signals.c.turn_id == last.c.turn_id,
            signals.c.message_id == last.c.id,
            signals.c.kind == SignalKind.ABANDONED,
        )
        rows = await self._all(
            select(last.c.turn_id, last.c.id.label("message_id"))
            .select_from(conversations.join(last, true()))
            .where(
                self._own(conversations),
                conversations.c.status == ConversationStatus.OPEN,
                last.c.author == Author.TEAMMATE,
                last.c.created_at < moment,
                last.c.turn_id.is_not(None),
                ~known.exists(),
            )
            .order_by(conversations.c.id)
            .limit(limit)
        )
        return [(TurnId(row["turn_id"]), MessageId(row["message_id"])) for row in rows]

    async def left_in(self, channel: str, before: datetime, *, limit: int) -> Sequence[TurnId]:
        """Turns of a channel that another program took `before` then, and has not finished."""
        place = (conversations.c.workspace_id == turns.c.workspace_id) & (
            conversations.c.id == turns.c.conversation_id
        )
        rows = await self._all(
            select(turns.c.id)
            .select_from(turns.join(conversations, place))
            .where(
                self._own(turns),
                conversations.c.channel == channel,
                turns.c.status == TurnStatus.OPEN,
                turns.c.created_at < before,
            )
            .order_by(turns.c.id)
            .limit(limit)
        )
        return [TurnId(row["id"]) for row in rows]

    async def answered_before(
        self, turn: Turn, *, last: int
    ) -> Sequence[tuple[Turn, OutcomeKind | None]]:
        """The `last` turns of its conversation that had got their answer when its message came,
        newest first, with what has become of them."""
        rows = await self._rows(
            _ANSWERED_BEFORE,
            conversation_id=turn.conversation_id,
            turn_id=turn.id,
            moment=turn.created_at,
            last=last,
        )
        return [(_turn(r), OutcomeKind(r["outcome"]) if r["outcome"] else None) for r in rows]

    async def reopen(self, turn_id: TurnId) -> None:
        """Back to the assistant: a message that had gone to a teammate."""
        await self._run(
            update(turns)
            .where(self._own(turns), turns.c.id == turn_id)
            .values(status=TurnStatus.PROCESSING, finished_at=None)
        )
