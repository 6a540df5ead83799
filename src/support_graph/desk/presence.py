"""Who looks at an escalation, and who writes: two people on one see each other."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from support_graph.desk.parts import Desk
from support_graph.domain.ids import EscalationId, MemberId, WorkspaceId
from support_graph.store.database import Scope

BEAT_SECONDS: Final = 8.0
STALE: Final = timedelta(seconds=3 * BEAT_SECONDS)
"""Whoever was not seen for three beats has left, or their server has died."""
WRITING: Final = timedelta(seconds=6)
"""Twice as long as pages wait before they say it again."""
_SOON: Final = 0.05


def subject(escalation_id: EscalationId) -> str:
    """What is told when somebody comes, goes, or writes."""
    return f"presence:{escalation_id}"


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
        await tx.events.tell(subject(escalation_id))


async def _leave(
    desk: Desk, workspace_id: WorkspaceId, escalation_id: EscalationId, viewer: UUID
) -> None:
    async with desk.stores.within(workspace_id).begin() as tx:
        await tx.presences.leave(escalation_id, viewer, desk.clock() - STALE)
        await tx.events.tell(subject(escalation_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """The names of the other teammates on an escalation, each in one of the two."""

    looking: tuple[str, ...] = ()
    writing: tuple[str, ...] = ()


class Companions:
    """The others on an escalation, as the open page `viewer` of `member_id` sees them."""

    def __init__(
        self,
        desk: Desk,
        scope: Scope,
        escalation_id: EscalationId,
        viewer: UUID,
        member_id: MemberId,
    ) -> None:
        self._desk = desk
        self._scope = scope
        self._escalation_id = escalation_id
        self._viewer = viewer
        self._member_id = member_id
        self._wrote_at: dict[MemberId, datetime] = {}

    def heard(self, notes: Iterable[str]) -> None:
        """Takes what `write` noted."""
        now = self._desk.clock()
        self._wrote_at |= {MemberId(UUID(note)): now for note in notes}

    async def now(self) -> Company:
        """Says at the same time that this one is here."""
        now = self._desk.clock()
        async with self._scope.begin() as tx:
            await tx.presences.see(self._escalation_id, self._viewer, self._member_id, now)
            others = await tx.presences.others(self._escalation_id, self._member_id, now - STALE)
        writing = {i for i, at in self._wrote_at.items() if now - at < WRITING}
        return Company(
            looking=tuple(name for i, name in others.items() if i not in writing),
            writing=tuple(name for i, name in others.items() if i in writing),
        )

    def next_look(self) -> float:
        """In how many seconds somebody may have stopped writing, or have to be seen again."""
        now = self._desk.clock()
        ends = [(at + WRITING - now).total_seconds() for at in self._wrote_at.values()]
        return min([BEAT_SECONDS, *(max(_SOON, end) for end in ends if end > -_SOON)])


async def write(
    desk: Desk, workspace_id: WorkspaceId, escalation_id: EscalationId, member_id: MemberId
) -> None:
    """Tells the others that this teammate writes, for the next seconds; nothing is stored.

    Raises NotFound.
    """
    async with desk.stores.within(workspace_id).begin() as tx:
        await tx.escalations.get(escalation_id)
        await tx.events.tell(subject(escalation_id), note=str(member_id))
