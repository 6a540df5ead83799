"""The inbox as a list: what waits, for whom, and what a row shows of it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, cast, func, literal_column, or_, select

from support_graph.domain.evidence import HandoffReason
from support_graph.domain.ids import ConversationId, EscalationId, MemberId
from support_graph.domain.turns import EscalationStatus
from support_graph.store.intent_names import NAME, current, with_intent
from support_graph.store.rooms import Room, Row
from support_graph.store.tables import contacts, conversations, escalations, members

_OPEN = (EscalationStatus.WAITING, EscalationStatus.CLAIMED)
_STANDALONE = escalations.c.brief.op("->>")("standalone")


_SHOWN = tuple(
    escalations.c[name]
    for name in ("id", "question", "reason", "status", "created_at", "decided_at")
)
"""Not the brief, which is by far the largest."""


class Shelf(StrEnum):
    """Where an escalation lies, as seen by one teammate."""

    WAITING = "waiting"
    MINE = "mine"
    CLAIMED = "claimed"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An escalation as a row shows it; `standalone` is the question without its conversation."""

    id: EscalationId
    question: str
    standalone: str
    reason: HandoffReason
    intent: str | None
    status: EscalationStatus
    claimed_by_name: str | None
    customer: str | None
    channel: str
    created_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An escalation as one of those that ask nearly the same."""

    id: EscalationId
    conversation_id: ConversationId
    question: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What is looked for; `member_id` is whoever looks."""

    shelf: Shelf
    member_id: MemberId
    reason: HandoffReason | None = None
    intent: str | None = None
    q: str | None = None


def _waiting(row: Row) -> Waiting:
    return Waiting(
        id=EscalationId(row["id"]),
        question=row["question"],
        standalone=row["standalone"] or row["question"],
        reason=HandoffReason(row["reason"]),
        intent=row["intent"],
        status=EscalationStatus(row["status"]),
        claimed_by_name=row["claimed_by_name"],
        customer=row["customer"],
        channel=row["channel"],
        created_at=row["created_at"],
        decided_at=row["decided_at"],
    )


