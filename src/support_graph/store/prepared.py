"""Statements that are built and compiled once, and run by the driver itself.

A message takes some hundred statements. To build, compile and run one through SQLAlchemy's engine
takes three times as long as the driver alone (see benchmarks.statements), so those on a message's
way are prepared; the others are not, and read better for it.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import psycopg
from psycopg.rows import DictRow, TupleRow
from psycopg.types.json import Jsonb
from sqlalchemy import BindParameter, ColumnElement, LargeBinary, Table, any_, bindparam, types
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

# Postgres' own placeholders: what the driver has nothing to read in, it need not read.
_DIALECT = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


class Driver(psycopg.AsyncConnection[TupleRow]):
    """A connection with a cursor at hand: to make one takes a quarter of a statement's time."""

    @cached_property
    def at_hand(self) -> psycopg.AsyncRawCursor[TupleRow]:
        """For who has read what it found before anything else is awaited."""
        return psycopg.AsyncRawCursor(self)


class Prepared:
    """`columns` are those that an INSERT or UPDATE takes from the values, by their own names."""

    def __init__(self, statement: ClauseElement, *, columns: Sequence[str] = ()) -> None:
        self._statement = statement
        self._columns = list(columns) or None
        self._names: tuple[str, ...] | None = None

    async def rows(self, driver: Driver, values: Mapping[str, Any]) -> list[DictRow]:
        """By their columns' names. Values that the statement has no place for are left out."""
        cursor = await self._run(driver, values)
        if self._names is None:
            self._names = tuple(column.name for column in cursor.description or ())
        return [dict(zip(self._names, row, strict=True)) for row in await cursor.fetchall()]

    async def touched(self, driver: Driver, values: Mapping[str, Any]) -> int:
        """How many rows it touched."""
        return (await self._run(driver, values)).rowcount

    async def _run(
        self, driver: Driver, values: Mapping[str, Any]
    ) -> psycopg.AsyncRawCursor[TupleRow]:
        given = {**self._fixed, **values}
        for name in self._json:
            given[name] = Jsonb(given[name])
        return await driver.at_hand.execute(
            self._sql, [given[name] for name in self._order], prepare=True, binary=self._binary
        )

    @cached_property
    def _compiled(self) -> SQLCompiler:
        compiled = self._statement.compile(dialect=_DIALECT, column_keys=self._columns)
        assert isinstance(compiled, SQLCompiler)
        return compiled

    @cached_property
    def _sql(self) -> bytes:
        return str(self._compiled).encode()

    @cached_property
    def _order(self) -> Sequence[str]:
        return self._compiled.positiontup or ()

    @cached_property
    def _binary(self) -> bool:
        """Vectors and lists of numbers come faster as they are; all else does not."""
        columns = getattr(self._statement, "selected_columns", ())
        return any(isinstance(column.type, LargeBinary | types.ARRAY) for column in columns)

    @cached_property
    def _fixed(self) -> dict[str, Any]:
        """The values that stand in the statement itself."""
        return {n: b.value for n, b in self._compiled.binds.items() if not b.required}

    @cached_property
    def _json(self) -> frozenset[str]:
        """The driver takes a dict or a list for JSON only when it is told so."""
        return frozenset(n for n, b in self._compiled.binds.items() if isinstance(b.type, JSONB))


def own(table: Table) -> ColumnElement[bool]:
    """Row-level security says it again; the planner wants to hear it from us."""
    return table.c.workspace_id == bindparam("own_workspace")


def one_of(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """`column` is among the ids given under `name`."""
    ids: BindParameter[Any] = bindparam(name, type_=ARRAY(UUID(as_uuid=True)))
    return column == any_(ids)
