"""What happens twice, or at the same time, happens once."""

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest

from support_graph.desk import resolutions, signals
from support_graph.desk.parts import Desk
from support_graph.domain.errors import AlreadyDecided, IdempotencyConflict
from support_graph.domain.ids import WorkspaceId
from support_graph.domain.messages import Direction
from support_graph.domain.resolutions import Change
from support_graph.domain.signals import Rating
from support_graph.domain.turns import Action, Turn, TurnStatus
from support_graph.learning.revise import Author
from tests.desk.conftest import Answerer, Customer, teach

ROUNDS = 20
RACERS = ("Tina", "Tom", "Toni", "Tess")


async def _race(customer: Customer, question: str) -> tuple[str, list[str]]:
    """Four teammates answer at once: who won, and whom the others saw."""
    turn = await customer.asks(question)

    async def answer(name: str) -> str:
        racer = Answerer(desk=customer.desk, workspace=customer.workspace, name=name)
        try:
            await racer.decides(turn, Action.ANSWER, text=f"{name} says: look under Billing.")
        except AlreadyDecided as error:
            return error.decided_by
        return f"won by {name}"

    results = await asyncio.gather(*(answer(name) for name in RACERS))
    outgoing = [m for m in await customer.reads(turn) if m.direction is Direction.OUTGOING]
    assert len(outgoing) == 1, "the customer got one reply"
    judge = Answerer(desk=customer.desk, workspace=customer.workspace)
    await judge.taught(turn)
    (winner,) = [r.removeprefix("won by ") for r in results if r.startswith("won by ")]
    assert outgoing[0].author_name == winner
    return winner, [r for r in results if not r.startswith("won by ")]


async def test_of_four_teammates_who_answer_at_once_exactly_one_wins(
    desk: Desk, workspace: WorkspaceId
) -> None:
    topics = [f"Question number {n} about topic {chr(65 + n) * 6}" for n in range(ROUNDS)]
    for topic in topics:
        customer = Customer(desk=desk, workspace=workspace, name=topic[-4:])
        winner, told = await _race(customer, f"Can I talk to a human? {topic}")
        assert told == [winner] * (len(RACERS) - 1)

    async with desk.stores.within(workspace).begin() as tx:
        known = await tx.resolutions.list(
            intent=None, status=None, pinned=None, cursor=None, limit=200
        )
    sources = Counter(r.provenance["turn_id"] for r in known.items)
    assert all(count == 1 for count in sources.values())


async def test_a_redelivered_message_changes_nothing(ana: Customer) -> None:
    first = await ana.writes("Where is my order?", external_id="wamid.1")
    again = await ana.writes("Where is my order?", external_id="wamid.1")

    assert again == first
    turn = await ana.done(first)
    assert len(await ana.reads(turn)) == 1


async def test_a_message_delivered_ten_times_at_once_is_stored_once(ana: Customer) -> None:
    received = await asyncio.gather(
        *(ana.writes("Where is my order?", external_id="wamid.2") for _ in range(10))
    )

    assert len(set(received)) == 1
    async with ana.desk.stores.within(ana.workspace).begin() as tx:
        assert len((await tx.conversations.list(status=None, cursor=None, limit=50)).items) == 1


async def test_the_same_idempotency_key_is_the_same_message(ana: Customer) -> None:
    received = await asyncio.gather(
        *(ana.writes("Where is my order?", idempotency_key="k1") for _ in range(10))
    )

    assert len(set(received)) == 1


async def test_an_idempotency_key_with_another_body_is_refused(ana: Customer) -> None:
    await ana.writes("Where is my order?", idempotency_key="k2")

    with pytest.raises(IdempotencyConflict):
        await ana.writes("Where is my parcel?", idempotency_key="k2")


async def test_the_same_contact_writing_twice_at_once_is_one_contact(ana: Customer) -> None:
    await asyncio.gather(*(ana.writes(f"Message {n}") for n in range(8)))

    async with ana.desk.stores.within(ana.workspace).begin() as tx:
        found = await tx.conversations.list(status=None, cursor=None, limit=50)
    assert len({c.contact.id for c in found.items}) == 1


async def test_many_customers_at_once_are_all_handled(desk: Desk, workspace: WorkspaceId) -> None:
    async def one(n: int) -> TurnStatus:
        customer = Customer(desk=desk, workspace=workspace, name=f"c{n}")
        return (await customer.asks(f"What about thing {n}?")).status

    statuses = await asyncio.gather(*(one(n) for n in range(30)))
    assert set(statuses) <= {TurnStatus.ESCALATED, TurnStatus.ANSWERED}


async def test_who_edits_complains_and_teaches_at_once_waits_for_each_other_only_in_turn(
    desk: Desk, workspace: WorkspaceId, deadlocks: Callable[[], int]
) -> None:
    """All of them write the same answer, its track record, and the store's version."""
    taught = await teach(desk, workspace, "How do I reset my API key?", "Press Regenerate.")
    people = [Customer(desk=desk, workspace=workspace, name=f"c{n}") for n in range(12)]
    answered = [await one.asks("How can I reset my API key?") for one in people]
    escalated = [await one.asks("My API key, can it be reset by a human?") for one in people]
    assert {turn.status for turn in answered} == {TurnStatus.ANSWERED}
    assert {turn.status for turn in escalated} == {TurnStatus.ESCALATED}
    before = deadlocks()

    async def teaches(turn: Turn) -> None:
        await Answerer(desk=desk, workspace=workspace).answers(turn, "Press Regenerate.")

    async def complains(turn: Turn) -> None:
        assert turn.reply_id is not None
        await signals.rate(desk, workspace, turn.reply_id, Rating.DOWN, comment=None)

    async def edits(n: int) -> None:
        await resolutions.change(
            desk,
            workspace,
            taught,
            resolutions.Edit(answer=f"Press Regenerate {n} times."),
            expected=None,
            author=Author(name="Tom"),
        )

    await asyncio.gather(
        *(teaches(turn) for turn in escalated),
        *(complains(turn) for turn in answered),
        *(edits(n) for n in range(2, 14)),
    )

    assert deadlocks() == before


async def test_who_deletes_an_answer_at_once_deletes_it_once(
    desk: Desk, workspace: WorkspaceId
) -> None:
    taught = await teach(desk, workspace, "Where is my invoice?", "Under Billing.")

    await asyncio.gather(
        *(resolutions.delete(desk, workspace, taught, author=Author(name=n)) for n in RACERS)
    )

    async with desk.stores.within(workspace).begin() as tx:
        log = await tx.resolutions.revisions(taught)
    assert [entry.change for entry in log] == [Change.DELETED, Change.LEARNED]
