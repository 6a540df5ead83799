"""Two workspaces never meet: not in answers, not in rows, not in vectors."""

from collections.abc import AsyncIterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from support_graph.desk import people
from support_graph.desk.indexing import sync_index
from support_graph.desk.parts import Desk
from support_graph.domain.errors import NotFound
from support_graph.domain.ids import WorkspaceId
from support_graph.domain.turns import TurnStatus
from support_graph.domain.workspaces import Role
from support_graph.settings import Settings
from support_graph.store.database import APP_ROLE
from support_graph.store.engines import DataFolder, EmbeddedPostgres
from support_graph.store.outbox import RESOLUTIONS
from support_graph.store.tables import WORKSPACE_TABLES
from tests.desk.conftest import Customer, teach

QUESTION = "How long does a refund take?"
REWORDED = "How long will the refund take?"


@pytest.fixture
async def two(desk: Desk, workspace: WorkspaceId, other_workspace: WorkspaceId) -> None:
    """The same question with different answers."""
    await teach(desk, workspace, QUESTION, "Two days.")
    await teach(desk, other_workspace, QUESTION, "Three weeks.")


@pytest.fixture(scope="session")
async def raw(settings: Settings, idle_desk: Desk) -> AsyncIterator[str]:
    """How anybody who has the application's login connects."""
    postgres = EmbeddedPostgres(DataFolder(settings.data))
    await postgres.start()
    yield make_conninfo(postgres.dsn(), user=APP_ROLE)
    await postgres.stop()


async def test_each_workspace_gives_its_own_answer(
    two: None, desk: Desk, workspace: WorkspaceId, other_workspace: WorkspaceId
) -> None:
    answers = []
    for place in (workspace, other_workspace):
        customer = Customer(desk=desk, workspace=place)
        turn = await customer.asks(REWORDED)
        assert turn.status is TurnStatus.ANSWERED
        answers.append(await customer.reply_to(turn))

    assert answers == ["Two days.", "Three weeks."]


async def test_a_third_workspace_knows_nothing(two: None, desk: Desk, idle_desk: Desk) -> None:
    from tests.conftest import new_workspace  # noqa: PLC0415

    newcomer = Customer(desk=desk, workspace=await new_workspace(desk))
    assert (await newcomer.asks(REWORDED)).status is TurnStatus.ESCALATED


async def test_another_workspaces_ids_are_not_found(
    desk: Desk, workspace: WorkspaceId, other_workspace: WorkspaceId
) -> None:
    known = await teach(desk, workspace, QUESTION, "Two days.")

    async with desk.stores.within(other_workspace).begin() as tx:
        with pytest.raises(NotFound):
            await tx.resolutions.get(known)


async def test_vectors_lie_in_collections_of_their_own(
    two: None, desk: Desk, workspace: WorkspaceId, other_workspace: WorkspaceId
) -> None:
    model = desk.embedder.name
    query = (await desk.embedder.embed([REWORDED]))[0]
    found = {}
    for place in (workspace, other_workspace):
        await sync_index(desk, place, RESOLUTIONS)
        (hits,) = await desk.vectors.search(place, RESOLUTIONS, model, [query], 10)
        found[place] = {item for item, _ in hits}

    assert found[workspace]
    assert found[other_workspace]
    assert not found[workspace] & found[other_workspace]


async def test_without_a_workspace_no_row_is_visible(two: None, raw: str) -> None:
    async with await psycopg.AsyncConnection.connect(raw) as connection:
        for table in WORKSPACE_TABLES:
            rows = await connection.execute(f"SELECT count(*) FROM {table.name}")
            assert await rows.fetchone() == (0,), table.name
        rows = await connection.execute("SELECT count(*) FROM workspaces")
        assert await rows.fetchone() == (0,)


async def test_in_one_workspace_no_row_of_another_is_visible(
    two: None, raw: str, workspace: WorkspaceId
) -> None:
    async with await psycopg.AsyncConnection.connect(raw) as connection:
        await connection.execute(
            "SELECT set_config('app.workspace_id', %s, true)", (str(workspace),)
        )
        for table in WORKSPACE_TABLES:
            rows = await connection.execute(f"SELECT DISTINCT workspace_id FROM {table.name}")
            assert {row[0] for row in await rows.fetchall()} <= {workspace}, table.name


@pytest.mark.parametrize(
    "attempt",
    [
        "SET ROLE postgres",
        "SET ROLE support_graph_engine",
        "ALTER TABLE resolutions DISABLE ROW LEVEL SECURITY",
        "DROP POLICY within_workspace ON resolutions",
        "UPDATE resolution_revisions SET actor = 'nobody'",
        "DELETE FROM resolution_revisions",
        "UPDATE workspaces SET name = 'mine'",
        "INSERT INTO workspaces (id, name) VALUES (gen_random_uuid(), 'mine')",
        "SELECT * FROM checkpoints",
    ],
)
async def test_the_application_cannot_climb_the_wall(
    raw: str, workspace: WorkspaceId, attempt: str
) -> None:
    async with await psycopg.AsyncConnection.connect(raw, autocommit=True) as connection:
        await connection.execute(
            "SELECT set_config('app.workspace_id', %s, false)", (str(workspace),)
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute(attempt)


async def test_a_row_cannot_be_written_into_another_workspace(
    raw: str, workspace: WorkspaceId, other_workspace: WorkspaceId
) -> None:
    async with await psycopg.AsyncConnection.connect(raw, autocommit=True) as connection:
        await connection.execute(
            "SELECT set_config('app.workspace_id', %s, false)", (str(workspace),)
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute(
                "INSERT INTO intents (workspace_id, id, name) "
                "VALUES (%s, gen_random_uuid(), 'theirs')",
                (other_workspace,),
            )


async def test_every_workspace_table_is_behind_the_wall(raw: str) -> None:
    query = (
        "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = to_regclass(%s)"
    )
    async with await psycopg.AsyncConnection.connect(raw) as connection:
        for table in WORKSPACE_TABLES:
            rows = await connection.execute(query, (table.name,))
            assert await rows.fetchone() == (True,), table.name


@pytest.mark.parametrize("table", ["people", "sessions", "sign_in_attempts"])
async def test_people_are_not_seen_without_showing_who_one_is(
    raw: str, desk: Desk, workspace: WorkspaceId, table: str
) -> None:
    await people.seat(desk, workspace, "Tina", Role.ADMIN)

    async with await psycopg.AsyncConnection.connect(raw) as connection:
        await connection.execute(
            "SELECT set_config('app.workspace_id', %s, true)", (str(workspace),)
        )
        rows = await connection.execute(f"SELECT count(*) FROM {table}")
        assert await rows.fetchone() == (0,)
