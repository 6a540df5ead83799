"""What a contact's history costs on a message's path.

    python -m benchmarks.history [--conversations N]

A workspace with N conversations of two turns, of contacts who have ten each, and one newcomer.
Milliseconds in an open transaction: reading the conversation, as every turn does, with and without
looking whether its contact was here before; and the query for the history, which only contacts who
were pay for.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, text

from support_graph import bootstrap
from support_graph.desk.parts import Desk
from support_graph.domain.ids import ConversationId, WorkspaceId, new_id
from support_graph.settings import Settings
from support_graph.store.database import Transaction
from support_graph.store.tables import contacts, conversations, messages, turns

_EACH = 10
_TURNS = 2
_TIMES = 300
_EXPLANATION = {
    "standalone": "How do I reset my key?",
    "draft": {"resolution_id": None, "text": "Press Regenerate. " * 20},
    "features": {f"feature {n}": n / 7 for n in range(60)},
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--conversations", type=int, default=20_000)
    asyncio.run(_run(parser.parse_args().conversations))


async def _run(count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="sghist", ignore_cleanup_errors=True) as folder:
        settings = Settings(data=Path(folder), database_url=None, chroma_url=None)
        async with bootstrap.desk(settings, listen=False) as desk:
            async with desk.stores.across() as workspaces:
                workspace = (await workspaces.create("history")).id
            newest, newcomer = await _filled(desk, workspace, count)
            async with desk.stores.within(workspace).begin() as tx:
                await tx.connection.execute(text("SELECT 1"))
                await _compare(tx, newest, newcomer)


async def _filled(
    desk: Desk, workspace: WorkspaceId, count: int
) -> tuple[ConversationId, ConversationId]:
    """The newest conversation of somebody who was here before, and that of a newcomer."""
    people = [new_id() for _ in range(count // _EACH + 1)]
    # Each contact's conversations lie apart, as they do in life.
    rows = [{"id": new_id(), "contact_id": people[n % (len(people) - 1)]} for n in range(count)] + [
        {"id": new_id(), "contact_id": people[-1]}
    ]
    shared = {"workspace_id": workspace}
    async with desk.stores.within(workspace).begin() as tx:
        await tx.connection.execute(insert(contacts), [{**shared, "id": p} for p in people])
        await tx.connection.execute(
            insert(conversations),
            [{**shared, **row, "channel": "api", "status": "resolved"} for row in rows],
        )
        said: list[dict[str, Any]] = []
        asked: list[dict[str, Any]] = []
        for row in rows:
            for _ in range(_TURNS):
                question, reply, of = new_id(), new_id(), {"conversation_id": row["id"]}
                base = {**shared, **of, "channel": "api", "delivery": "sent"}
                said += [
                    {**base, "id": question, "direction": "incoming", "author": "contact",
                     "text": "How do I reset my key?"},
                    {**base, "id": reply, "direction": "outgoing", "author": "assistant",
                     "text": "Press Regenerate."},
                ]  # fmt: skip
                asked.append(
                    {**shared, **of, "id": new_id(), "message_id": question, "reply_id": reply,
                     "status": "answered", "question": "How do I reset my key?",
                     "explanation": _EXPLANATION}
                )  # fmt: skip
        for table, values in ((messages, said), (turns, asked)):
            for begin in range(0, len(values), 5_000):
                await tx.connection.execute(insert(table), values[begin : begin + 5_000])
    return ConversationId(rows[-2]["id"]), ConversationId(rows[-1]["id"])


async def _compare(tx: Transaction, newest: ConversationId, newcomer: ConversationId) -> None:
    # The same query without the look at other conversations.
    plain = tx.conversations._query()  # noqa: SLF001 - to measure a part of it
    columns = [c for c in plain.selected_columns if c.name != "returning"]
    without = plain.with_only_columns(*columns, maintain_column_froms=True)
    now = datetime.now(UTC)
    work: dict[str, Callable[[], Awaitable[Any]]] = {
        "SELECT 1": lambda: tx.connection.execute(select(1)),
        "conversation, without looking": lambda: tx.connection.execute(
            without.where(conversations.c.id == newest)
        ),
        "conversation, as it is read": lambda: tx.connection.execute(
            plain.where(conversations.c.id == newest)
        ),
        "conversation of a newcomer": lambda: tx.connection.execute(
            plain.where(conversations.c.id == newcomer)
        ),
        "history of ten episodes": lambda: tx.histories.before(newest, now=now, last=10),
    }
    spent: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(_TIMES):  # in turns, so that whatever else the machine does hits all of them
        for name, one in work.items():
            started = time.perf_counter()
            await one()
            spent[name].append((time.perf_counter() - started) * 1000)
    for name, times in spent.items():
        print(f"{name:32}{statistics.median(times):8.2f} ms")


if __name__ == "__main__":
    main()
