"""The checkpoints of one run, with fewer round trips than LangGraph's own saver takes.

What is written, and how, is LangGraph's: its own saver reads it. But a checkpoint with its dozen of
values is one statement, and no thread is woken to pack or unpack a few kilobytes.
"""

from collections.abc import Sequence
from typing import Any, Final

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    get_checkpoint_id,
    get_serializable_checkpoint_metadata,
)
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.serde.types import INTERRUPT, RESUME
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

_PUT: Final = """
    WITH blobs AS (
        INSERT INTO checkpoint_blobs (thread_id, checkpoint_ns, channel, version, type, blob)
        SELECT %(thread)s, %(namespace)s, given.* FROM unnest(
            %(channels)s::text[], %(versions)s::text[], %(types)s::text[], %(blobs)s::bytea[]
        ) AS given
        ON CONFLICT (thread_id, checkpoint_ns, channel, version) DO NOTHING
    )
    INSERT INTO checkpoints
        (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, checkpoint, metadata)
    VALUES (%(thread)s, %(namespace)s, %(id)s, %(parent)s, %(checkpoint)s, %(metadata)s)
    ON CONFLICT (thread_id, checkpoint_ns, checkpoint_id)
    DO UPDATE SET checkpoint = EXCLUDED.checkpoint, metadata = EXCLUDED.metadata
"""

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


_Primitive = str | int | float | bool | None


class RunSaver(AsyncPostgresSaver):
    """Used by one run of one thread, and by nobody else at the same time."""

    _empty = False
    _seen: CheckpointTuple | None = None

    async def begins(self, config: RunnableConfig) -> bool:
        """Whether the thread has no checkpoint yet, so that the run need not look again."""
        self._empty = await self.aget_tuple(config) is None
        return self._empty

    async def waits(self, config: RunnableConfig) -> bool:
        """Whether the thread stands at an interrupt that nobody has answered; if so, the run that
        answers it need not look again."""
        seen = await self.aget_tuple(config)
        written = {channel for _, channel, _ in (seen and seen.pending_writes) or ()}
        waits = INTERRUPT in written and RESUME not in written
        self._seen = seen if waits else None
        return waits

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        if self._empty:
            return None
        seen, self._seen = self._seen, None
        if seen is not None and get_checkpoint_id(config) is None:
            return seen
        return await super().aget_tuple(config)

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """As LangGraph's, which inlines plain values and writes each other one by itself."""
        self._empty, self._seen = False, None
        at = config["configurable"]
        place = {"thread_id": at["thread_id"], "checkpoint_ns": at["checkpoint_ns"]}
        values = checkpoint["channel_values"]
        plain = {k: v for k, v in values.items() if isinstance(v, _Primitive)}
        packed = {k: v for k, v in values.items() if k not in plain}
        versions = {k: v for k, v in new_versions.items() if k in packed}
        rows = self._dump_blobs(place["thread_id"], place["checkpoint_ns"], packed, versions)
        given = {
            "thread": place["thread_id"],
            "namespace": place["checkpoint_ns"],
            "channels": [row[2] for row in rows],
            "versions": [row[3] for row in rows],
            "types": [row[4] for row in rows],
            "blobs": [row[5] for row in rows],
            "id": checkpoint["id"],
            "parent": at.get("checkpoint_id"),
            "checkpoint": Jsonb({**checkpoint, "channel_values": plain}),
            "metadata": Jsonb(get_serializable_checkpoint_metadata(config, metadata)),
        }
        async with self._cursor() as cursor:
            await cursor.execute(_PUT, given)
        return {"configurable": {**place, "checkpoint_id": checkpoint["id"]}}

    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        self._empty, self._seen = False, None
        special = all(channel in WRITES_IDX_MAP for channel, _ in writes)
        sql = self.UPSERT_CHECKPOINT_WRITES_SQL if special else self.INSERT_CHECKPOINT_WRITES_SQL
        at = config["configurable"]
        place = at["thread_id"], at["checkpoint_ns"], at["checkpoint_id"]
        rows = self._dump_writes(*place, task_id, task_path, writes)
        async with self._cursor(pipeline=len(rows) > 1) as cursor:
            for row in rows:
                await cursor.execute(sql, row)

    async def keep_latest(self, thread_id: str) -> None:
        """Forgets what led to the newest checkpoint of a thread that is at its end."""
        async with self._cursor() as cursor:
            await cursor.execute(_KEEP_LATEST, {"thread": thread_id})

    async def _load_checkpoint_tuple(self, value: DictRow) -> CheckpointTuple:
        """As LangGraph's, in this thread."""
        at = {"thread_id": value["thread_id"], "checkpoint_ns": value["checkpoint_ns"]}
        parent = value["parent_checkpoint_id"]
        checkpoint: Checkpoint = value["checkpoint"]
        checkpoint["channel_values"] = {
            **(checkpoint.get("channel_values") or {}),
            **self._load_blobs(value["channel_values"]),
        }
        return CheckpointTuple(
            {"configurable": {**at, "checkpoint_id": value["checkpoint_id"]}},
            checkpoint,
            value["metadata"],
            {"configurable": {**at, "checkpoint_id": parent}} if parent else None,
            self._load_writes(value["pending_writes"]),
        )
