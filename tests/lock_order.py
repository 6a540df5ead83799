"""Watches in which order transactions lock, since two that differ can wait for each other for ever.

A deadlock needs two transactions in the same millisecond, and so shows once in a thousand runs; the
order in which each of them locks shows in every run. The order is that of docs/architecture.md.
"""

import re
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
import pytest
from procrastinate.types import JobToDefer
from psycopg.pq import TransactionStatus

from support_graph.store.prepared import Driver

ROWS = "other rows"
JOBS = "jobs that wait once"
ORDER = (
    ("key idempotency",),
    ("key message", "key members", "key settings", "key inductions", "key index"),
    ("contact_ids",),
    ("contacts",),
    ("conversations",),
    ("induced_intents", "key refit"),
    ("key store",),
    ("key signals", "key intents", "key precision"),
    ("links",),
    (ROWS,),
    (JOBS,),
)
"""Tables whose rows are locked, and keys that are taken by `serialise`, up to the first colon.

Of those in one line a transaction takes one only, or they stand in no relation.
"""
OF_CONVERSATION = {"turns", "escalations", "decisions"}
"""Whoever has locked the conversation need not mind where these stand: nobody who has not wants
anything after them that others hold."""

_RANK = {name: rank for rank, names in enumerate(ORDER) for name in names}
_WRITES = re.compile(
    r"\bUPDATE (\w+) SET\b|\bDELETE FROM (\w+)|\bINSERT INTO (\w+) .*\bON CONFLICT\b"
)
_WAITS_ONCE = JobToDefer._fields.index("queueing_lock")
_READS_LOCKED = re.compile(r"\bFROM (\w+).*\bFOR (?:NO KEY )?UPDATE$")


class LockOrder:
    """What every transaction holds, and which of them locked against the order."""

    def __init__(self) -> None:
        self.broken: list[str] = []
        self._held: WeakKeyDictionary[Driver, set[str]] = WeakKeyDictionary()

    def begin(self, connection: Driver) -> None:
        self._held[connection] = set()

    def note(self, connection: Driver, names: Sequence[str]) -> None:
        held = self._held.setdefault(connection, set())
        for name in names:
            if name in OF_CONVERSATION and "conversations" in held:
                continue
            above = [one for one in held if _rank(one) > _rank(name)]
            if name not in held and above:
                where = "".join(traceback.format_list(traceback.extract_stack()[-14:-2]))
                self.broken.append(f"{name} is locked after {', '.join(sorted(above))}:\n{where}")
            held.add(name)


def _rank(name: str) -> int:
    return _RANK.get(name, _RANK[ROWS])


def locked_by(query: Any, params: Any) -> Sequence[str]:
    """The names of what a statement locks until its transaction ends.

    A new row with a name that another transaction is just giving to one waits as well; of those
    only the ones that reckon with it (ON CONFLICT) are known here.
    """
    sql = query.decode() if isinstance(query, bytes) else str(query)
    if "pg_advisory_xact_lock" in sql:
        return [f"key {params[0].split(':')[1]}"]
    if "procrastinate_defer_jobs" in sql:
        return [JOBS] if any(job[_WAITS_ONCE] for job in params["jobs"]) else []
    return _rows_locked_by(sql)


@cache
def _rows_locked_by(sql: str) -> Sequence[str]:
    """Kept, since the same few hundred statements come again and again."""
    line = " ".join(sql.split())
    written = [next(filter(None, names)) for names in _WRITES.findall(line)]
    return [*written, *_READS_LOCKED.findall(line)]


@contextmanager
def watched() -> Iterator[LockOrder]:
    """All transactions of this process, until the end of the block."""
    order = LockOrder()
    execute = psycopg.AsyncCursor.execute

    async def noted(self: Any, query: Any, params: Any = None, **options: Any) -> Any:
        ours = isinstance(self.connection, Driver)
        if ours and self.connection.info.transaction_status is TransactionStatus.IDLE:
            order.begin(self.connection)
        executed = await execute(self, query, params, **options)
        if ours and self.rowcount:  # where nothing was found, nothing is locked
            order.note(self.connection, locked_by(query, params))
        return executed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.AsyncCursor, "execute", noted)
        yield order
