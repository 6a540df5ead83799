"""A customer's message as a channel sends it, and what it gets back."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from support_graph.desk.receive import Incoming
from support_graph.domain.attributes import MOST, MOST_BYTES
from support_graph.domain.evidence import HandoffReason
from support_graph.domain.messages import ReplySource
from support_graph.domain.turns import TurnStatus
from support_graph.web.fields import Body, ChannelName, Facts, Name, Shown, Text
from support_graph.web.shapes.conversations import Citation


class Sender(Body):
    """Who writes: any of the ids is enough to know them again."""

    ids: Annotated[list[Name], Field(max_length=20)] = Field(default_factory=list)
    name: Name | None = None
    attributes: Annotated[
        Facts,
        Field(
            description="What is known of them: plan, locale … It is added to what was sent "
            f"before. Of a contact the last {MOST} are kept, up to {MOST_BYTES:,} bytes as JSON; "
            "those that were not sent for the longest time give way."
        ),
    ] = Field(default_factory=dict)


class NewMessage(Body):
    channel: ChannelName = "api"
    conversation: Annotated[
        Name | None, Field(description="The channel's id of the conversation, or ours.")
    ] = None
    contact: Sender = Sender()
    text: Text
    context: Annotated[
        Facts, Field(description="Where the customer is: page_url, page_title, locale, error …")
    ] = Field(default_factory=dict)
    wait: Annotated[
        float, Field(strict=True, ge=0, le=30, description="Seconds to wait for the answer.")
    ] = 10

    def incoming(self, idempotency_key: str | None) -> Incoming:
        return Incoming(
            channel=self.channel,
            text=self.text,
            conversation=self.conversation,
            contact_ids=self.contact.ids,
            contact_name=self.contact.name,
            contact_attributes=self.contact.attributes,
            context=self.context,
            idempotency_key=idempotency_key,
        )


class Reply(Shown):
    """What was said to the customer, with the sources."""

    message_id: UUID
    text: str
    source: ReplySource | None
    citations: list[Citation]


class Judged(Shown):
    """`reason` is null when the assistant answered."""

    confidence: float
    threshold: float
    reason: HandoffReason | None
    intent: str | None


class Answer(Shown):
    """`open`: a teammate holds the conversation, and the message went to them.

    `verdict` is null as long as nothing was judged.
    """

    conversation_id: UUID
    message_id: UUID
    turn_id: UUID
    status: TurnStatus
    escalation_id: UUID | None
    reply: Reply | None
    verdict: Judged | None
