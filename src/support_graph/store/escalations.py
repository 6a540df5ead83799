"""Escalations."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from support_graph.domain.errors import NotFound
from support_graph.domain.evidence import HandoffReason
from support_graph.domain.ids import (
    ConversationId,
    EscalationId,
    IntentId,
    MemberId,
    ResolutionId,
    TurnId,
    new_id,
)
from support_graph.domain.turns import Escalation, EscalationStatus
from support_graph.store.intent_names import NAME, current, with_intent
from support_graph.store.prepared import Prepared, one_of, own
from support_graph.store.rooms import Page, Room, Row
from support_graph.store.tables import conversations, escalations, members, turns


def _escalation(row: Row) -> Escalation:
    return Escalation(
        id=EscalationId(row["id"]),
        turn_id=TurnId(row["turn_id"]),
        conversation_id=ConversationId(row["conversation_id"]),
        interrupt_id=row["interrupt_id"],
        status=EscalationStatus(row["status"]),
        reason=HandoffReason(row["reason"]),
        question=row["question"],
        draft=row["draft"],
        draft_resolution_id=(
            ResolutionId(row["draft_resolution_id"]) if row["draft_resolution_id"] else None
        ),
        brief=row["brief"],
        intent_id=IntentId(row["intent_id"]) if row["intent_id"] else None,
        intent=row["intent"],
        claimed_by=MemberId(row["claimed_by"]) if row["claimed_by"] else None,
        claimed_by_name=row["claimed_by_name"],
        created_at=row["created_at"],
        decided_at=row["decided_at"],
    )


_CONVERSATION = (
    select(turns.c.conversation_id)
    .where(own(turns), turns.c.id == bindparam("same_turn"))
    .scalar_subquery()
)
_OPEN = Prepared(
    upsert(escalations)
    .values(conversation_id=_CONVERSATION)
    .on_conflict_do_update(
        index_elements=["workspace_id", "turn_id"], set_={"turn_id": escalations.c.turn_id}
    )
    .returning(escalations.c.id),
    columns=(
        "workspace_id",
        "id",
        "turn_id",
        "status",
        "reason",
        "question",
        "draft",
        "draft_resolution_id",
        "brief",
        "intent_id",
    ),
)
_OF_TURN = escalations.c.turn_id == bindparam("of_turn")
_AWAIT = Prepared(
    update(escalations)
    .where(own(escalations), _OF_TURN)
    .values(
        status=func.coalesce(
            func.nullif(escalations.c.status, EscalationStatus.OPENING),
            EscalationStatus.WAITING,
        ),
    )
    .returning(escalations.c.id),
    columns=("interrupt_id",),
)
_DECIDE = Prepared(
    update(escalations)
    .where(own(escalations), _OF_TURN)
    .values(status=EscalationStatus.DECIDED, decided_at=func.clock_timestamp())
)
_IS = escalations.c.id == bindparam("escalation_id")
# What is done with an escalation is done to its conversation too, so that is what is locked.
_LOCK = Prepared(
    select(conversations.c.id)
    .where(
        own(conversations),
        conversations.c.id.in_(
            select(escalations.c.conversation_id).where(
                own(escalations), one_of(escalations.c.id, "ids")
            )
        ),
    )
    .order_by(conversations.c.id)
    .with_for_update(key_share=True)
)
_CLAIMED = escalations.outerjoin(
    members,
    (members.c.workspace_id == escalations.c.workspace_id)
    & (members.c.id == escalations.c.claimed_by),
)
_WITH_CLAIM = select(escalations, members.c.name.label("claimed_by_name"), NAME).select_from(
    with_intent(_CLAIMED, escalations)
)
_GET = Prepared(_WITH_CLAIM.where(own(escalations), _IS))


class Escalations(Room):
    async def open(
        self,
        *,
        turn_id: TurnId,
        reason: HandoffReason,
        question: str,
        draft: str | None,
        draft_resolution_id: ResolutionId | None,
        brief: Mapping[str, Any],
        intent_id: IntentId | None,
    ) -> EscalationId:
        """The turn's escalation; opening it again (a re-run of its node) finds the first."""
        row = await self._first(
            _OPEN,
            id=new_id(),
            turn_id=turn_id,
            same_turn=turn_id,
            status=EscalationStatus.OPENING,
            reason=reason,
            question=question,
            draft=draft,
            draft_resolution_id=draft_resolution_id,
            brief=dict(brief),
            intent_id=intent_id,
        )
        assert row is not None
        return EscalationId(row["id"])

    async def await_answer(self, turn_id: TurnId, interrupt_id: str) -> EscalationId:
        """The run has stopped at `interrupt_id`: from here on teammates can answer."""
        row = await self._first(_AWAIT, of_turn=turn_id, interrupt_id=interrupt_id)
        assert row is not None
        return EscalationId(row["id"])

    async def lock(self, ids: Sequence[EscalationId]) -> None:
        """Nobody else decides, claims or gives them back until the transaction ends.

        All at once, and in one order everywhere: two teammates wait for each other, not for ever.
        """
        await self._do(_LOCK, ids=list(ids))

    async def get(self, escalation_id: EscalationId, *, lock: bool = False) -> Escalation:
        if lock:
            # By itself, before it is read, so that what is read is the newest.
            await self.lock([escalation_id])
        row = await self._first(_GET, escalation_id=escalation_id)
        if row is None:
            raise NotFound(noun="escalation", id=escalation_id)
        return _escalation(row)

    async def of_turn(self, turn_id: TurnId) -> Escalation:
        row = await self._one(self._query().where(escalations.c.turn_id == turn_id))
        if row is None:
            raise NotFound(noun="escalation of turn", id=turn_id)
        return _escalation(row)

    async def list(
        self,
        *,
        status: EscalationStatus | None,
        intent: str | None,
        reason: HandoffReason | None,
        q: str | None,
        cursor: UUID | None,
        limit: int,
    ) -> Page[Escalation]:
        query = self._query().where(escalations.c.status != EscalationStatus.OPENING)
        if status is not None:
            query = query.where(escalations.c.status == status)
        if intent is not None:
            query = query.where(current.c.name == intent)
        if reason is not None:
            query = query.where(escalations.c.reason == reason)
        if q:
            query = query.where(
                or_(
                    escalations.c.question.icontains(q, autoescape=True),
                    escalations.c.draft.icontains(q, autoescape=True),
                )
            )
        rows, next_cursor = await self._page(query, escalations, cursor=cursor, limit=limit)
        return Page(items=tuple(_escalation(r) for r in rows), next_cursor=next_cursor)

    async def ids_like(self, part: str) -> Sequence[UUID]:
        return await self._ids_like(escalations, part)

    async def claim(self, escalation_id: EscalationId, member_id: MemberId | None) -> None:
        """Gives it to a member, or back to everybody; the caller has checked and locked it."""
        status = EscalationStatus.CLAIMED if member_id else EscalationStatus.WAITING
        await self._run(
            update(escalations)
            .where(self._own(escalations), escalations.c.id == escalation_id)
            .values(claimed_by=member_id, status=status)
        )

    async def give_back_all(self, member_id: MemberId) -> Sequence[ConversationId]:
        """What this member holds waits for everybody again; the conversations it is from."""
        held = select(escalations.c.id).where(
            self._own(escalations), escalations.c.claimed_by == member_id
        )
        await self.lock([EscalationId(row["id"]) for row in await self._all(held)])
        rows = await self._all(
            update(escalations)
            .where(
                self._own(escalations),
                escalations.c.claimed_by == member_id,
                escalations.c.status == EscalationStatus.CLAIMED,
            )
            .values(claimed_by=None, status=EscalationStatus.WAITING)
            .returning(escalations.c.conversation_id)
        )
        return [ConversationId(row["conversation_id"]) for row in rows]

    async def decide(self, turn_id: TurnId) -> None:
        await self._do(_DECIDE, of_turn=turn_id)

    def _query(self) -> Select[Any]:
        return _WITH_CLAIM.where(self._own(escalations))
