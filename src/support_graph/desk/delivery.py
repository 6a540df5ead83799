"""Hands an outgoing message to its channel.

Channels that fetch (the API, the command line) have it as soon as it is stored; the event stream
has already told them.
"""

from support_graph.desk.parts import Desk
from support_graph.domain.ids import MessageId, WorkspaceId
from support_graph.domain.messages import Delivery


async def deliver(desk: Desk, workspace_id: WorkspaceId, message_id: MessageId) -> None:
    async with desk.stores.within(workspace_id).begin() as tx:
        message = await tx.messages.get(message_id)
        if message.delivery is Delivery.PENDING:
            await tx.messages.set_delivery(message_id, Delivery.SENT)
