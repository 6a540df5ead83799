"""Compares the vector index with Postgres, and writes it again."""

from collections.abc import Sequence
from dataclasses import asdict

from support_graph.cli import console
from support_graph.cli.session import find_workspace, opened
from support_graph.desk import indexing
from support_graph.desk.indexing import Verified
from support_graph.desk.parts import Desk
from support_graph.domain.workspaces import Workspace
from support_graph.settings import Settings
from support_graph.store.outbox import QUARANTINED


def sound(verified: Verified) -> bool:
    """What is still waiting is no fault: until it is written, it is found without the index."""
    return not (verified.missing or verified.surplus or verified.status == QUARANTINED)


async def verify(workspace: str | None, *, as_json: bool) -> bool:
    """Whether the index is what Postgres says, in one workspace or in all."""
    settings = Settings()
    found: list[tuple[Workspace, Verified]] = []
    async with opened(settings) as desk:
        for one in await _chosen(desk, workspace, embedded=settings.database_url is None):
            found += [(one, verified) for verified in await indexing.verify(desk, one.id)]
    if as_json:
        console.dump({"items": [{"workspace": w.name} | asdict(v) for w, v in found]})
    else:
        for one, verified in found:
            _show(one, verified)
    return all(sound(verified) for _, verified in found)


async def rebuild(workspace: str | None, *, as_json: bool) -> None:
    settings = Settings()
    written: dict[str, dict[str, int]] = {}
    async with opened(settings) as desk:
        chosen = await _chosen(desk, workspace, embedded=settings.database_url is None)
        with console.progress() as progress:
            for one in progress.track(chosen, description="Rebuilding"):
                written[one.name] = await indexing.rebuild(desk, one.id)
    if as_json:
        console.dump(written)
        return
    for name, rows in written.items():
        told = ", ".join(f"{count} of {kind}" for kind, count in rows.items())
        console.say(f"✓ {name}: wrote {told}")


async def _chosen(desk: Desk, name: str | None, *, embedded: bool) -> Sequence[Workspace]:
    if name is not None:
        return [await find_workspace(desk, name, embedded=embedded)]
    async with desk.stores.across() as workspaces:
        return await workspaces.all()


def _show(workspace: Workspace, verified: Verified) -> None:
    mark, style = ("✓", "") if sound(verified) else ("✗", "red")
    told = f"{verified.missing} missing, {verified.surplus} surplus, {verified.waiting} waiting"
    quarantined = "; quarantined" if verified.status == QUARANTINED else ""
    console.say(f"{mark} {workspace.name} {verified.kind}: {told}{quarantined}", style)
    if not sound(verified):
        console.note("  `support-graph index rebuild` writes it again.")
