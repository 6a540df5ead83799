"""Brings a database up to date: roles, our tables, the queue's and the checkpoints'."""

import asyncio
from importlib.resources import files

import psycopg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from procrastinate.schema import SchemaManager
from psycopg import sql
from psycopg.rows import dict_row
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from support_graph.store.database import APP_ROLE, ENGINE_ROLE

_LOCK = 0x5_0_9_9_0_2_7
"""Held while migrating, so that two processes that start at once don't both do it."""

_ASK_AGAIN_SECONDS = 0.05

_OLDEST_POSTGRES = 140000


class DatabaseTooOld(Exception):
    def __init__(self, version: int) -> None:
        super().__init__(
            f"PostgreSQL 14 or later is needed, and this server is {version // 10000}."
        )


class RolesMissing(Exception):
    """The database user may not create the two roles that the walls between workspaces need."""

    def __init__(self, user: str) -> None:
        super().__init__(
            f"The database user {user!r} may not create roles. Have an administrator run: "
            f"CREATE ROLE {APP_ROLE} NOLOGIN; CREATE ROLE {ENGINE_ROLE} NOLOGIN; "
            f'GRANT {APP_ROLE}, {ENGINE_ROLE} TO "{user}";'
        )


class SchemaOutdated(Exception):
    def __init__(self, found: str | None, needed: str | None) -> None:
        super().__init__(
            f"The database is at schema {found or 'none'}, and this version needs {needed}: "
            "run `support-graph migrate`."
        )


async def migrate(conninfo: str, *, embedded: bool) -> None:
    """Creates or upgrades everything; running it again changes nothing.

    In an embedded server the roles may log in, so that sessions are theirs from the start.
    Elsewhere `conninfo`'s user takes them on. Raises DatabaseTooOld or RolesMissing.
    """
    lock = await psycopg.AsyncConnection.connect(conninfo, autocommit=True)
    async with lock:
        if lock.info.server_version < _OLDEST_POSTGRES:
            raise DatabaseTooOld(lock.info.server_version)
        await _take_turn(lock)
        await _ensure_roles(lock, login=embedded)
        await asyncio.to_thread(_upgrade, conninfo)
        await _ensure_queue(lock)
        await _ensure_checkpoints(conninfo)
        await _grant(lock)


async def _take_turn(connection: psycopg.AsyncConnection[tuple[object, ...]]) -> None:
    """Asks again and again: whoever waited in a statement would have a snapshot, for whose end the
    CREATE INDEX CONCURRENTLY of LangGraph's tables waits, in the process that has the lock."""
    while True:
        asked = await connection.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,))
        if await asked.fetchone() == (True,):
            return
        await asyncio.sleep(_ASK_AGAIN_SECONDS)


async def check(conninfo: str) -> None:
    """Raises SchemaOutdated when `migrate` has something to do."""
    found, needed = await asyncio.to_thread(_versions, conninfo)
    if found != needed:
        raise SchemaOutdated(found, needed)


async def _ensure_roles(
    connection: psycopg.AsyncConnection[tuple[object, ...]], *, login: bool
) -> None:
    user = connection.info.user
    for role in (APP_ROLE, ENGINE_ROLE):
        known = await connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
        try:
            if await known.fetchone() is None:
                create = sql.SQL(f"CREATE ROLE {{}} {'LOGIN' if login else 'NOLOGIN'}")
                await connection.execute(create.format(sql.Identifier(role)))
            member = await connection.execute("SELECT pg_has_role(%s, %s, 'MEMBER')", (user, role))
            if await member.fetchone() != (True,):
                grant = sql.SQL("GRANT {} TO {}")
                await connection.execute(grant.format(sql.Identifier(role), sql.Identifier(user)))
        except psycopg.errors.InsufficientPrivilege as error:
            raise RolesMissing(user) from error


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("support_graph.store") / "migrations"))
    return config


def _upgrade(conninfo: str) -> None:
    config = _config()
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(conninfo), poolclass=NullPool
    )
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def _versions(conninfo: str) -> tuple[str | None, str | None]:
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(conninfo), poolclass=NullPool
    )
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found, ScriptDirectory.from_config(_config()).get_current_head()


async def _ensure_queue(connection: psycopg.AsyncConnection[tuple[object, ...]]) -> None:
    known = await connection.execute("SELECT to_regclass('procrastinate_jobs') IS NOT NULL")
    if await known.fetchone() == (False,):
        await connection.execute(SchemaManager.get_schema())


async def _ensure_checkpoints(conninfo: str) -> None:
    connection = await psycopg.AsyncConnection.connect(
        conninfo, autocommit=True, prepare_threshold=0, row_factory=dict_row
    )
    async with connection:
        await AsyncPostgresSaver(connection).setup()


async def _grant(connection: psycopg.AsyncConnection[tuple[object, ...]]) -> None:
    """The queue holds ids only, so the application may add to it; checkpoints are the engine's."""
    tables = await connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
        "AND (tablename LIKE 'procrastinate%' OR tablename LIKE 'checkpoint%')"
    )
    for (name,) in await tables.fetchall():
        table = sql.Identifier(str(name))
        engine = sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO {}")
        await connection.execute(engine.format(table, sql.Identifier(ENGINE_ROLE)))
        if str(name) in {"procrastinate_jobs", "procrastinate_events"}:
            app = sql.SQL("GRANT SELECT, INSERT ON {} TO {}")
            await connection.execute(app.format(table, sql.Identifier(APP_ROLE)))
    for role in (APP_ROLE, ENGINE_ROLE):
        sequences = sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}")
        await connection.execute(sequences.format(sql.Identifier(role)))
