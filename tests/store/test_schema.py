"""The schema: one command makes it, running it again changes nothing, and it is what we think."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from psycopg.conninfo import make_conninfo
from pydantic import SecretStr
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from support_graph import bootstrap
from support_graph.desk.parts import Desk
from support_graph.domain.ids import new_id
from support_graph.settings import Settings
from support_graph.store import schema
from support_graph.store.database import APP_ROLE, ENGINE_ROLE
from support_graph.store.engines import DataFolder, EmbeddedPostgres
from support_graph.store.tables import metadata

_PATIENCE = 120.0


@dataclass(frozen=True, kw_only=True)
class Outside:
    """A database of a company's own: `owner` may log in, and is no superuser."""

    superuser: str
    owner: str


@pytest.fixture
async def outside(settings: Settings, idle_desk: Desk) -> AsyncIterator[Outside]:
    postgres = EmbeddedPostgres(DataFolder(settings.data))
    await postgres.start()
    superuser = postgres.dsn()
    async with await psycopg.AsyncConnection.connect(superuser, autocommit=True) as admin:
        await admin.execute("CREATE ROLE company LOGIN")
        await admin.execute("CREATE DATABASE company OWNER company")
        yield Outside(
            superuser=superuser, owner=make_conninfo(superuser, user="company", dbname="company")
        )
        await admin.execute("DROP DATABASE company WITH (FORCE)")
        await admin.execute("DROP ROLE company")
    await postgres.stop()


async def _grant_roles(outside: Outside) -> None:
    async with await psycopg.AsyncConnection.connect(outside.superuser, autocommit=True) as admin:
        await admin.execute(f"GRANT {APP_ROLE}, {ENGINE_ROLE} TO company")


def _settings(outside: Outside, settings: Settings) -> Settings:
    return settings.model_copy(update={"database_url": SecretStr(outside.owner)})


async def test_processes_that_start_at_once_on_an_empty_database_do_not_wait_for_each_other_forever(
    outside: Outside,
) -> None:
    await _grant_roles(outside)
    async with asyncio.timeout(_PATIENCE):
        await asyncio.gather(*(schema.migrate(outside.owner, embedded=False) for _ in range(3)))
    await schema.check(outside.owner)


async def test_a_user_who_may_not_make_roles_is_told_what_to_run(outside: Outside) -> None:
    with pytest.raises(schema.RolesMissing, match=f"GRANT {APP_ROLE}, {ENGINE_ROLE}"):
        await schema.migrate(outside.owner, embedded=False)


async def test_a_desk_refuses_a_database_that_was_not_migrated(
    outside: Outside, settings: Settings
) -> None:
    with pytest.raises(schema.SchemaOutdated, match="support-graph migrate"):
        async with bootstrap.desk(_settings(outside, settings)):
            pass


async def test_a_desk_works_on_a_database_of_ones_own(outside: Outside, settings: Settings) -> None:
    await _grant_roles(outside)
    theirs = _settings(outside, settings)
    await bootstrap.migrate(theirs)
    await bootstrap.migrate(theirs)

    async with bootstrap.desk(theirs) as desk:
        async with desk.stores.across() as workspaces:
            made = await workspaces.create("company")
        async with desk.stores.within(made.id).begin() as tx:
            assert await tx.workspace.read() == made
            role = await tx.connection.exec_driver_sql("SELECT current_user")
            assert role.scalar_one() == APP_ROLE


async def test_the_tables_are_what_the_code_says(outside: Outside) -> None:
    """Nothing to migrate: the frozen SQL of the migrations and `tables.py` say the same."""
    await _grant_roles(outside)
    await schema.migrate(outside.owner, embedded=False)

    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(outside.owner),
        poolclass=NullPool,
    )
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_ours})
        assert compare_metadata(context, metadata) == []


