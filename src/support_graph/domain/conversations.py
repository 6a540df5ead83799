"""Contacts and their conversations."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from support_graph.domain.ids import ContactId, ConversationId, MemberId


class ConversationStatus(StrEnum):
    """Whose the conversation is: the assistant's, a teammate's, later's, or nobody's any more."""

    PENDING = "pending"
    OPEN = "open"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A customer: a set of external ids such as `email:ana@example.com`, and what is known."""

    id: ContactId
    ids: tuple[str, ...]
    name: str | None
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """`returning`: its contact had a conversation before this one; `events`: how many there were,
    of which the first is the message that opened it.
    """

    id: ConversationId
    channel: str
    external_id: str | None
    contact: Contact
    status: ConversationStatus
    assignee_id: MemberId | None
    returning: bool = False
    events: int = 0
    created_at: datetime
    updated_at: datetime
