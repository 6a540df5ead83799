"""Intents are proposed from a backlog by a job, and each is taken, renamed or dismissed once."""

import pytest

from support_graph.desk import backlog, intents
from support_graph.desk.parts import Desk
from support_graph.domain.errors import IntentDecided, Invalid, NameTaken
from support_graph.domain.ids import InductionId, WorkspaceId
from support_graph.domain.inductions import Induced, Induction, InductionStatus
from support_graph.learning.revise import Author
from tests.desk.conftest import Customer

TINA = Author(name="Tina")
GIVEN = [
    *(f"I want {what} for order {n}" for n in range(6) for what in ("a refund", "my money")),
    *(f"Where is parcel {n}? It has not arrived" for n in range(6)),
]


async def _ended(
    desk: Desk, workspace: WorkspaceId, which: InductionId
) -> tuple[Induction, list[Induced]]:
    async def ended() -> Induction | None:
        async with desk.stores.within(workspace).begin() as tx:
            found = await tx.inductions.get(which)
        return found if found.status is not InductionStatus.RUNNING else None

    found = await desk.listener.until(backlog.SUBJECT, ended, seconds=120)
    assert found is not None
    async with desk.stores.within(workspace).begin() as tx:
        return found, list(await tx.inductions.suggested(which))


async def _names(desk: Desk, workspace: WorkspaceId) -> list[str]:
    return [one.intent.name for one in await intents.every(desk, workspace)]


async def test_a_list_becomes_proposals_and_then_intents(
    desk: Desk, workspace: WorkspaceId, ana: Customer
) -> None:
    which = await backlog.start(desk, workspace, GIVEN, by="Tina")
    induction, found = await _ended(desk, workspace, which)

    assert (induction.status, induction.messages, induction.done) == (
        "done",
        len(GIVEN),
        len(GIVEN),
    )
    assert induction.given is None, "what was brought along is not kept"
    assert await _names(desk, workspace) == []
    first, second = found[0], found[1]
    made = await backlog.accept(
        desk, workspace, first.id, name="orders", description="About orders.", author=TINA
    )
    assert made.name == "orders"
    with pytest.raises(NameTaken):
        await backlog.accept(desk, workspace, second.id, name="orders", description="", author=TINA)
    with pytest.raises(IntentDecided, match="Tina has accepted it already"):
        await backlog.dismiss(desk, workspace, first.id, author=TINA)
    await backlog.dismiss(desk, workspace, second.id, author=TINA)
    await backlog.take_up(desk, workspace, second.id)
    await backlog.accept(desk, workspace, second.id, name=second.name, description="", author=TINA)

    assert await _names(desk, workspace) == sorted(["orders", second.name])
    assert (await ana.asks(first.examples[0])).intent == "orders"


async def test_messages_without_an_intent_are_the_backlog(
    desk: Desk, workspace: WorkspaceId
) -> None:
    for number, text in enumerate(GIVEN):
        await Customer(desk=desk, workspace=workspace, name=f"customer {number}").asks(text)
    async with desk.stores.within(workspace).begin() as tx:
        assert await tx.turns.count_without_intent() == len(GIVEN)

    which = await backlog.start(desk, workspace, None, by="Tina")
    _, found = await _ended(desk, workspace, which)

    assert {text for one in found for text in one.examples} <= set(GIVEN)
    assert len(found) >= 2


async def test_one_runs_at_a_time_and_running_it_again_suggests_nothing_twice(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    """As when the worker died after its last transaction, and the job is run again."""
    which = await backlog.start(idle_desk, workspace, GIVEN, by="Tina")
    assert await backlog.start(idle_desk, workspace, None, by="Tom") == which
    await backlog.run_induction(idle_desk, workspace, which)
    _, found = await _ended(idle_desk, workspace, which)

    await backlog.run_induction(idle_desk, workspace, which)

    assert (await _ended(idle_desk, workspace, which))[1] == found
    assert await backlog.start(idle_desk, workspace, None, by="Tom") != which


async def test_too_little_or_too_much_is_said_plainly(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    for messages in ([], ["Hello?"] * (backlog.MOST_GIVEN + 1)):
        with pytest.raises(Invalid, match="10,000 messages"):
            await backlog.start(idle_desk, workspace, messages, by="Tina")
    which = await backlog.start(idle_desk, workspace, ["Where is it?"], by="Tina")
    await backlog.run_induction(idle_desk, workspace, which)
    induction, found = await _ended(idle_desk, workspace, which)
    assert (induction.status, found) == ("done", [])
