"""The checkpoints of one run, with fewer round trips than LangGraph's own saver takes."""

from typing import Any, Final

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointTuple
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver

# As `aprune` with "keep_latest", which takes a dozen round trips a thread because it also knows
# subgraphs, delta channels and checkpoints of old formats. A turn's thread has none of them.
_KEEP_LATEST: Final = """
    WITH kept AS (
        SELECT checkpoint_id, checkpoint -> 'channel_versions' AS versions FROM checkpoints
        WHERE thread_id = %(thread)s AND checkpoint_ns = ''
        ORDER BY checkpoint_id DESC LIMIT 1
    ), without_writes AS (
        DELETE FROM checkpoint_writes w USING kept
        WHERE w.thread_id = %(thread)s AND w.checkpoint_ns = ''
        AND w.checkpoint_id < kept.checkpoint_id
    ), without_blobs AS (
        DELETE FROM checkpoint_blobs b USING kept
        WHERE b.thread_id = %(thread)s AND b.checkpoint_ns = ''
        AND b.version IS DISTINCT FROM kept.versions ->> b.channel
    ), alone AS (
        UPDATE checkpoints c SET parent_checkpoint_id = NULL FROM kept
        WHERE c.thread_id = %(thread)s AND c.checkpoint_ns = ''
        AND c.checkpoint_id = kept.checkpoint_id
    )
    DELETE FROM checkpoints c USING kept
    WHERE c.thread_id = %(thread)s AND c.checkpoint_ns = '' AND c.checkpoint_id < kept.checkpoint_id
"""


class RunSaver(AsyncPostgresSaver):
    """Used by one run of one thread, and by nobody else at the same time."""

    _empty = False

    async def begins(self, config: RunnableConfig) -> bool:
        """Whether the thread has no checkpoint yet, so that the run need not look again."""
        self._empty = await self.aget_tuple(config) is None
        return self._empty

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        return None if self._empty else await super().aget_tuple(config)

    async def aput(self, *args: Any, **options: Any) -> RunnableConfig:
        self._empty = False
        return await super().aput(*args, **options)

    async def aput_writes(self, *args: Any, **options: Any) -> None:
        self._empty = False
        await super().aput_writes(*args, **options)

    async def keep_latest(self, thread_id: str) -> None:
        """Forgets what led to the newest checkpoint of a thread that is at its end."""
        async with self._cursor() as cursor:
            await cursor.execute(_KEEP_LATEST, {"thread": thread_id})
