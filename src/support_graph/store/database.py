"""Connections: the application's role sees one workspace per transaction, and nothing without one.

Two roles do the work, and neither owns a table. `support_graph_app` reads and writes workspace rows
under row-level security. `support_graph_engine` runs the queue and the checkpoints, lists
workspaces, and makes new ones; it serves no request of a customer or teammate.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from support_graph.domain.ids import WorkspaceId
from support_graph.store.contacts import Contacts
from support_graph.store.conversations import Conversations
from support_graph.store.decisions import Decisions
from support_graph.store.documents import Documents
from support_graph.store.escalations import Escalations
from support_graph.store.events import Events
from support_graph.store.histories import Histories
from support_graph.store.intents import Intents
from support_graph.store.keys import Keys
from support_graph.store.learned import FiledMessages, Fits, Labels, Records, Signals
from support_graph.store.messages import Messages
from support_graph.store.outbox import Outbox
from support_graph.store.passages import Passages
from support_graph.store.phrasings import Phrasings
from support_graph.store.precedents import Precedents
from support_graph.store.proposals import Proposals
from support_graph.store.resolutions import Resolutions
from support_graph.store.turns import Turns
from support_graph.store.workspaces import Members, Workspaces, WorkspaceSelf

APP_ROLE = "support_graph_app"
ENGINE_ROLE = "support_graph_engine"


def as_role(conninfo: str, role: str) -> str:
    """`conninfo`, with every session starting as `role` (which RESET ROLE returns to)."""
    options = conninfo_to_dict(conninfo).get("options") or ""
    return make_conninfo(conninfo, options=f"{options} -c role={role}".strip())


class Transaction:
    """One transaction inside one workspace: a room per noun, all over the same connection."""

    def __init__(self, connection: AsyncConnection, workspace_id: WorkspaceId) -> None:
        self.connection = connection
        self.workspace_id = workspace_id

    async def driver(self) -> psycopg.AsyncConnection[object]:
        """The psycopg connection beneath, for a job that must commit with the rows."""
        raw = await self.connection.get_raw_connection()
        driver = raw.driver_connection
        assert isinstance(driver, psycopg.AsyncConnection)
        return driver

    async def serialise(self, what: str) -> None:
        """Waits until no other transaction of this workspace holds `what`; held until the end."""
        key = func.hashtextextended(f"{self.workspace_id}:{what}", 0)
        await self.connection.execute(select(func.pg_advisory_xact_lock(key)))

    @cached_property
    def workspace(self) -> WorkspaceSelf:
        return WorkspaceSelf(self.connection, self.workspace_id)

    @cached_property
    def members(self) -> Members:
        return Members(self.connection, self.workspace_id)

    @cached_property
    def keys(self) -> Keys:
        return Keys(self.connection, self.workspace_id)

    @cached_property
    def contacts(self) -> Contacts:
        return Contacts(self.connection, self.workspace_id)

    @cached_property
    def conversations(self) -> Conversations:
        return Conversations(self.connection, self.workspace_id)

    @cached_property
    def messages(self) -> Messages:
        return Messages(self.connection, self.workspace_id)

    @cached_property
    def events(self) -> Events:
        return Events(self.connection, self.workspace_id)

    @cached_property
    def turns(self) -> Turns:
        return Turns(self.connection, self.workspace_id)

    @cached_property
    def escalations(self) -> Escalations:
        return Escalations(self.connection, self.workspace_id)

    @cached_property
    def decisions(self) -> Decisions:
        return Decisions(self.connection, self.workspace_id)

    @cached_property
    def intents(self) -> Intents:
        return Intents(self.connection, self.workspace_id)

    @cached_property
    def resolutions(self) -> Resolutions:
        return Resolutions(self.connection, self.workspace_id)

    @cached_property
    def phrasings(self) -> Phrasings:
        return Phrasings(self.connection, self.workspace_id)

    @cached_property
    def documents(self) -> Documents:
        return Documents(self.connection, self.workspace_id)

    @cached_property
    def passages(self) -> Passages:
        return Passages(self.connection, self.workspace_id)

    @cached_property
    def filed(self) -> FiledMessages:
        return FiledMessages(self.connection, self.workspace_id)

    @cached_property
    def labels(self) -> Labels:
        return Labels(self.connection, self.workspace_id)

    @cached_property
    def fits(self) -> Fits:
        return Fits(self.connection, self.workspace_id)

    @cached_property
    def records(self) -> Records:
        return Records(self.connection, self.workspace_id)

    @cached_property
    def signals(self) -> Signals:
        return Signals(self.connection, self.workspace_id)

    @cached_property
    def precedents(self) -> Precedents:
        return Precedents(self.connection, self.workspace_id)

    @cached_property
    def proposals(self) -> Proposals:
        return Proposals(self.connection, self.workspace_id)

    @cached_property
    def histories(self) -> Histories:
        return Histories(self.connection, self.workspace_id)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.connection, self.workspace_id)


class Scope:
    """One workspace's stores."""

    def __init__(self, engine: AsyncEngine, workspace_id: WorkspaceId) -> None:
        self._engine = engine
        self.workspace_id = workspace_id

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Transaction]:
        """A transaction that commits at the end of the block, and rolls back on any error."""
        own = ("app.workspace_id", str(self.workspace_id))
        async with _begun(self._engine, own) as connection:
            yield Transaction(connection, self.workspace_id)


