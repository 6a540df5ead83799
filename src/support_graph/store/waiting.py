"""Jobs that wait in procrastinate's queue under a name that only one of them may have."""

from collections.abc import Collection

from sqlalchemy import ARRAY, Text, bindparam, text

from support_graph.store.prepared import Prepared
from support_graph.store.rooms import Room

_WAITING = Prepared(
    text("""
        SELECT queueing_lock FROM procrastinate_jobs
        WHERE status = 'todo' AND queueing_lock = ANY(:names)
    """).bindparams(bindparam("names", type_=ARRAY(Text)))
)


class WaitingJobs(Room):
    async def among(self, names: Collection[str]) -> set[str]:
        """Those of `names` under which a job waits. It may begin before this transaction ends."""
        rows = await self._rows(_WAITING, names=list(names))
        return {row["queueing_lock"] for row in rows}
