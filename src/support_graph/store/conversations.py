"""Conversations."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from support_graph.domain.conversations import Contact, Conversation, ConversationStatus
from support_graph.domain.errors import NotFound
from support_graph.domain.ids import ContactId, ConversationId, MemberId, new_id
from support_graph.store.events import Events
from support_graph.store.prepared import Prepared, own
from support_graph.store.rooms import Page, Room, Row
from support_graph.store.tables import contact_ids, contacts, conversations


def _conversation(row: Row) -> Conversation:
    contact = Contact(
        id=ContactId(row["contact_id"]),
        ids=tuple(sorted(row["contact_external_ids"] or ())),
        name=row["contact_name"],
        attributes=row["contact_attributes"],
    )
    return Conversation(
        id=ConversationId(row["id"]),
        channel=row["channel"],
        external_id=row["external_id"],
        contact=contact,
        status=ConversationStatus(row["status"]),
        assignee_id=MemberId(row["assignee_id"]) if row["assignee_id"] else None,
        returning=row["returning"],
        events=row["event_seq"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


_ENSURE = Prepared(
    upsert(conversations)
    .on_conflict_do_update(
        index_elements=["workspace_id", "channel", "external_id"],
        set_={"updated_at": func.clock_timestamp()},
    )
    .returning(conversations.c.id, conversations.c.status),
    columns=("workspace_id", "id", "channel", "external_id", "contact_id", "status"),
)
_IS = conversations.c.id == bindparam("conversation_id")
_LOCK = Prepared(
    select(conversations.c.status).where(own(conversations), _IS).with_for_update(key_share=True)
)
_FIND = (
    select(conversations.c.id, conversations.c.status)
    .where(own(conversations))
    .with_for_update(key_share=True)
)
_FIND_NAMED = Prepared(
    _FIND.where(
        conversations.c.channel == bindparam("channel"),
        conversations.c.external_id == bindparam("named"),
    )
)
_FIND_OWN = Prepared(_FIND.where(_IS))
_EXTERNAL_IDS = (
    select(func.array_agg(contact_ids.c.external_id))
    .where(
        contact_ids.c.workspace_id == conversations.c.workspace_id,
        contact_ids.c.contact_id == conversations.c.contact_id,
    )
    .scalar_subquery()
)
_OTHER = conversations.alias("other")
_EARLIER = (
    select(_OTHER.c.id)
    .where(
        _OTHER.c.workspace_id == conversations.c.workspace_id,
        _OTHER.c.contact_id == conversations.c.contact_id,
        _OTHER.c.id < conversations.c.id,
    )
    .exists()
)
_WITH_CONTACT = select(
    conversations,
    _EARLIER.label("returning"),
    contacts.c.name.label("contact_name"),
    contacts.c.attributes.label("contact_attributes"),
    _EXTERNAL_IDS.label("contact_external_ids"),
).join(
    contacts,
    (contacts.c.workspace_id == conversations.c.workspace_id)
    & (contacts.c.id == conversations.c.contact_id),
)
_GET = Prepared(_WITH_CONTACT.where(own(conversations), _IS))


class Conversations(Room):
    async def ensure(
        self, *, channel: str, external_id: str | None, contact_id: ContactId
    ) -> tuple[ConversationId, ConversationStatus]:
        """The channel's conversation of that external id, made if there is none; locked.

        Without an external id there is always a new one.
        """
        row = await self._first(
            _ENSURE,
            id=new_id(),
            channel=channel,
            external_id=external_id,
            contact_id=contact_id,
            status=ConversationStatus.PENDING,
        )
        assert row is not None
        return ConversationId(row["id"]), ConversationStatus(row["status"])

    async def lock(self, conversation_id: ConversationId) -> ConversationStatus:
        """Its status, which nobody else can change until this transaction ends."""
        row = await self._first(_LOCK, conversation_id=conversation_id)
        if row is None:
            raise NotFound(noun="conversation", id=conversation_id)
        return ConversationStatus(row["status"])

    async def move(
        self,
        conversation_id: ConversationId,
        status: ConversationStatus,
        *,
        tell: Sequence[str] = (),
        **told: str,
    ) -> None:
        """Sets its status and tells so; one statement, since it runs several times a message."""
        events = Events(self._connection, self._workspace_id)
        data = {"status": status.value, **told}
        await events.append(conversation_id, "status", data, status=status, tell=tell)

    async def set_status(self, conversation_id: ConversationId, status: ConversationStatus) -> None:
        """Without telling anybody."""
        await self._change(conversation_id, status=status)

    async def assign(self, conversation_id: ConversationId, member_id: MemberId | None) -> None:
        await self._change(conversation_id, assignee_id=member_id)

    async def _change(self, conversation_id: ConversationId, **values: Any) -> None:
        await self._run(
            update(conversations)
            .where(self._own(conversations), conversations.c.id == conversation_id)
            .values(updated_at=func.clock_timestamp(), **values)
        )

    async def find(
        self, named: str, *, channel: str
    ) -> tuple[ConversationId, ConversationStatus] | None:
        """By the channel's own id, or by ours; locked, with its status."""
        row = await self._first(_FIND_NAMED, channel=channel, named=named)
        if row is None and (own_id := _as_uuid(named)) is not None:
            row = await self._first(_FIND_OWN, conversation_id=own_id)
        return (ConversationId(row["id"]), ConversationStatus(row["status"])) if row else None

    async def get(self, conversation_id: ConversationId) -> Conversation:
        row = await self._first(_GET, conversation_id=conversation_id)
        if row is None:
            raise NotFound(noun="conversation", id=conversation_id)
        return _conversation(row)

    async def list(
        self, *, status: ConversationStatus | None, cursor: UUID | None, limit: int
    ) -> Page[Conversation]:
        query = self._query()
        if status is not None:
            query = query.where(conversations.c.status == status)
        rows, next_cursor = await self._page(query, conversations, cursor=cursor, limit=limit)
        return Page(items=tuple(_conversation(r) for r in rows), next_cursor=next_cursor)

    def _query(self) -> Select[Any]:
        return _WITH_CONTACT.where(self._own(conversations))


def _as_uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
