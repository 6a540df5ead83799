"""A request that comes again under the same key led to what it led to, and is not done again."""

from support_graph.domain.errors import IdempotencyConflict
from support_graph.domain.ids import MessageId
from support_graph.store.database import Transaction


async def done_before(tx: Transaction, key: str, digest: bytes) -> MessageId | None:
    """The message that the same request wrote; one that is under way is waited for.

    `digest` is the request's. Raises IdempotencyConflict when the key was another request's.
    """
    await tx.serialise(f"idempotency:{key}")
    found = await tx.messages.under_key(key)
    if found is None:
        return None
    message_id, known = found
    if known != digest:
        raise IdempotencyConflict(key=key)
    return message_id
