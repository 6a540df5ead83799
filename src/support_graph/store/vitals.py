"""Figures of the whole house, for whoever watches over it: no workspace, and no words."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_WORKERS = text("""
    SELECT count(*) FROM procrastinate_workers
    WHERE last_heartbeat > now() - make_interval(secs => :seconds)
""")

# An escalated turn without a decision is an escalation that waits, or that somebody has claimed.
_FIGURES = text("""
    SELECT
        count(*) FILTER (WHERE t.status = 'answered') AS answered,
        count(*) FILTER (WHERE t.status = 'escalated') AS escalated,
        count(*) FILTER (WHERE t.status = 'escalated' AND NOT EXISTS (
            SELECT 1 FROM decisions d
            WHERE d.workspace_id = t.workspace_id AND d.turn_id = t.id
        )) AS escalations_waiting,
        (SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo') AS jobs_waiting,
        (SELECT count(*) FROM index_outbox) AS outbox_waiting
    FROM turns t
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Turns that ended so far, and what waits at this moment, in all workspaces together."""

    answered: int
    escalated: int
    escalations_waiting: int
    jobs_waiting: int
    outbox_waiting: int


class Vitals:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def workers(self, *, seconds: float) -> int:
        """How many gave a sign of life in the last `seconds`."""
        found = await self._connection.execute(_WORKERS, {"seconds": seconds})
        return int(found.scalar_one())

    async def figures(self) -> Figures:
        """Counts every turn there is, so callers keep the answer for a while."""
        found = await self._connection.execute(_FIGURES)
        return Figures(**found.mappings().one())
