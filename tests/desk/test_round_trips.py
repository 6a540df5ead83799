"""What takes fewer round trips does the same."""

import json
from typing import Any

from langgraph.checkpoint.base import ChannelVersions, CheckpointTuple, empty_checkpoint
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.types import Interrupt

from support_graph.desk import runs
from support_graph.desk.parts import Desk
from support_graph.domain.ids import WorkspaceId, new_id
from support_graph.domain.turns import Turn
from support_graph.store.checkpoints import RunSaver
from tests.desk.conftest import Answerer, Customer

_TABLES = ("checkpoints", "checkpoint_blobs", "checkpoint_writes")


async def _kept(desk: Desk, turn: Turn) -> dict[str, list[Any]]:
    kept: dict[str, list[Any]] = {}
    async with desk.stores.checkpoints.connection() as connection:
        for table in _TABLES:
            query = f"SELECT * FROM {table} WHERE thread_id = %s ORDER BY 3, 4"
            found = await connection.execute(query, [str(turn.id)])
            kept[table] = list(await found.fetchall())
    return kept


async def test_a_learned_turn_keeps_what_langgraphs_own_pruning_would_keep(
    ana: Customer, tina: Answerer
) -> None:
    turn = await ana.asks("Where is my parcel?")
    before = await _kept(ana.desk, turn)
    await tina.answers(turn, "It comes on Friday.")
    saver = RunSaver(ana.desk.stores.checkpoints)  # type: ignore[arg-type]
    await saver.keep_latest(str(turn.id))
    after = await _kept(ana.desk, turn)
    assert len(after["checkpoints"]) == 1
    assert before["checkpoints"][0] not in after["checkpoints"]

    theirs = AsyncPostgresSaver(ana.desk.stores.checkpoints)  # type: ignore[arg-type]
    await theirs.aprune([str(turn.id)], strategy="keep_latest")

    assert await _kept(ana.desk, turn) == after
    again = await runs.resume(ana.desk, turn.id, "of no matter", {})
    assert again.state["reply"] == "It comes on Friday."


async def test_the_queue_replaces_connections_that_postgres_has_closed(idle_desk: Desk) -> None:
    pool = idle_desk.queue.app.connector.pool  # type: ignore[attr-defined]
    async with pool.connection() as connection:
        found = await connection.execute("SELECT pg_backend_pid()")
        (pid,) = await found.fetchone()
    async with idle_desk.stores.checkpoints.connection() as other:
        await other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    for _ in range(pool.max_size):
        row = await idle_desk.queue.app.connector.execute_query_one_async("SELECT 1 AS one")
        assert row["one"] == 1


async def test_what_was_told_before_anybody_listened_is_found_all_the_same(
    desk: Desk, workspace: WorkspaceId
) -> None:
    async def look() -> str:
        return "there"

    subject = f"told before:{workspace}"
    found = await desk.listener.until(subject, look, seconds=120, expected=True)

    assert found == "there"


async def test_a_run_writes_what_langgraphs_own_saver_would_write(desk: Desk) -> None:
    pool = desk.stores.checkpoints
    savers = RunSaver(pool), AsyncPostgresSaver(pool)  # type: ignore[arg-type]
    found = []
    for saver in savers:
        thread = str(new_id())
        first = await _put(saver, thread, {"text": "Hi", "hits": [{"id": 1}], "none": None}, "1")
        await saver.aput_writes(first, [("hits", [2]), ("text", "Ho")], "task", "path")
        await saver.aput_writes(first, [("__interrupt__", [Interrupt("Well?", id="i")])], "task")
        await saver.aput_writes(first, [("__interrupt__", [Interrupt("And?", id="i")])], "task")
        second = await _put(saver, thread, {"text": "Ho", "hits": [{"id": 1}], "sure": True}, "2")
        rows = await _rows(desk, thread)
        read = [await savers[1].aget_tuple(config) for config in (first, second)]
        assert [await savers[0].aget_tuple(config) for config in (first, second)] == read
        found.append((rows, [_without_thread(one) for one in read]))
    assert found[0] == found[1]
    assert [len(rows) for rows in found[0][0].values()] == [2, 2, 3]


async def _put(saver: AsyncPostgresSaver, thread: str, values: dict[str, Any], at: str) -> Any:
    """Another version of each value, under the checkpoint before."""
    versions: ChannelVersions = {name: f"{name}.{at}" for name in values}
    checkpoint = empty_checkpoint()
    checkpoint["id"], checkpoint["ts"] = at, "now"
    checkpoint["channel_values"], checkpoint["channel_versions"] = values, versions
    before: dict[str, Any] = {"thread_id": thread, "checkpoint_ns": ""}
    if at != "1":
        before["checkpoint_id"] = "1"
    return await saver.aput({"configurable": before}, checkpoint, {"step": int(at)}, versions)


async def _rows(desk: Desk, thread: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    async with desk.stores.checkpoints.connection() as connection:
        for table in _TABLES:
            query = f"SELECT to_jsonb({table}) - 'thread_id' AS row FROM {table}"
            rows = await connection.execute(f"{query} WHERE thread_id = %s", [thread])
            found[table] = sorted(json.dumps(row) for row in await rows.fetchall())
    return found


def _without_thread(read: CheckpointTuple | None) -> Any:
    assert read is not None
    assert read.pending_writes is not None
    return read.checkpoint, read.metadata, sorted(map(repr, read.pending_writes))