async def test_what_had_an_intent_by_its_name_has_it_by_its_id(outside: Outside) -> None:
    """An upgrade of a database in use, by an owner who is behind the wall too."""
    await _grant_roles(outside)
    _upgrade_to(outside.owner, "0002")
    theirs = make_conninfo(outside.superuser, dbname="company")
    async with await psycopg.AsyncConnection.connect(theirs, autocommit=True) as before:
        await before.execute(_TWO_TURNS)

    await schema.migrate(outside.owner, embedded=False)

    async with await psycopg.AsyncConnection.connect(theirs) as after:
        escalated = await after.execute(
            "SELECT i.name FROM escalations e JOIN intents i ON i.id = e.intent_id"
        )
        assert await escalated.fetchall() == [("refund",)]
        turned = await after.execute(
            "SELECT i.name FROM turns t LEFT JOIN intents i ON i.id = t.intent_id ORDER BY t.id"
        )
        assert await turned.fetchall() == [("refund",), (None,)]
        forced = await after.execute(
            "SELECT bool_and(relforcerowsecurity) FROM pg_class "
            "WHERE relname IN ('turns', 'escalations', 'intents', 'filed_messages', 'resolutions')"
        )
        assert await forced.fetchone() == (True,)


async def test_what_was_asked_before_is_known_by_its_words(outside: Outside) -> None:
    """An upgrade: a message that a human answered, and one that the assistant did, rightly."""
    await _grant_roles(outside)
    _upgrade_to(outside.owner, "0011")
    theirs = make_conninfo(outside.superuser, dbname="company")
    async with await psycopg.AsyncConnection.connect(theirs, autocommit=True) as before:
        await before.execute(_TWO_ANSWERED)

    await schema.migrate(outside.owner, embedded=False)

    async with await psycopg.AsyncConnection.connect(theirs) as after:
        filed = await after.execute("SELECT question FROM filed_messages")
        assert await filed.fetchall() == [("Hi 1",)]
        answered = await after.execute(
            "SELECT a.question, r.answer, a.store_version FROM answered_messages a "
            "JOIN resolutions r ON r.id = a.resolution_id"
        )
        assert await answered.fetchall() == [("as it stands alone", "Yes.", 1)]
        forced = await after.execute(
            "SELECT bool_and(relforcerowsecurity) FROM pg_class WHERE relname IN "
            "('turns', 'filed_messages', 'resolutions', 'labels', 'answered_messages')"
        )
        assert await forced.fetchone() == (True,)


def _asked(messages: int) -> str:
    """A workspace `w` with a conversation of so many messages `m`, by numbered ids."""
    return f"""
    WITH w AS (INSERT INTO workspaces (id, name) VALUES (gen_random_uuid(), 'w') RETURNING id),
    c AS (INSERT INTO contacts (workspace_id, id) SELECT id, gen_random_uuid() FROM w
        RETURNING workspace_id, id),
    v AS (INSERT INTO conversations (workspace_id, id, channel, contact_id, status)
        SELECT workspace_id, gen_random_uuid(), 'api', id, 'open' FROM c
        RETURNING workspace_id, id),
    m AS (INSERT INTO messages (workspace_id, id, conversation_id, direction, author, text,
            channel, delivery)
        SELECT workspace_id, ('00000000-0000-0000-0000-00000000000' || n)::uuid, id, 'incoming',
            'contact', 'Hi', 'api', 'sent' FROM v, generate_series(1, {messages}) n
        RETURNING workspace_id, id, conversation_id),
    """


