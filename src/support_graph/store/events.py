"""What happened in a conversation, numbered without gaps, and told to whoever listens."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Text, bindparam, select, text

from support_graph.domain.ids import ConversationId, WorkspaceId
from support_graph.store.prepared import Prepared
from support_graph.store.rooms import Room
from support_graph.store.tables import conversations, events

NOTIFY_CHANNEL = "support_graph"
ANY_CONVERSATION = "conversations"
"""What is told when something happens in any of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    seq: int
    kind: str
    data: dict[str, Any]
    created_at: datetime


_APPEND = Prepared(
    text("""
    WITH counted AS (
        UPDATE conversations SET event_seq = event_seq + 1, updated_at = clock_timestamp(),
            status = coalesce(CAST(:status AS text), status)
        WHERE workspace_id = :workspace_id AND id = :conversation_id
        RETURNING event_seq
    ), added AS (
        INSERT INTO events (workspace_id, conversation_id, seq, kind, data)
        SELECT :workspace_id, :conversation_id, event_seq, :kind, CAST(:data AS jsonb)
        FROM counted
        RETURNING seq
    )
    SELECT seq, pg_notify(:channel, payload) FROM added CROSS JOIN unnest(:payloads) AS payload
""").bindparams(bindparam("payloads", type_=ARRAY(Text)))
)
_TELL = Prepared(
    text("""
        SELECT pg_notify(:channel, payload) FROM unnest(:payloads) AS payload
    """).bindparams(bindparam("payloads", type_=ARRAY(Text)))
)


def payload(workspace_id: WorkspaceId, subject: str, note: str | None = None) -> str:
    """What the listeners of all processes read."""
    return json.dumps([str(workspace_id), subject, note])


class Events(Room):
    async def append(
        self,
        conversation_id: ConversationId,
        kind: str,
        data: Mapping[str, Any],
        *,
        status: str | None = None,
        tell: Sequence[str] = (),
    ) -> int:
        """Its number. The conversation's row is locked, so numbers appear in commit order; it gets
        the `status`, if there is one. Who waits for one of the subjects in `tell` is woken too.

        One statement, since it runs several times a message.
        """
        row = await self._first(
            _APPEND,
            conversation_id=conversation_id,
            kind=kind,
            status=status,
            data=json.dumps(dict(data)),
            channel=NOTIFY_CHANNEL,
            payloads=self.of_conversation(conversation_id, *tell),
        )
        assert row is not None
        return int(row["seq"])

    async def tell(self, *subjects: str, note: str | None = None) -> None:
        """Wakes whoever waits for one of them, in any process, once this transaction commits.

        `note`, a few words, reaches those who wait at that moment and is kept nowhere.
        """
        told = [payload(self._workspace_id, subject, note) for subject in subjects]
        await self._do(_TELL, channel=NOTIFY_CHANNEL, payloads=told)

    def of_conversation(self, conversation_id: ConversationId, *others: str) -> list[str]:
        """What to send when something happens in a conversation, and to `others`."""
        subjects = (f"conversation:{conversation_id}", ANY_CONVERSATION, *others)
        return [payload(self._workspace_id, subject) for subject in subjects]

    async def last(self, conversation_id: ConversationId) -> int:
        """The number of the newest one; 0 before the first."""
        row = await self._one(
            select(conversations.c.event_seq).where(
                self._own(conversations), conversations.c.id == conversation_id
            )
        )
        return int(row["event_seq"]) if row else 0

    async def since(self, conversation_id: ConversationId, seq: int) -> Sequence[Event]:
        """At most 500, oldest first."""
        rows = await self._all(
            select(events)
            .where(
                self._own(events),
                events.c.conversation_id == conversation_id,
                events.c.seq > seq,
            )
            .order_by(events.c.seq)
            .limit(500)
        )
        return [
            Event(seq=r["seq"], kind=r["kind"], data=r["data"], created_at=r["created_at"])
            for r in rows
        ]
