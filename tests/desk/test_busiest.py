"""Who starts reads first what the workspaces have learned where something is asked."""

from support_graph.desk.parts import Desk
from tests.conftest import new_workspace
from tests.desk.conftest import Customer


async def test_the_workspaces_where_something_was_asked_last_come_first(desk: Desk) -> None:
    one, other, _ = [await new_workspace(desk) for _ in range(3)]
    for workspace in (one, other, one):
        await Customer(desk=desk, workspace=workspace).asks("Do you sell lamps?")

    async with desk.stores.across() as workspaces:
        assert await workspaces.busiest(2) == [one, other]
        assert await workspaces.busiest(1) == [one]