_TWO_ANSWERED = (
    _asked(3)
    + """
    r AS (INSERT INTO resolutions (workspace_id, id, revision, answer, answer_embedding,
            embedding_model, status, store_version)
        SELECT id, gen_random_uuid(), 1, 'Yes.', '', 'm', 'active', 1 FROM w
        RETURNING workspace_id, id),
    t AS (INSERT INTO turns (workspace_id, id, conversation_id, message_id, status, question,
            explanation)
        SELECT m.workspace_id, m.id, m.conversation_id, m.id, 'answered',
            'Hi ' || right(m.id::text, 1),
            CASE WHEN m.id::text LIKE '%1' THEN '{}'::jsonb ELSE jsonb_build_object(
                'standalone', 'as it stands alone',
                'evidence', jsonb_build_object(
                    'resolutions', jsonb_build_array(jsonb_build_object('id', r.id)))) END
        FROM m, r RETURNING workspace_id, id),
    f AS (INSERT INTO filed_messages (workspace_id, turn_id, resolution_id, embedding,
            embedding_model, store_version)
        SELECT t.workspace_id, t.id, r.id, '', 'm', 1 FROM t, r WHERE t.id::text LIKE '%1')
    INSERT INTO labels (workspace_id, turn_id, kind, source, is_right, weight, features,
        confidence)
    SELECT workspace_id, id, 'resolution',
        CASE WHEN id::text LIKE '%1' THEN 'human' ELSE 'silence' END,
        id::text NOT LIKE '%3', 1, '{}', .9 FROM t
"""
)

_TWO_TURNS = (
    _asked(2)
    + """
    i AS (INSERT INTO intents (workspace_id, id, name)
        SELECT id, gen_random_uuid(), 'refund' FROM w),
    t AS (INSERT INTO turns (workspace_id, id, conversation_id, message_id, status, question,
            explanation)
        SELECT workspace_id, id, conversation_id, id, 'escalated', 'Hi',
            CASE WHEN id::text LIKE '%1' THEN '{"intent": "refund"}'::jsonb ELSE '{}' END FROM m
        RETURNING workspace_id, id, conversation_id)
    INSERT INTO escalations (workspace_id, id, turn_id, conversation_id, status, reason, question,
        intent)
    SELECT workspace_id, gen_random_uuid(), id, conversation_id, 'waiting', 'policy', 'Hi', 'refund'
    FROM t WHERE id::text LIKE '%1'
"""
)


def _upgrade_to(conninfo: str, revision: str) -> None:
    config = schema._config()
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(conninfo), poolclass=NullPool
    )
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()


def _is_ours(name: str | None, kind: str, parents: object) -> bool:
    return kind != "table" or name in metadata.tables


_BEFORE_OUTCOMES = """
    INSERT INTO workspaces (id, name) VALUES ('{0}', 'old');
    INSERT INTO contacts (workspace_id, id) VALUES ('{0}', '{0}');
    INSERT INTO conversations (workspace_id, id, channel, contact_id, status)
    VALUES ('{0}', '{0}', 'api', '{0}', 'pending');
    INSERT INTO messages
    (workspace_id, id, conversation_id, direction, author, text, channel, delivery)
    VALUES ('{0}', '{0}', '{0}', 'incoming', 'contact', 'question', 'api', 'sent'),
           ('{0}', '{1}', '{0}', 'outgoing', 'assistant', 'answer', 'api', 'sent');
    INSERT INTO turns (workspace_id, id, conversation_id, message_id, status, question, reply_id)
    VALUES ('{0}', '{0}', '{0}', '{0}', 'answered', 'question', '{1}');
    INSERT INTO signals (workspace_id, turn_id, kind, value) VALUES ('{0}', '{0}', 'rating', 'up');
"""


async def test_a_rating_from_before_there_were_outcomes_is_about_the_reply(
    outside: Outside,
) -> None:
    await _grant_roles(outside)
    workspace, reply = new_id(), new_id()
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(outside.owner),
        poolclass=NullPool,
    )
    config = schema._config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.commit()
    company = make_conninfo(outside.superuser, dbname="company")
    async with await psycopg.AsyncConnection.connect(company, autocommit=True) as admin:
        await admin.execute(_BEFORE_OUTCOMES.format(workspace, reply).encode())
        await schema.migrate(outside.owner, embedded=False)
        found = await admin.execute("SELECT value, message_id FROM signals")
        assert await found.fetchall() == [("up", reply)]
        forced = await admin.execute(
            "SELECT bool_and(relforcerowsecurity) FROM pg_class "
            "WHERE relname IN ('signals', 'turns', 'outcomes', 'measured_precisions')"
        )
        assert await forced.fetchone() == (True,)