class Stores:
    """The database as the desk sees it: nothing is reachable but through a workspace."""

    def __init__(self, *, app: str, engine: str, pool_size: int = 20) -> None:
        """`app` and `engine` are conninfo strings whose sessions are in those roles."""
        self._engine = _engine(app, pool_size)
        self._operator = _engine(engine, 2)
        self.checkpoints = AsyncConnectionPool(
            engine,
            min_size=1,
            max_size=10,
            open=False,
            kwargs={"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row},
        )

    async def open(self) -> None:
        await self.checkpoints.open(wait=True)

    async def close(self) -> None:
        await self.checkpoints.close()
        await self._engine.dispose()
        await self._operator.dispose()

    def within(self, workspace_id: WorkspaceId) -> Scope:
        return Scope(self._engine, workspace_id)

    @asynccontextmanager
    async def across(self) -> AsyncIterator[Workspaces]:
        """The workspaces themselves, and what must be looked for in all of them."""
        async with self._operator.begin() as connection:
            yield Workspaces(connection)

    @asynccontextmanager
    async def presenting(self, digest: bytes) -> AsyncIterator[AsyncConnection]:
        """A transaction in no workspace, which sees the one key that has this digest."""
        async with _begun(self._engine, ("app.key_digest", digest.hex())) as connection:
            yield connection


def _engine(conninfo: str, pool_size: int) -> AsyncEngine:
    async def connect() -> psycopg.AsyncConnection[tuple[object, ...]]:
        return await psycopg.AsyncConnection.connect(conninfo)

    return create_async_engine(
        "postgresql+psycopg://",
        async_creator=connect,
        pool_size=pool_size,
        max_overflow=pool_size,
    )


@asynccontextmanager
async def _begun(engine: AsyncEngine, setting: tuple[str, str]) -> AsyncIterator[AsyncConnection]:
    """A transaction with a setting of its own.

    Its first statement shows whether a pooled connection is still alive, so none is pinged before.
    """
    connection = await _first_statement(engine, setting)
    try:
        yield connection
        await connection.commit()
    finally:
        await connection.close()


async def _first_statement(engine: AsyncEngine, setting: tuple[str, str]) -> AsyncConnection:
    for last in (False, True):
        connection = await engine.connect()
        try:
            await connection.exec_driver_sql("SELECT set_config(%s, %s, true)", setting)
        except DBAPIError as error:
            await connection.close()
            if last or not error.connection_invalidated:
                raise
        else:
            return connection
    raise AssertionError("the second try returns or raises")