class Inbox(Room):
    async def list(
        self, filters: Filters, *, after: UUID | None, limit: int
    ) -> tuple[Sequence[Waiting], UUID | None]:
        """Who has waited longest comes first; of what is done, the newest."""
        newest_first = filters.shelf is Shelf.DONE
        query = self._query(filters)
        if after is not None:
            beyond = escalations.c.id < after if newest_first else escalations.c.id > after
            query = query.where(beyond)
        order = escalations.c.id.desc() if newest_first else escalations.c.id.asc()
        rows = await self._all(query.order_by(order).limit(limit + 1))
        more = len(rows) > limit
        return [_waiting(r) for r in rows[:limit]], rows[limit - 1]["id"] if more else None

    async def questions(
        self, limit: int, *, statuses: Sequence[EscalationStatus] = _OPEN
    ) -> Sequence[tuple[EscalationId, str]]:
        """What the oldest undecided ones ask, each without its conversation."""
        query = (
            select(escalations.c.id, func.coalesce(_STANDALONE, escalations.c.question).label("q"))
            .where(self._own(escalations), escalations.c.status.in_(statuses))
            .order_by(escalations.c.id)
            .limit(limit)
        )
        rows = await self._connection.execute(query)
        return [(EscalationId(i), question) for i, question in rows]  # a thousand: no mappings

    async def asked(self, ids: Sequence[EscalationId]) -> dict[EscalationId, Asked]:
        """Without their briefs, which are by far the largest."""
        columns = (escalations.c[field.name] for field in fields(Asked))
        query = select(*columns).where(self._own(escalations), escalations.c.id.in_(ids))
        return {EscalationId(row["id"]): Asked(**row) for row in await self._all(query)}

    async def matching(self, filters: Filters, limit: int) -> Sequence[tuple[EscalationId, str]]:
        """The oldest that match, as `questions`."""
        question = func.coalesce(_STANDALONE, escalations.c.question).label("q")
        query = self._query(filters).with_only_columns(escalations.c.id, question)
        rows = await self._all(query.order_by(escalations.c.id).limit(limit))
        return [(EscalationId(row["id"]), row["q"]) for row in rows]

    async def among(
        self, filters: Filters, ids: Sequence[EscalationId]
    ) -> dict[EscalationId, Waiting]:
        rows = await self._all(self._query(filters).where(escalations.c.id.in_(ids)))
        return {EscalationId(row["id"]): _waiting(row) for row in rows}

    async def counts(self, member_id: MemberId) -> dict[Shelf, int]:
        """How many lie on each shelf; what is done is not counted."""
        waiting = escalations.c.status == EscalationStatus.WAITING
        claimed = escalations.c.status == EscalationStatus.CLAIMED
        mine = escalations.c.claimed_by == member_id
        row = await self._one(
            select(
                func.count().filter(waiting).label("waiting"),
                func.count().filter(claimed & mine).label("mine"),
                func.count().filter(claimed & ~mine).label("claimed"),
            ).where(self._own(escalations), escalations.c.status.in_(_OPEN))
        )
        assert row is not None
        return {
            Shelf.WAITING: row["waiting"],
            Shelf.MINE: row["mine"],
            Shelf.CLAIMED: row["claimed"],
        }

    async def intents(self) -> Sequence[str]:
        """The intents of what is not decided."""
        query = (
            select(NAME)
            .select_from(with_intent(escalations, escalations))
            .where(self._own(escalations), escalations.c.status.in_(_OPEN))
            .where(current.c.name.is_not(None))
            .distinct()
            .order_by(current.c.name)
            .limit(200)
        )
        return [row["intent"] for row in await self._all(query)]

    async def fingerprint(self) -> str:
        """Another one whenever a list would show something else."""
        done = (
            select(func.max(escalations.c.decided_at))
            .where(self._own(escalations), escalations.c.status == EscalationStatus.DECIDED)
            .scalar_subquery()
        )
        ordered = (
            select(escalations)
            .where(self._own(escalations), escalations.c.status.in_(_OPEN))
            .order_by(escalations.c.id)
            .subquery()
        )
        state = func.concat(
            cast(ordered.c.id, Text),
            ordered.c.status,
            func.coalesce(cast(ordered.c.claimed_by, Text), ""),
        )
        everything = func.md5(func.coalesce(func.string_agg(state, literal_column("','")), ""))
        row = await self._one(
            select(everything.label("open"), done.label("done")).select_from(ordered)
        )
        assert row is not None
        return f"{row['open']}-{row['done'].timestamp() if row['done'] else 0}"

    def _query(self, filters: Filters) -> Select[Any]:
        query = (
            select(
                *_SHOWN,
                _STANDALONE.label("standalone"),
                members.c.name.label("claimed_by_name"),
                contacts.c.name.label("customer"),
                conversations.c.channel.label("channel"),
                NAME,
            )
            .select_from(with_intent(escalations, escalations))
            .join(conversations, _same(escalations.c.conversation_id, conversations))
            .join(contacts, _same(conversations.c.contact_id, contacts))
            .outerjoin(members, _same(escalations.c.claimed_by, members))
            .where(self._own(escalations), _on(filters))
        )
        if filters.reason is not None:
            query = query.where(escalations.c.reason == filters.reason)
        if filters.intent is not None:
            query = query.where(current.c.name == filters.intent)
        if filters.q:
            words = (escalations.c.question, escalations.c.draft, contacts.c.name)
            query = query.where(or_(*(w.icontains(filters.q, autoescape=True) for w in words)))
        return query


def _same(column: ColumnElement[Any], table: Any) -> ColumnElement[bool]:
    matches: ColumnElement[bool] = (table.c.workspace_id == escalations.c.workspace_id) & (
        table.c.id == column
    )
    return matches


def _on(filters: Filters) -> ColumnElement[bool]:
    status, mine = escalations.c.status, escalations.c.claimed_by == filters.member_id
    on: dict[Shelf, ColumnElement[bool]] = {
        Shelf.WAITING: status == EscalationStatus.WAITING,
        Shelf.MINE: (status == EscalationStatus.CLAIMED) & mine,
        Shelf.CLAIMED: (status == EscalationStatus.CLAIMED) & ~mine,
        Shelf.DONE: status == EscalationStatus.DECIDED,
    }
    return on[filters.shelf]
