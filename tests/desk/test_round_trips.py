"""What takes fewer round trips does the same."""

from typing import Any

from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver

from support_graph.desk import runs
from support_graph.desk.parts import Desk
from support_graph.domain.ids import WorkspaceId
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
