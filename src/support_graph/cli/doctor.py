"""Checks all that has to work, one thing after the other, each with what to do about it."""

from collections.abc import AsyncIterator

from support_graph import bootstrap
from support_graph.cli import console
from support_graph.cli.checks import Check, of_machine, of_model
from support_graph.cli.database_checks import of_database
from support_graph.cli.failures import sentence
from support_graph.cli.index import sound
from support_graph.cli.session import opened
from support_graph.cli.working import workers_alive
from support_graph.desk import indexing
from support_graph.desk.parts import Desk
from support_graph.settings import Settings
from support_graph.store import schema
from support_graph.store.engines import DataFolder
from support_graph.store.vectors import VectorsDamaged, VectorsUnavailable


async def examine(*, as_json: bool) -> bool:
    """Whether everything works."""
    found: list[Check] = []
    async for check in _all(Settings()):
        found.append(check)
        if not as_json:
            _show(check)
    if as_json:
        console.dump({"items": found})
    return all(check.ok for check in found)


def _show(check: Check) -> None:
    mark, style = ("✓", "") if check.ok else ("✗", "red")
    console.say(f"{mark} {check.name}: {check.finding}", style)
    if not check.ok:
        console.say(f"  {check.fix}")


async def _all(settings: Settings) -> AsyncIterator[Check]:
    for check in of_machine(DataFolder(settings.data).path):
        yield check
    try:
        async for check in _of_service(settings):
            yield check
    except Exception as error:
        said = sentence(error)
        if said is None:
            raise
        fix = "The checks after this one were left out; mend it and run doctor again."
        yield Check(name="Service", ok=False, finding=said, fix=fix)


async def _of_service(settings: Settings) -> AsyncIterator[Check]:
    embedded = settings.database_url is None
    async with bootstrap.database(settings) as connections:
        if embedded:  # as every command does before it works
            await schema.migrate(connections.owner, embedded=True)
        async for check in of_database(connections):
            yield check
        async with opened(settings) as desk:
            yield await of_model(desk.embedder)
            yield await _chroma(desk)
            yield await _index(desk)
            yield await _workers(desk)


async def _chroma(desk: Desk) -> Check:
    alive = await desk.vectors.alive()
    return Check(
        name="Chroma",
        ok=alive,
        finding="reachable" if alive else "not reachable; searches are exact, and slower",
        fix="Start the server that CHROMA_URL names, or leave CHROMA_URL out.",
    )


async def _index(desk: Desk) -> Check:
    differing = 0
    async with desk.stores.across() as workspaces:
        known = await workspaces.all()
    try:
        for workspace in known:
            verified = await indexing.verify(desk, workspace.id)
            differing += not all(sound(one) for one in verified)
    except (VectorsUnavailable, VectorsDamaged) as error:
        finding, ok = f"can't be compared ({error})", False
    else:
        finding = f"as Postgres has it, in {len(known) - differing} of {len(known)} workspaces"
        ok = not differing
    return Check(
        name="Vector index",
        ok=ok,
        finding=finding,
        fix="Run `support-graph index rebuild --all`.",
    )


async def _workers(desk: Desk) -> Check:
    alive = await workers_alive(desk)
    return Check(
        name="Workers",
        ok=alive > 0,
        finding=f"{alive} alive",
        fix="Start `support-graph serve` or `support-graph worker`.",
    )
