"""What a target precision would have meant in the last month, worked out from stored turns."""

import asyncio
from datetime import timedelta
from typing import Final

from support_graph.desk.parts import Desk
from support_graph.domain.foresight import Foreseen
from support_graph.domain.ids import WorkspaceId
from support_graph.learning.foresight import foresee
from support_graph.learning.threshold import CONFIDENCES_USED

MONTH: Final = timedelta(days=30)
MOST: Final = 3_000
"""So many of the newest questions are replayed: it is done while somebody moves a slider."""


async def preview(desk: Desk, workspace_id: WorkspaceId, target: float) -> Foreseen:
    """With the modes and targets that intents have now, and the workspace in mode auto."""
    async with desk.stores.within(workspace_id).begin() as tx:
        settings = (await tx.workspace.read()).settings
        turns = await tx.trends.judged(
            since=desk.clock() - MONTH, counted=MOST, before=CONFIDENCES_USED
        )
        measured = {one.intent: one for one in await tx.precisions.every()}
    return await asyncio.to_thread(
        foresee, turns, target=target, ceiling=settings.audit_ceiling, measured=measured
    )
