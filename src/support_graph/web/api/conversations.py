"""Conversations, and what happens in them as it happens."""

from typing import Annotated

from fastapi import APIRouter, Query

from support_graph.domain.conversations import ConversationStatus
from support_graph.domain.ids import ConversationId
from support_graph.web.auth import AsChannel, AtDesk
from support_graph.web.paging import Listed, Paged, listed
from support_graph.web.shapes.conversations import Conversation, ConversationWithMessages

router = APIRouter(prefix="/v1/conversations", tags=["Conversations"])


@router.get("")
async def list_conversations(
    desk: AtDesk,
    by: AsChannel,
    window: Paged,
    status: Annotated[ConversationStatus | None, Query()] = None,
) -> Listed[Conversation]:
    """Newest first."""
    async with desk.stores.within(by.workspace_id).begin() as tx:
        page = await tx.conversations.list(status=status, cursor=window.cursor, limit=window.limit)
    return listed(page, Conversation.model_validate)


@router.get("/{conversation_id}")
async def get_conversation(
    conversation_id: ConversationId, desk: AtDesk, by: AsChannel
) -> ConversationWithMessages:
    """With its newest 500 messages."""
    async with desk.stores.within(by.workspace_id).begin() as tx:
        conversation = await tx.conversations.get(conversation_id)
        # Before the messages: whoever follows the stream from here may see one twice, not miss one.
        last_event_id = await tx.events.last(conversation_id)
        messages = await tx.messages.of_conversation(conversation_id)
    shown = Conversation.model_validate(conversation)
    return ConversationWithMessages.model_validate(
        {**dict(shown), "messages": messages, "last_event_id": last_event_id}
    )
