"""Who looks at an escalation: two people on one see each other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final
from uuid import UUID

from support_graph.desk.parts import Desk
from support_graph.domain.ids import EscalationId, MemberId, WorkspaceId

BEAT_SECONDS: Final = 8.0
STALE: Final = timedelta(seconds=3 * BEAT_SECONDS)
"""Whoever was not seen for three beats has left, or their server has died."""


@asynccontextmanager
async def looking(
    desk: Desk,
    workspace_id: WorkspaceId,
    escalation_id: EscalationId,
    viewer: UUID,
    member_id: MemberId,
) -> AsyncIterator[None]:
    """`viewer`, an open page of that member, is there until the end of the block."""
    try:
        # A page that is closed cancels what serves it: not in the middle of a transaction, which
        # would cost its connection, and not before the leaving has been written down.
        await asyncio.shield(_come(desk, workspace_id, escalation_id, viewer, member_id))
        yield
    finally:
        await asyncio.shield(_leave(desk, workspace_id, escalation_id, viewer))


async def _come(
    desk: Desk,
    workspace_id: WorkspaceId,
    escalation_id: EscalationId,
    viewer: UUID,
    member_id: MemberId,
) -> None:
    async with desk.stores.within(workspace_id).begin() as tx:
        await tx.escalations.get(escalation_id)
        await tx.presences.see(escalation_id, viewer, member_id, desk.clock())
        await tx.events.tell(f"presence:{escalation_id}")


async def _leave(
    desk: Desk, workspace_id: WorkspaceId, escalation_id: EscalationId, viewer: UUID
) -> None:
    async with desk.stores.within(workspace_id).begin() as tx:
        await tx.presences.leave(escalation_id, viewer, desk.clock() - STALE)
        await tx.events.tell(f"presence:{escalation_id}")


async def others(
    desk: Desk,
    workspace_id: WorkspaceId,
    escalation_id: EscalationId,
    viewer: UUID,
    member_id: MemberId,
) -> list[str]:
    """The names of the other teammates who look at it; says at the same time that this one does."""
    now = desk.clock()
    async with desk.stores.within(workspace_id).begin() as tx:
        await tx.presences.see(escalation_id, viewer, member_id, now)
        return list(await tx.presences.others(escalation_id, member_id, now - STALE))
