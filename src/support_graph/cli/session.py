"""An open desk and a workspace of it, for one command."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

from support_graph import bootstrap
from support_graph.cli import console, logs
from support_graph.cli.failures import CommandFailed
from support_graph.desk.parts import Desk
from support_graph.domain.errors import NameTaken, NotFound
from support_graph.domain.ids import WorkspaceId
from support_graph.domain.workspaces import Workspace
from support_graph.settings import Settings
from support_graph.store.database import Scope
from support_graph.store.engines import DataFolder

DEFAULT_WORKSPACE = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a command works with."""

    desk: Desk
    workspace: Workspace

    @property
    def id(self) -> WorkspaceId:
        return self.workspace.id

    @property
    def scope(self) -> Scope:
        return self.desk.stores.within(self.workspace.id)


@asynccontextmanager
async def opened(settings: Settings, *, listen: bool = False) -> AsyncIterator[Desk]:
    """A desk; its engines stop at the end unless somebody else uses them."""
    if settings.database_url is None:
        logs.to_file(DataFolder(settings.data).run / "commands.log")
    else:
        logs.to_terminal("WARNING")
    async with AsyncExitStack() as stack:
        with console.waiting():
            desk = await stack.enter_async_context(bootstrap.desk(settings, listen=listen))
        yield desk


@asynccontextmanager
async def session(workspace: str, *, listen: bool = False) -> AsyncIterator[Session]:
    settings = Settings()
    async with opened(settings, listen=listen) as desk:
        found = await find_workspace(desk, workspace, embedded=settings.database_url is None)
        yield Session(desk=desk, workspace=found)


async def find_workspace(desk: Desk, name: str, *, embedded: bool) -> Workspace:
    """The workspace of that name. Where all is embedded, the default one is made if need be."""
    with suppress(NotFound):
        return await _named(desk, name)
    if not embedded or name != DEFAULT_WORKSPACE:
        raise CommandFailed(
            f"There is no workspace named {name!r}; `support-graph workspaces create {name}` "
            "makes it, and `support-graph workspaces list` shows them all."
        )
    # Another command may do the same at this moment.
    with suppress(NameTaken):
        async with desk.stores.across() as workspaces:
            return await workspaces.create(name)
    return await _named(desk, name)


async def _named(desk: Desk, name: str) -> Workspace:
    async with desk.stores.across() as workspaces:
        return await workspaces.named(name)
