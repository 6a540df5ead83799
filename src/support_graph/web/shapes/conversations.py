"""Conversations and messages, as they are shown."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from support_graph.domain.conversations import ConversationStatus
from support_graph.domain.messages import Author, Delivery, Direction, ReplySource
from support_graph.web.fields import Instant, Shown


class Contact(Shown):
    """A customer: a set of external ids, and what is known of them."""

    id: UUID
    ids: list[str]
    name: str | None
    attributes: dict[str, Any]


class Citation(Shown):
    """A source of a reply, with the words it gave."""

    kind: Annotated[str, Field(description="`resolution` or `passage`")]
    id: str
    title: str
    url: str | None
    quote: str


class Message(Shown):
    id: UUID
    conversation_id: UUID
    turn_id: UUID | None
    direction: Direction
    author: Author
    author_name: str | None
    text: str
    source: ReplySource | None
    citations: list[Citation]
    context: dict[str, Any]
    delivery: Delivery
    created_at: Instant


class Conversation(Shown):
    """`pending` is the assistant's, `open` a teammate's."""

    id: UUID
    channel: str
    external_id: str | None
    contact: Contact
    status: ConversationStatus
    assignee_id: UUID | None
    created_at: Instant
    updated_at: Instant


class ConversationWithMessages(Conversation):
    """The newest messages, oldest first. `last_event_id` is where its event stream goes on."""

    messages: list[Message]
    last_event_id: int
