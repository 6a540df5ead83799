"""Work that is due in every workspace, a part at a time."""

from collections.abc import Awaitable, Callable

from support_graph.desk.parts import Desk
from support_graph.domain.ids import WorkspaceId

AT_ONCE = 500
"""How much of it is looked up at a time."""


async def everywhere(desk: Desk, part: Callable[[Desk, WorkspaceId], Awaitable[int]]) -> None:
    """`part` says how much it has done; less than `AT_ONCE` was the rest of that workspace."""
    async with desk.stores.across() as workspaces:
        known = await workspaces.all()
    for workspace in known:
        while await part(desk, workspace.id) >= AT_ONCE:
            pass
