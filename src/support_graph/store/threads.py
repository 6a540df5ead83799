"""Conversations as a list: who, where, whose, and what was said last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Subquery, Text, cast, func, literal_column, or_, select, true, tuple_

from support_graph.domain.conversations import ConversationStatus
from support_graph.domain.ids import ContactId, ConversationId, ResolutionId, TurnId
from support_graph.domain.messages import Author
from support_graph.store.rooms import Room, Row
from support_graph.store.tables import (
    contact_ids,
    contacts,
    conversations,
    decisions,
    messages,
    signals,
    turns,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A conversation as a row shows it; `said` and `by` are its last message's."""

    id: ConversationId
    channel: str
    status: ConversationStatus
    customer: str | None
    said: str | None
    by: Author | None
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """None where everything is wanted; `words` are looked for in messages, names and ids."""

    status: ConversationStatus | None = None
    channel: str | None = None
    words: str | None = None
    contact_id: ContactId | None = None


def _thread(row: Row) -> Thread:
    return Thread(
        id=ConversationId(row["id"]),
        channel=row["channel"],
        status=ConversationStatus(row["status"]),
        customer=row["customer"],
        said=row["said"],
        by=Author(row["by"]) if row["by"] else None,
        updated_at=row["updated_at"],
    )


class Threads(Room):
    async def list(
        self, sought: Sought, *, after: UUID | None, limit: int
    ) -> tuple[Sequence[Thread], UUID | None]:
        """Where something happened last comes first."""
        query = self._sought(sought)
        moment = (conversations.c.updated_at, conversations.c.id)
        if after is not None:
            other = conversations.alias("after")
            last = select(other.c.updated_at, other.c.id).where(
                other.c.workspace_id == self._workspace_id, other.c.id == after
            )
            query = query.where(tuple_(*moment) < last.scalar_subquery())
        chosen = query.order_by(*(part.desc() for part in moment)).limit(limit + 1).subquery()
        rows = await self._all(_shown(chosen))
        more = len(rows) > limit
        return [_thread(row) for row in rows[:limit]], rows[limit - 1]["id"] if more else None

    async def newest_change(self) -> datetime | None:
        row = await self._one(
            select(func.max(conversations.c.updated_at).label("newest")).where(
                self._own(conversations)
            )
        )
        assert row is not None
        found: datetime | None = row["newest"]
        return found

    async def changed(self, sought: Sought, since: datetime | None) -> int:
        """In how many something happened after that moment."""
        query = self._sought(sought).with_only_columns(func.count().label("changed"))
        if since is not None:
            query = query.where(conversations.c.updated_at > since)
        row = await self._one(query)
        assert row is not None
        return int(row["changed"])

    async def channels(self) -> Sequence[str]:
        query = select(conversations.c.channel).where(self._own(conversations)).distinct()
        return [row["channel"] for row in await self._all(query.order_by("channel").limit(100))]

    async def learned(self, conversation_id: ConversationId) -> dict[TurnId, ResolutionId]:
        """What teammates' answers in it became."""
        rows = await self._all(
            select(decisions.c.turn_id, decisions.c.learned_id)
            .join(
                turns,
                (turns.c.workspace_id == decisions.c.workspace_id)
                & (turns.c.id == decisions.c.turn_id),
            )
            .where(
                self._own(decisions),
                turns.c.conversation_id == conversation_id,
                decisions.c.learned_id.is_not(None),
            )
        )
        return {TurnId(row["turn_id"]): ResolutionId(row["learned_id"]) for row in rows}

    async def fingerprint(self, conversation_id: ConversationId) -> str:
        """Another one whenever its page would show something else."""
        told = (
            select(func.max(signals.c.created_at))
            .where(self._own(signals), signals.c.turn_id.in_(self._turns(conversation_id)))
            .scalar_subquery()
        )
        state = func.concat(
            cast(turns.c.id, Text), turns.c.status, cast(turns.c.reply_id, Text), turns.c.intent_id
        )
        handled = (
            select(func.md5(func.string_agg(state, literal_column("','"))))
            .where(self._own(turns), turns.c.conversation_id == conversation_id)
            .scalar_subquery()
        )
        row = await self._one(
            select(
                conversations.c.event_seq,
                conversations.c.status,
                told.label("told"),
                handled.label("handled"),
            ).where(self._own(conversations), conversations.c.id == conversation_id)
        )
        assert row is not None
        learned = len(await self.learned(conversation_id))
        moment = row["told"].timestamp() if row["told"] else 0
        return f"{row['event_seq']}-{row['status']}-{row['handled']}-{moment}-{learned}"

    def _turns(self, conversation_id: ConversationId) -> Select[Any]:
        return select(turns.c.id).where(
            self._own(turns), turns.c.conversation_id == conversation_id
        )

    def _sought(self, sought: Sought) -> Select[Any]:
        query = (
            select(conversations, contacts.c.name.label("customer"))
            .join(
                contacts,
                (contacts.c.workspace_id == conversations.c.workspace_id)
                & (contacts.c.id == conversations.c.contact_id),
            )
            .where(self._own(conversations))
        )
        if sought.status is not None:
            query = query.where(conversations.c.status == sought.status)
        if sought.channel is not None:
            query = query.where(conversations.c.channel == sought.channel)
        if sought.contact_id is not None:
            query = query.where(conversations.c.contact_id == sought.contact_id)
        if sought.words is not None:
            query = query.where(self._says(sought.words))
        return query

    def _says(self, words: str) -> Any:
        said = select(messages.c.conversation_id).where(
            self._own(messages), messages.c.text.icontains(words, autoescape=True)
        )
        known_as = select(contact_ids.c.contact_id).where(
            self._own(contact_ids), contact_ids.c.external_id.icontains(words, autoescape=True)
        )
        return or_(
            conversations.c.id.in_(said),
            conversations.c.contact_id.in_(known_as),
            contacts.c.name.icontains(words, autoescape=True),
            conversations.c.external_id == words,
        )


def _shown(chosen: Subquery) -> Select[Any]:
    last = (
        select(messages.c.text, messages.c.author)
        .where(
            messages.c.workspace_id == chosen.c.workspace_id,
            messages.c.conversation_id == chosen.c.id,
        )
        .order_by(messages.c.id.desc())
        .limit(1)
        .lateral("last")
    )
    return (
        select(
            chosen.c.id,
            chosen.c.channel,
            chosen.c.status,
            chosen.c.customer,
            chosen.c.updated_at,
            last.c.text.label("said"),
            last.c.author.label("by"),
        )
        .select_from(chosen.outerjoin(last, true()))
        .order_by(chosen.c.updated_at.desc(), chosen.c.id.desc())
    )
