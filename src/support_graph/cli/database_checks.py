"""What `doctor` asks Postgres: its version and schema, and whether the walls stand."""

from collections.abc import AsyncIterator

import psycopg

from support_graph.bootstrap import Database
from support_graph.cli.checks import Check
from support_graph.store import schema

_OLDEST_POSTGRES = 14
_MIGRATE = "Run `support-graph migrate`."

_WHO = "SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
_UNWALLED = """
    SELECT c.relname FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id'
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
    AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
    ORDER BY c.relname
"""

Connection = psycopg.AsyncConnection[tuple[object, ...]]


async def of_database(connections: Database) -> AsyncIterator[Check]:
    """Raises psycopg.OperationalError when Postgres isn't there."""
    async with await psycopg.AsyncConnection.connect(connections.owner) as owner:
        yield _version(owner)
        current = await _schema(connections.owner)
        yield current
        if not current.ok:
            return
        yield await _walls(owner)
    for name, conninfo in (("app", connections.app), ("engine", connections.engine)):
        async with await psycopg.AsyncConnection.connect(conninfo) as connection:
            yield await _role(connection, name)


def _version(connection: Connection) -> Check:
    major = connection.info.server_version // 10_000
    return Check(
        name="Postgres",
        ok=major >= _OLDEST_POSTGRES,
        finding=f"reachable, version {major}",
        fix=f"Set DATABASE_URL to a Postgres {_OLDEST_POSTGRES} or newer.",
    )


async def _schema(owner: str) -> Check:
    try:
        await schema.check(owner)
    except schema.SchemaOutdated as error:
        return Check(name="Schema", ok=False, finding=str(error), fix=_MIGRATE)
    return Check(name="Schema", ok=True, finding="current", fix=_MIGRATE)


async def _walls(owner: Connection) -> Check:
    rows = await (await owner.execute(_UNWALLED)).fetchall()
    open_tables = ", ".join(str(name) for (name,) in rows)
    return Check(
        name="Walls between workspaces",
        ok=not rows,
        finding=f"not forced on {open_tables}" if rows else "forced on every workspace table",
        fix="For each: ALTER TABLE … ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
    )


async def _role(connection: Connection, name: str) -> Check:
    row = await (await connection.execute(_WHO)).fetchone()
    role, passes = row if row is not None else ("unknown", True)
    return Check(
        name=f"Database role ({name})",
        ok=not passes,
        finding=f"{role} {'can' if passes else 'can not'} pass the walls between workspaces",
        fix=f"As an administrator: ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS;",
    )
