"""What became of the messages of each intent, counted when it is asked."""

from collections.abc import Mapping

from sqlalchemy import text

from support_graph.domain.ids import IntentId
from support_graph.domain.intents import IntentStatistics
from support_graph.store.rooms import Room

_COUNTS = text("""
    WITH current AS (
        SELECT id, coalesce(current_id, id) AS current_id FROM intents
        WHERE workspace_id = :workspace_id
    ), asked AS (
        SELECT c.current_id, count(*) AS turns,
            count(*) FILTER (WHERE t.status = 'answered') AS deflected,
            count(*) FILTER (WHERE t.status = 'escalated') AS escalated,
            min(t.created_at) AS since
        FROM turns t JOIN current c ON c.id = t.intent_id
        WHERE t.workspace_id = :workspace_id GROUP BY 1
    ), held AS (
        SELECT c.current_id, count(*) AS waiting
        FROM escalations e JOIN current c ON c.id = e.intent_id
        WHERE e.workspace_id = :workspace_id AND e.status IN ('waiting', 'claimed') GROUP BY 1
    ), known AS (
        SELECT c.current_id, count(*) AS resolutions
        FROM resolutions r JOIN current c ON c.id = r.intent_id
        WHERE r.workspace_id = :workspace_id AND r.status <> 'deleted' GROUP BY 1
    )
    SELECT current_id, coalesce(resolutions, 0) AS resolutions, coalesce(turns, 0) AS turns,
        coalesce(deflected, 0) AS deflected, coalesce(escalated, 0) AS escalated,
        coalesce(waiting, 0) AS waiting, since
    FROM asked FULL JOIN held USING (current_id) FULL JOIN known USING (current_id)
""")


class IntentCounts(Room):
    async def all(self) -> Mapping[IntentId, IntentStatistics]:
        """By intent that stands for itself; those without anything are absent."""
        found = await self._connection.execute(_COUNTS, {"workspace_id": self._workspace_id})
        counted = [dict(row) for row in found.mappings()]
        return {IntentId(row.pop("current_id")): IntentStatistics(**row) for row in counted}
