"""Connections that die are replaced before anybody notices."""

from support_graph.desk.parts import Desk
from support_graph.domain.ids import WorkspaceId


async def test_a_connection_that_the_server_ended_is_replaced(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    scope = idle_desk.stores.within(workspace)
    async with scope.begin() as tx, scope.begin() as other:
        assert await tx.workspace.read() == await other.workspace.read()

    async with scope.begin() as tx:
        await tx.connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE usename = current_user AND pid <> pg_backend_pid()"
        )

    async with scope.begin() as tx:
        assert (await tx.workspace.read()).id == workspace
