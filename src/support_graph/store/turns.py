"""Turns."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select, update

from support_graph.domain.errors import NotFound
from support_graph.domain.ids import (
    ConversationId,
    EscalationId,
    IntentId,
    MessageId,
    TurnId,
)
from support_graph.domain.turns import Turn, TurnStatus
from support_graph.store.intent_names import NAME, with_intent
from support_graph.store.rooms import Room, Row
from support_graph.store.tables import escalations, labels, turns


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
        await self._run(
            insert(turns).values(
                workspace_id=self._workspace_id,
                id=turn_id,
                conversation_id=conversation_id,
                message_id=message_id,
                status=status,
                question=question,
                context=dict(context),
                finished_at=None if status is TurnStatus.PROCESSING else func.clock_timestamp(),
            )
        )

    async def get(self, turn_id: TurnId) -> Turn:
        row = await self._one(self._query().where(turns.c.id == turn_id))
        if row is None:
            raise NotFound(noun="turn", id=turn_id)
        return _turn(row)

    async def of_message(self, message_id: MessageId) -> Turn | None:
        row = await self._one(self._query().where(turns.c.message_id == message_id))
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
        values: dict[str, Any] = {"status": status, "finished_at": func.clock_timestamp()}
        if explanation is not None:
            values |= {
                "explanation": dict(explanation),
                "confidence": confidence,
                "audit_chance": audit_chance,
                "intent_id": intent_id,
            }
        touched = await self._run(
            update(turns)
            .where(
                self._own(turns),
                turns.c.id == turn_id,
                turns.c.status == was,
            )
            .values(**values)
        )
        return touched == 1

    async def recent_confidences(
        self, last: int, *, of: Select[Any] | None = None
    ) -> Sequence[float]:
        """How sure the gate was of the `last` turns that it judged; `of` selects the ids of the
        intents that they are to have."""
        query = select(turns.c.confidence).where(self._own(turns), turns.c.confidence.is_not(None))
        if of is not None:
            query = query.where(turns.c.intent_id.in_(of))
        rows = await self._all(query.order_by(turns.c.id.desc()).limit(last))
        return [float(row["confidence"]) for row in rows]

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

    async def silent_since(self, moment: datetime, *, limit: int) -> Sequence[TurnId]:
        """Turns that were answered before `moment`, and of which nobody has said anything."""
        heard = select(labels.c.turn_id).where(
            labels.c.workspace_id == turns.c.workspace_id, labels.c.turn_id == turns.c.id
        )
        rows = await self._all(
            select(turns.c.id)
            .where(
                self._own(turns),
                turns.c.status == TurnStatus.ANSWERED,
                turns.c.finished_at < moment,
                turns.c.confidence.is_not(None),
                ~heard.exists(),
            )
            .order_by(turns.c.id)
            .limit(limit)
        )
        return [TurnId(row["id"]) for row in rows]

    async def reopen(self, turn_id: TurnId) -> None:
        """Back to the assistant: a message that had gone to a teammate."""
        await self._run(
            update(turns)
            .where(self._own(turns), turns.c.id == turn_id)
            .values(status=TurnStatus.PROCESSING, finished_at=None)
        )

    async def set_reply(self, turn_id: TurnId, reply_id: MessageId) -> None:
        await self._run(
            update(turns).where(self._own(turns), turns.c.id == turn_id).values(reply_id=reply_id)
        )

    def _query(self) -> Select[Any]:
        joined = turns.outerjoin(
            escalations,
            (escalations.c.workspace_id == turns.c.workspace_id)
            & (escalations.c.turn_id == turns.c.id),
        )
        return (
            select(turns, escalations.c.id.label("escalation_id"), NAME)
            .select_from(with_intent(joined, turns))
            .where(self._own(turns))
        )
