"""Measures a workspace's precision from its audits, and keeps it where the gate reads it."""

from datetime import timedelta

from support_graph.learning.precision import by_intent
from support_graph.store.database import Transaction

WINDOW = timedelta(days=30)
"""Older audits speak of an assistant that is no more. It also ends a tightening so severe that
nothing is answered, and so nothing audited, any more."""

AUDITS_USED = 500


async def measure(tx: Transaction) -> None:
    """Doing it again changes nothing."""
    await tx.serialise("precision")
    audits = await tx.precisions.audits(within=WINDOW, limit=AUDITS_USED)
    await tx.precisions.replace(by_intent(audits))
