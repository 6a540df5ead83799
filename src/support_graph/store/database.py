"""Connections: the application's role sees one workspace per transaction, and nothing without one.

Two roles do the work, and neither owns a table. `support_graph_app` reads and writes workspace rows
under row-level security. `support_graph_engine` runs the queue and the checkpoints, lists
workspaces, and makes new ones; it serves no request of a customer or teammate.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from support_graph.domain.ids import WorkspaceId
from support_graph.store.analytics import Analytics
from support_graph.store.answered import AnsweredMessages
from support_graph.store.audit import AuditLog
from support_graph.store.begin import Begin
from support_graph.store.beginnings import FirstSteps
from support_graph.store.catalogue import Catalogue
from support_graph.store.citations import Citations
from support_graph.store.contacts import Contacts
from support_graph.store.conversations import Conversations
from support_graph.store.decisions import Decisions
from support_graph.store.documents import Documents
from support_graph.store.escalations import Escalations
from support_graph.store.events import Events
from support_graph.store.filed import FiledMessages
from support_graph.store.finder import Finder
from support_graph.store.histories import Histories
from support_graph.store.inbox import Inbox
from support_graph.store.inductions import Inductions
from support_graph.store.intent_examples import IntentExamples
from support_graph.store.intent_log import IntentLog
from support_graph.store.intent_statistics import IntentCounts
from support_graph.store.intent_turns import IntentTurns
from support_graph.store.intents import Intents
from support_graph.store.keys import Keys
from support_graph.store.labels import Fits, Labels
from support_graph.store.merges import Merges
from support_graph.store.messages import Messages
from support_graph.store.outbox import Outbox
from support_graph.store.passages import Passages
from support_graph.store.people import Door
from support_graph.store.phrasings import Phrasings
from support_graph.store.precedents import Precedents
from support_graph.store.precisions import Precisions
from support_graph.store.prepared import Driver
from support_graph.store.presences import Presences
from support_graph.store.proposals import Proposals
from support_graph.store.records import Records
from support_graph.store.removals import Removals
from support_graph.store.resolutions import Resolutions
from support_graph.store.rooms import driver_of, serialise
from support_graph.store.signals import Outcomes, Signals
from support_graph.store.threads import Threads
from support_graph.store.trends import Trends
from support_graph.store.turns import Turns
from support_graph.store.waiting import WaitingJobs
from support_graph.store.workspaces import Members, Workspaces, WorkspaceSelf

APP_ROLE = "support_graph_app"
ENGINE_ROLE = "support_graph_engine"

_PLAIN = re.compile(r"[0-9a-f-]*")
_STATEMENTS_KEPT = 1_000
"""Prepared ones a connection: more than there are, or they would be prepared over and over."""


def as_role(conninfo: str, role: str) -> str:
    """`conninfo`, with every session starting as `role` (which RESET ROLE returns to)."""
    options = conninfo_to_dict(conninfo).get("options") or ""
    return make_conninfo(conninfo, options=f"{options} -c role={role}".strip())


class Transaction:
    """One transaction inside one workspace: a room per noun, all over the same connection."""

    def __init__(
        self, connection: AsyncConnection, workspace_id: WorkspaceId, *, reading: bool = False
    ) -> None:
        """`reading`: Postgres refuses whatever would be written."""
        self.connection = connection
        self.workspace_id = workspace_id
        self.reading = reading

    @cached_property
    def driver(self) -> Driver:
        """The psycopg connection beneath, for a job that must commit with the rows."""
        return driver_of(self.connection)

    async def serialise(self, what: str) -> None:
        """Waits until no other transaction of this workspace holds `what`; held until the end."""
        await serialise(self.driver, self.workspace_id, what)

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
    def audit(self) -> AuditLog:
        return AuditLog(self.connection, self.workspace_id)

    @cached_property
    def contacts(self) -> Contacts:
        return Contacts(self.connection, self.workspace_id)

    @cached_property
    def conversations(self) -> Conversations:
        return Conversations(self.connection, self.workspace_id)

    @cached_property
    def threads(self) -> Threads:
        return Threads(self.connection, self.workspace_id)

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
    def inbox(self) -> Inbox:
        return Inbox(self.connection, self.workspace_id)

    @cached_property
    def first_steps(self) -> FirstSteps:
        return FirstSteps(self.connection, self.workspace_id)

    @cached_property
    def found(self) -> Finder:
        return Finder(self.connection, self.workspace_id)

    @cached_property
    def presences(self) -> Presences:
        return Presences(self.connection, self.workspace_id)

    @cached_property
    def decisions(self) -> Decisions:
        return Decisions(self.connection, self.workspace_id)

    @cached_property
    def intents(self) -> Intents:
        return Intents(self.connection, self.workspace_id)

    @cached_property
    def inductions(self) -> Inductions:
        return Inductions(self.connection, self.workspace_id)

    @cached_property
    def intent_examples(self) -> IntentExamples:
        return IntentExamples(self.connection, self.workspace_id)

    @cached_property
    def intent_turns(self) -> IntentTurns:
        return IntentTurns(self.connection, self.workspace_id)

    @cached_property
    def intent_log(self) -> IntentLog:
        return IntentLog(self.connection, self.workspace_id)

    @cached_property
    def intent_counts(self) -> IntentCounts:
        return IntentCounts(self.connection, self.workspace_id)

    @cached_property
    def resolutions(self) -> Resolutions:
        return Resolutions(self.connection, self.workspace_id)

    @cached_property
    def catalogue(self) -> Catalogue:
        return Catalogue(self.connection, self.workspace_id)

    @cached_property
    def phrasings(self) -> Phrasings:
        return Phrasings(self.connection, self.workspace_id)

    @cached_property
    def documents(self) -> Documents:
        return Documents(self.connection, self.workspace_id)

    @cached_property
    def removals(self) -> Removals:
        return Removals(self.connection, self.workspace_id)

    @cached_property
    def citations(self) -> Citations:
        return Citations(self.connection, self.workspace_id)

    @cached_property
    def passages(self) -> Passages:
        return Passages(self.connection, self.workspace_id)

    @cached_property
    def filed(self) -> FiledMessages:
        return FiledMessages(self.connection, self.workspace_id)

    @cached_property
    def answered(self) -> AnsweredMessages:
        return AnsweredMessages(self.connection, self.workspace_id)

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
    def outcomes(self) -> Outcomes:
        return Outcomes(self.connection, self.workspace_id)

    @cached_property
    def precisions(self) -> Precisions:
        return Precisions(self.connection, self.workspace_id)

    @cached_property
    def analytics(self) -> Analytics:
        return Analytics(self.connection, self.workspace_id)

    @cached_property
    def trends(self) -> Trends:
        return Trends(self.connection, self.workspace_id)

    @cached_property
    def precedents(self) -> Precedents:
        return Precedents(self.connection, self.workspace_id)

    @cached_property
    def proposals(self) -> Proposals:
        return Proposals(self.connection, self.workspace_id)

    @cached_property
    def merges(self) -> Merges:
        return Merges(self.connection, self.workspace_id)

    @cached_property
    def histories(self) -> Histories:
        return Histories(self.connection, self.workspace_id)

    @cached_property
    def waiting_jobs(self) -> WaitingJobs:
        return WaitingJobs(self.connection, self.workspace_id)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.connection, self.workspace_id)


class Scope:
    """One workspace's stores."""

    def __init__(self, begin: Begin, workspace_id: WorkspaceId, *, reading: bool = False) -> None:
        self._begin = begin
        self.workspace_id = workspace_id
        self._reading = reading

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Transaction]:
        """A transaction that commits at the end of the block, and rolls back on any error."""
        first = _setting("workspace_id", self.workspace_id, reading=self._reading)
        async with self._begin(first) as connection:
            yield Transaction(connection, self.workspace_id, reading=self._reading)


