"""A merge can be undone: as it was where nobody changed it since, and said plainly where somebody
did."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from support_graph.desk import proposals, resolutions
from support_graph.desk.parts import Desk
from support_graph.desk.resolutions import Edit
from support_graph.domain.errors import AlreadyUndone, MergedOn, NotFound, StaleRevision
from support_graph.domain.ids import ResolutionId, WorkspaceId
from support_graph.domain.merges import Left
from support_graph.domain.proposals import ProposalKind, ProposalStatus
from support_graph.domain.resolutions import Resolution, ResolutionStatus
from support_graph.domain.turns import Action
from support_graph.learning.revise import Author
from support_graph.store.database import Transaction
from support_graph.store.tables import filed_messages, labels, precedents, resolution_uses
from tests.desk.conftest import Answerer, Customer, teach

TINA, TOM = Author(name="Tina"), Author(name="Tom")
KEY, BILL = "How do I reset my API key?", "Where is my invoice?"
PRESS, BILLING = "Press Regenerate.", "Under Billing."


async def _known(tx: Transaction, ids: list[ResolutionId]) -> list[Any]:
    """All that hangs on these resolutions, but for their logs and versions."""
    found: list[Any] = []
    for one in ids:
        head = await tx.resolutions.get(one)
        found.append((head.content, head.duplicate_of, head.ok, head.bad, head.provenance))
    for table in (filed_messages, precedents, resolution_uses, labels):
        rows = (await tx.connection.execute(select(table))).mappings().all()
        kept = [{k: v for k, v in row.items() if k != "store_version"} for row in rows]
        found.append(sorted(kept, key=str))
    return found


async def _now(desk: Desk, workspace: WorkspaceId, one: ResolutionId) -> Resolution:
    async with desk.stores.within(workspace).begin() as tx:
        return await tx.resolutions.get(one)


async def _two(desk: Desk, workspace: WorkspaceId) -> tuple[ResolutionId, ResolutionId]:
    return await teach(desk, workspace, KEY, PRESS), await teach(desk, workspace, BILL, BILLING)


async def test_a_merge_undone_leaves_everything_as_it_was(
    desk: Desk, workspace: WorkspaceId, ana: Customer
) -> None:
    """Phrasings, messages, precedents, labels, uses and track records; and both are given again."""
    source, target = await _two(desk, workspace)
    await ana.asks(KEY)
    scope = desk.stores.within(workspace)
    async with scope.begin() as tx:
        before = await _known(tx, [source, target])
    await resolutions.merge(desk, workspace, source, target, author=TINA)
    async with scope.begin() as tx:
        assert await _known(tx, [source, target]) != before

    done = await resolutions.unmerge(desk, workspace, source, author=TINA)

    assert done.left == []
    async with scope.begin() as tx:
        assert await _known(tx, [source, target]) == before
    for question, answer in ((KEY, PRESS), (BILL, BILLING)):
        customer = Customer(desk=desk, workspace=workspace, name=question)
        assert await customer.reply_to(await customer.asks(question)) == answer


async def test_what_was_learned_since_a_merge_stays_when_it_is_undone(
    desk: Desk, workspace: WorkspaceId, ana: Customer, tina: Answerer
) -> None:
    source, target = await _two(desk, workspace)
    await resolutions.merge(desk, workspace, source, target, author=TINA)
    turn = await ana.asks("Could a human tell me about my receipt?")
    await tina.decides(turn, Action.ANSWER, text=BILLING, resolution_id=target)
    await tina.taught(turn)

    done = await resolutions.unmerge(desk, workspace, source, author=TINA)

    assert done.left == [Left.TARGET]
    texts = [p.text for p in done.target.content.phrasings]
    assert texts == [BILL, "Could a human tell me about my receipt?"]
    assert [p.text for p in done.source.content.phrasings] == [KEY]


async def test_an_answer_that_was_restored_by_hand_stays_as_it_was_edited(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    made = [
        await resolutions.create(idle_desk, workspace, edit, author=TINA)
        for edit in (Edit(answer=PRESS, phrasings=[KEY]), Edit(answer=BILLING, phrasings=[BILL]))
    ]
    source, target = made[0].id, made[1].id
    await resolutions.merge(idle_desk, workspace, source, target, author=TINA)
    await resolutions.restore(idle_desk, workspace, source, 1, author=TOM)
    edited = Edit(answer="Ask an admin.")
    await resolutions.change(idle_desk, workspace, source, edited, expected=None, author=TOM)

    done = await resolutions.unmerge(idle_desk, workspace, source, author=TINA)

    assert done.left == [Left.SOURCE]
    assert done.source.content.answer == "Ask an admin."
    assert done.target.content == made[1].content


async def test_merges_are_undone_in_the_order_that_they_need(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    """What went on into a third one is there, and not where the first merge put it."""
    made = [
        await resolutions.create(
            idle_desk, workspace, Edit(answer=f"{n}.", phrasings=[f"What about {n}?"]), author=TINA
        )
        for n in ("keys", "bills", "seats")
    ]
    one, two, three = (resolution.id for resolution in made)
    await resolutions.merge(idle_desk, workspace, one, two, author=TINA)
    await resolutions.merge(idle_desk, workspace, two, three, author=TINA)

    with pytest.raises(MergedOn):
        await resolutions.unmerge(idle_desk, workspace, one, author=TINA)
    await resolutions.unmerge(idle_desk, workspace, two, author=TINA)
    await resolutions.unmerge(idle_desk, workspace, one, author=TINA)

    for was in made:
        assert (await _now(idle_desk, workspace, was.id)).content == was.content


async def test_a_merge_is_undone_once(idle_desk: Desk, workspace: WorkspaceId) -> None:
    made = [
        await resolutions.create(
            idle_desk, workspace, Edit(answer=f"{n}.", phrasings=[f"What about {n}?"]), author=TINA
        )
        for n in ("keys", "bills")
    ]
    source, target = made[0].id, made[1].id
    with pytest.raises(NotFound):
        await resolutions.unmerge(idle_desk, workspace, source, author=TINA)
    await resolutions.merge(idle_desk, workspace, source, target, author=TINA)
    with pytest.raises(StaleRevision):
        await resolutions.unmerge(idle_desk, workspace, source, author=TINA, expected=7)

    async def undo(author: Author) -> bool:
        try:
            await resolutions.unmerge(idle_desk, workspace, source, author=author)
        except AlreadyUndone:
            return False
        return True

    assert sum(await asyncio.gather(*(undo(author) for author in (TINA, TOM, TINA)))) == 1
    assert (await _now(idle_desk, workspace, target)).revision == 3


async def test_a_doubt_that_was_settled_by_merging_is_open_again(
    desk: Desk, workspace: WorkspaceId, ana: Customer, tina: Answerer
) -> None:
    await teach(desk, workspace, "How long can I return it?", "You can return it within 14 days.")
    turn = await ana.asks("What is the deadline for sending it back?")
    learned = await tina.answers(turn, "You can return it within 30 days.")
    assert learned.resolution_id is not None
    scope = desk.stores.within(workspace)
    async with scope.begin() as tx:
        listed = await tx.proposals.list(
            status=ProposalStatus.OPEN, kind=ProposalKind.MERGE, cursor=None, limit=5
        )
        doubt = (await tx.resolutions.get(learned.resolution_id)).duplicate_of
    (proposal,) = listed.items
    await proposals.accept(desk, workspace, proposal.id, author=TINA)

    await resolutions.unmerge(desk, workspace, learned.resolution_id, author=TINA)

    async with scope.begin() as tx:
        assert (await tx.proposals.get(proposal.id)).status is ProposalStatus.OPEN
        back = await tx.resolutions.get(learned.resolution_id)
    assert doubt is not None
    assert (back.duplicate_of, back.content.status) == (doubt, ResolutionStatus.ACTIVE)
