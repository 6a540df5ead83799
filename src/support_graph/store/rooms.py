"""What every noun's room shares: a connection, the workspace, and how pages are cut."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Executable, Select, Table, Text, bindparam, cast, func, or_, select
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from support_graph.domain.ids import WorkspaceId
from support_graph.store.prepared import Driver, Prepared

T = TypeVar("T")

Row = Mapping[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """One page of a list, newest first; `next_cursor` is None on the last."""

    items: tuple[T, ...]
    next_cursor: UUID | None


_SERIALISE = Prepared(
    select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("what"), 0)))
)


async def serialise(driver: Driver, workspace_id: WorkspaceId, what: str) -> None:
    """Waits until no other transaction of the workspace holds `what`; held until the end."""
    await _SERIALISE.touched(driver, {"what": f"{workspace_id}:{what}"})


def driver_of(connection: AsyncConnection) -> Driver:
    """The psycopg connection beneath, in the same transaction."""
    assert connection.sync_connection is not None
    driver = connection.sync_connection.connection.driver_connection
    assert isinstance(driver, Driver)
    return driver


class Room:
    """SQL about one noun, inside one workspace and one transaction."""

    def __init__(self, connection: AsyncConnection, workspace_id: WorkspaceId) -> None:
        self._connection = connection
        self._workspace_id = workspace_id

    @cached_property
    def _driver(self) -> Driver:
        return driver_of(self._connection)

    async def _rows(self, statement: Prepared, **values: Any) -> Sequence[Row]:
        return await statement.rows(self._driver, self._named(values))

    async def _first(self, statement: Prepared, **values: Any) -> Row | None:
        return next(iter(await statement.rows(self._driver, self._named(values))), None)

    async def _do(self, statement: Prepared, **values: Any) -> int:
        """How many rows it touched."""
        return await statement.touched(self._driver, self._named(values))

    def _named(self, values: dict[str, Any]) -> dict[str, Any]:
        return {"workspace_id": self._workspace_id, "own_workspace": self._workspace_id, **values}

    async def _all(self, statement: Executable) -> Sequence[RowMapping]:
        return (await self._connection.execute(statement)).mappings().all()

    async def _one(self, statement: Executable) -> RowMapping | None:
        return (await self._connection.execute(statement)).mappings().first()

    async def _run(self, statement: Executable) -> int:
        """How many rows it touched."""
        return (await self._connection.execute(statement)).rowcount

    def _own(self, table: Table) -> Any:
        """Row-level security says it again; the planner wants to hear it from us."""
        return table.c.workspace_id == self._workspace_id

    async def _page(
        self, query: Select[Any], table: Table, *, cursor: UUID | None, limit: int
    ) -> tuple[Sequence[RowMapping], UUID | None]:
        """`limit` rows older than `cursor`, and the cursor of the next page."""
        if cursor is not None:
            query = query.where(table.c.id < cursor)
        rows = await self._all(query.order_by(table.c.id.desc()).limit(limit + 1))
        more = len(rows) > limit
        return rows[:limit], rows[limit - 1]["id"] if more else None

    async def _ids_like(self, table: Table, part: str) -> Sequence[UUID]:
        """At most ten ids that begin or end with `part` (hexadecimal digits and dashes)."""
        written = cast(table.c.id, Text)
        like = or_(written.startswith(part), written.endswith(part))
        rows = await self._all(select(table.c.id).where(self._own(table), like).limit(10))
        return [row["id"] for row in rows]
