"""Who looks at an escalation at this moment; what a killed process left behind goes stale."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from support_graph.domain.ids import EscalationId, MemberId
from support_graph.store.rooms import Room
from support_graph.store.tables import members, presences


class Presences(Room):
    async def see(
        self, escalation_id: EscalationId, viewer: UUID, member_id: MemberId, now: datetime
    ) -> None:
        """`viewer` is one open page; the same person may have several."""
        await self._run(
            upsert(presences)
            .values(
                workspace_id=self._workspace_id,
                escalation_id=escalation_id,
                viewer=viewer,
                member_id=member_id,
                seen_at=now,
            )
            .on_conflict_do_update(
                index_elements=["workspace_id", "escalation_id", "viewer"], set_={"seen_at": now}
            )
        )

    async def leave(self, escalation_id: EscalationId, viewer: UUID, stale: datetime) -> None:
        """Also removes whoever was last seen before `stale`."""
        here = self._own(presences) & (presences.c.escalation_id == escalation_id)
        gone = (presences.c.viewer == viewer) | (presences.c.seen_at < stale)
        await self._run(delete(presences).where(here, gone))

    async def others(
        self, escalation_id: EscalationId, member_id: MemberId, since: datetime
    ) -> dict[MemberId, str]:
        """The teammates, other than this one, who look at it: by name, in that order."""
        query = (
            select(members.c.id, members.c.name)
            .join(
                presences,
                (presences.c.workspace_id == members.c.workspace_id)
                & (presences.c.member_id == members.c.id),
            )
            .where(
                self._own(presences),
                presences.c.escalation_id == escalation_id,
                presences.c.member_id != member_id,
                presences.c.seen_at > since,
            )
            .distinct()
            .order_by(members.c.name, members.c.id)
        )
        return {MemberId(row["id"]): row["name"] for row in await self._all(query)}