class Stores:
    """The database as the desk sees it: nothing is reachable but through a workspace."""

    def __init__(self, *, app: str, engine: str, pool_size: int = 20) -> None:
        """`app` and `engine` are conninfo strings whose sessions are in those roles."""
        # Transactions are begun by hand, in the same round trip as what they see is set.
        self._begin = Begin(
            _engine(app, pool_size, isolation_level="AUTOCOMMIT"), at_once=2 * pool_size
        )
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
        await self._begin.close()
        await self._operator.dispose()

    def within(self, workspace_id: WorkspaceId, *, reading: bool = False) -> Scope:
        """`reading`: it can't be written to."""
        return Scope(self._begin, workspace_id, reading=reading)

    @asynccontextmanager
    async def across(self) -> AsyncIterator[Workspaces]:
        """The workspaces themselves, and what must be looked for in all of them."""
        async with self._operator.begin() as connection:
            yield Workspaces(connection)

    @asynccontextmanager
    async def at_the_door(self) -> AsyncIterator[Door]:
        """A transaction in no workspace, in which somebody shows who they are."""
        async with self._begin(_setting("person_id", "")) as connection:
            yield Door(connection)

    @asynccontextmanager
    async def presenting(self, digest: bytes) -> AsyncIterator[AsyncConnection]:
        """A transaction in no workspace, which sees the one key that has this digest."""
        async with self._begin(_setting("key_digest", digest.hex())) as connection:
            yield connection


def _engine(conninfo: str, pool_size: int, **options: Any) -> AsyncEngine:
    async def connect() -> Driver:
        connection = await Driver.connect(conninfo)
        connection.prepared_max = _STATEMENTS_KEPT
        return connection

    return create_async_engine(
        "postgresql+psycopg://",
        async_creator=connect,
        pool_size=pool_size,
        max_overflow=pool_size,
        # The one that was used last: its statements are prepared, and what it read is at hand.
        pool_use_lifo=True,
        **options,
    )


def _setting(name: str, value: WorkspaceId | str, *, reading: bool = False) -> bytes:
    """What a transaction begins with; the value is hexadecimal digits and dashes, so it is inlined:
    with parameters, beginning and setting would take two round trips."""
    plain = str(value)
    assert _PLAIN.fullmatch(plain), name
    begin = "BEGIN READ ONLY" if reading else "BEGIN"
    return f"{begin}; SELECT set_config('app.{name}', '{plain}', true)".encode()
