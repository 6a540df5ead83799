"""What many answers leave to be done is done once, and is not lost with the worker that did it."""

import asyncio
from dataclasses import replace

from sqlalchemy import text

from support_graph.desk import proposals
from support_graph.desk.parts import Desk
from support_graph.domain.ids import WorkspaceId
from support_graph.domain.proposals import ProposalKind
from support_graph.domain.workspaces import Mode
from support_graph.store.database import Transaction
from tests.desk.conftest import PATIENCE, Answerer, Customer

QUESTION = "How do I turn batching off?"
ANSWERS = {
    "/python": "Set sync_mode to True when you make the client; then nothing waits in a queue.",
    "/node": "Give the constructor a flushAt of one, and each event leaves by itself.",
}


async def _waiting(tx: Transaction) -> list[str]:
    found = await tx.connection.execute(
        text(
            "SELECT task_name FROM procrastinate_jobs"
            " WHERE status = 'todo' AND args ->> 'workspace_id' = :workspace ORDER BY task_name"
        ),
        {"workspace": str(tx.workspace_id)},
    )
    return [row.task_name for row in found]


async def _behind(desk: Desk, workspace: WorkspaceId) -> int:
    """How many changes of the store were not looked at for where answers hold."""
    async with desk.stores.within(workspace).begin() as tx:
        return await tx.workspace.store_version() - await tx.workspace.discovered_version()


async def _caught_up(desk: Desk, workspace: WorkspaceId) -> None:
    async with asyncio.timeout(PATIENCE):
        while await _behind(desk, workspace):
            await asyncio.sleep(0.05)


async def test_many_answers_leave_one_job_of_a_kind(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    scope = idle_desk.stores.within(workspace)
    async with scope.begin() as tx:
        await idle_desk.queue.digest(tx)
        await idle_desk.queue.digest(tx)
    async with scope.begin() as tx:
        await idle_desk.queue.digest(tx)
        assert await _waiting(tx) == ["discover", "sync_index"]


async def test_two_who_leave_the_same_job_at_once_both_keep_their_rows(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    async def leave(name: str) -> None:
        async with idle_desk.stores.within(workspace).begin() as tx:
            await tx.intents.ensure(name)
            await asyncio.sleep(0.05)  # so that neither sees the other's job
            await idle_desk.queue.digest(tx)

    await asyncio.gather(*(leave(f"intent_{n}") for n in range(4)))

    async with idle_desk.stores.within(workspace).begin() as tx:
        assert len(await tx.intents.all()) == 4


async def test_answers_are_looked_at_together(ana: Customer, tina: Answerer) -> None:
    scope = ana.desk.stores.within(ana.workspace)
    async with scope.begin() as tx:
        settings = (await tx.workspace.read()).settings
        await tx.workspace.set(replace(settings, mode=Mode.DRAFT, scope_support=0))
    for n in range(4):
        for page, answer in ANSWERS.items():
            context = {"page_url": f"https://docs.example.com{page}"}
            customer = replace(ana, name=f"{n}{page}", context=context)
            await tina.answers(await customer.asks(QUESTION), answer)

    await proposals.discover_all(ana.desk, ana.workspace)

    assert await _behind(ana.desk, ana.workspace) == 0
    async with scope.begin() as tx:
        found = await tx.proposals.list(status=None, kind=ProposalKind.SCOPE, cursor=None, limit=50)
    assert len(found.items) == 1


async def test_what_a_dead_worker_left_is_looked_at(desk: Desk, workspace: WorkspaceId) -> None:
    """Something was learned, and its job is gone."""
    async with desk.stores.within(workspace).begin() as tx:
        await tx.workspace.lock_store()
        await tx.workspace.next_store_version()
    assert await _behind(desk, workspace) == 1

    await _caught_up(desk, workspace)
