"""Transactions lock in one order; the watcher of all tests sees the ones that don't."""

from typing import Any

import pytest

from support_graph.desk.parts import Desk
from support_graph.domain.errors import NotFound
from support_graph.domain.ids import ConversationId, WorkspaceId, new_id
from tests.lock_order import LockOrder, locked_by


async def test_who_locks_against_the_order_is_seen(
    desk: Desk, workspace: WorkspaceId, lock_order: LockOrder
) -> None:
    async with desk.stores.within(workspace).begin() as tx:
        await tx.serialise("intents")
        await tx.workspace.lock_store()
    (seen,) = lock_order.broken
    assert seen.startswith("key store is locked after key intents:")
    assert "test_lock_order.py" in seen
    lock_order.broken.clear()


async def test_what_is_not_there_is_not_locked(
    desk: Desk, workspace: WorkspaceId, lock_order: LockOrder
) -> None:
    async with desk.stores.within(workspace).begin() as tx:
        await tx.workspace.lock_store()
        with pytest.raises(NotFound):
            await tx.conversations.lock(ConversationId(new_id()))
    assert not lock_order.broken


async def test_what_a_transaction_held_is_forgotten_at_its_end(
    desk: Desk, workspace: WorkspaceId, lock_order: LockOrder
) -> None:
    scope = desk.stores.within(workspace)
    for what in ("intents", "settings"):
        async with scope.begin() as tx:
            await tx.serialise(what)
    async with scope.begin() as tx:
        await tx.workspace.lock_store()
        await tx.serialise("intents")
        await tx.workspace.lock_store()
        await tx.workspace.next_store_version()
    assert not lock_order.broken


@pytest.mark.parametrize(
    ("query", "params", "names"),
    [
        ("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", ["w:refit:brain"], ["key refit"]),
        (b"UPDATE turns SET reply_id=$1 WHERE true", [], ["turns"]),
        (
            "WITH given AS (UPDATE turns SET x = 1)\nUPDATE escalations SET x = 1",
            None,
            ["turns", "escalations"],
        ),
        ("DELETE FROM links WHERE true", None, ["links"]),
        ("INSERT INTO contacts (id)\nVALUES ($1) ON CONFLICT DO NOTHING", [1], ["contacts"]),
        ("INSERT INTO messages (id) VALUES ($1)", [1], []),
        (
            "SELECT id FROM conversations WHERE id IN (SELECT x FROM y) FOR NO KEY UPDATE",
            [],
            ["conversations"],
        ),
        ("SELECT id FROM labels FOR SHARE SKIP LOCKED", [], []),
        ("SELECT id FROM jobs FOR NO KEY UPDATE SKIP LOCKED", [], []),
    ],
)
def test_it_is_known_what_a_statement_locks(query: Any, params: Any, names: list[str]) -> None:
    assert locked_by(query, params) == names
