"""Messages, who wrote them, and what the assistant makes of an incoming one."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from support_graph.domain.ids import ConversationId, MessageId, TurnId


class Direction(StrEnum):
    INCOMING = "incoming"
    OUTGOING = "outgoing"
    ACTIVITY = "activity"


class Author(StrEnum):
    CONTACT = "contact"
    ASSISTANT = "assistant"
    TEAMMATE = "teammate"
    SYSTEM = "system"


class Delivery(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"


class ReplySource(StrEnum):
    """What a reply rests on; `courtesy` answers a greeting or thanks and rests on nothing."""

    RESOLUTION = "resolution"
    BRAIN = "brain"
    MIXED = "mixed"
    HUMAN = "human"
    COURTESY = "courtesy"


class MessageKind(StrEnum):
    """What an incoming message is, as `understand` sees it.

    `complaint`: it says that the answer before it did not help.
    """

    QUESTION = "question"
    FOLLOW_UP = "follow_up"
    GREETING = "greeting"
    THANKS = "thanks"
    HUMAN_REQUEST = "human_request"
    COMPLAINT = "complaint"
    INSTRUCTION = "instruction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """One earlier message of a conversation, as far as a model needs it."""

    author: Author
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """What the message is, and the question it asks when read without the conversation."""

    kind: MessageKind
    standalone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A source of a reply: `kind` is `resolution` or `passage`, `quote` the words it gave.

    `document_id` is a passage's document: passages are replaced when it is read again.
    """

    kind: str
    id: str
    title: str
    url: str | None
    quote: str
    document_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A proposed reply with its sources."""

    text: str
    source: ReplySource
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    id: MessageId
    conversation_id: ConversationId
    turn_id: TurnId | None
    direction: Direction
    author: Author
    author_name: str | None
    text: str
    source: ReplySource | None
    citations: tuple[Citation, ...]
    context: dict[str, Any] = field(default_factory=dict)
    external_id: str | None = None
    delivery: Delivery
    created_at: datetime
