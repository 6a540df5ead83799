"""Makes and lists workspaces."""

from support_graph.cli import console
from support_graph.cli.session import opened
from support_graph.settings import Settings


async def create(name: str, *, as_json: bool) -> None:
    async with opened(Settings()) as desk, desk.stores.across() as workspaces:
        made = await workspaces.create(name)
    if as_json:
        console.dump({"id": made.id, "name": made.name})
        return
    console.say(f"Made workspace {made.name}.")
    console.note(f"A key for it: support-graph keys create --workspace {made.name} --role teammate")


async def list_all(*, as_json: bool) -> None:
    async with opened(Settings()) as desk, desk.stores.across() as workspaces:
        known = await workspaces.all()
    if as_json:
        items = [{"id": w.id, "name": w.name, "created_at": w.created_at} for w in known]
        console.dump({"items": items})
        return
    for workspace in known:
        console.say(workspace.name)
    if not known:
        console.say("There is no workspace yet; `support-graph workspaces create NAME` makes one.")
