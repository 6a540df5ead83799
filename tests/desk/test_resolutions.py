"""What is learned is governed: every change is a revision, and every one can be undone."""

import asyncio
from datetime import UTC, datetime

import pytest

from support_graph.desk import resolutions
from support_graph.desk.parts import Desk
from support_graph.desk.resolutions import Edit
from support_graph.domain.errors import Invalid, NotFound, StaleRevision
from support_graph.domain.ids import ResolutionId, WorkspaceId, new_id
from support_graph.domain.resolutions import Change, Resolution, ResolutionStatus, Revision
from support_graph.domain.turns import Action
from support_graph.learning.recall import Recall, Recalled
from support_graph.learning.revise import Author
from support_graph.store.neighbours import Neighbours
from tests.conftest import new_workspace
from tests.desk.conftest import Answerer, Customer, teach

TINA = Author(name="Tina", note="because")
MADE = Edit(answer="Under Billing.", phrasings=["Where is my invoice?", "I need a receipt"])


async def _make(desk: Desk, workspace: WorkspaceId, edit: Edit = MADE) -> Resolution:
    return await resolutions.create(desk, workspace, edit, author=TINA)


async def _change(desk: Desk, workspace: WorkspaceId, made: Resolution, edit: Edit) -> Resolution:
    return await resolutions.change(desk, workspace, made.id, edit, expected=None, author=TINA)


async def _log(desk: Desk, workspace: WorkspaceId, resolution_id: ResolutionId) -> list[Revision]:
    async with desk.stores.within(workspace).begin() as tx:
        return list(await tx.resolutions.revisions(resolution_id))


async def _recall(desk: Desk, workspace: WorkspaceId, question: str) -> Recalled:
    """As a process that has just started would recall it."""
    fresh = Recall(neighbours=Neighbours(desk.vectors, desk.embedder.name), embedder=desk.embedder)
    async with desk.stores.within(workspace).begin() as tx:
        return await fresh.search(tx, question, facts={})


def _felt(recalled: Recalled) -> dict[str, float]:
    """What the gate would see."""
    assert recalled.judgement is not None
    return {"confidence": recalled.judgement.confidence, **recalled.judgement.features}


async def test_every_change_is_a_revision_with_its_author(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    made = await _make(idle_desk, workspace)
    await _change(idle_desk, workspace, made, Edit(pinned=True))
    await resolutions.delete(idle_desk, workspace, made.id, author=TINA)

    log = await _log(idle_desk, workspace, made.id)
    assert [(r.revision, r.change) for r in log] == [
        (3, Change.DELETED),
        (2, Change.EDITED),
        (1, Change.EDITED),
    ]
    assert {(r.actor, r.note) for r in log} == {("Tina", "because")}


@pytest.mark.parametrize(
    "edit",
    [
        Edit(answer="Elsewhere."),
        Edit(phrasings=["Where is the bill?"]),
        Edit(intent="something_else"),
        Edit(scope={"plan": "scale"}),
        Edit(status=ResolutionStatus.REVIEW),
        Edit(pinned=True),
    ],
)
async def test_revise_then_restore_is_the_identity(
    idle_desk: Desk, workspace: WorkspaceId, edit: Edit
) -> None:
    made = await _make(idle_desk, workspace)
    before = await _recall(idle_desk, workspace, "Where is my invoice?")
    await _change(idle_desk, workspace, made, edit)

    restored = await resolutions.restore(idle_desk, workspace, made.id, 1, author=TINA)

    assert restored.content == made.content
    after = await _recall(idle_desk, workspace, "Where is my invoice?")
    assert _felt(after) == pytest.approx(_felt(before))


async def test_an_edit_that_changes_nothing_writes_nothing(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    made = await _make(idle_desk, workspace)
    same = await _change(idle_desk, workspace, made, Edit(answer=MADE.answer))
    assert same.revision == 1


async def test_an_edit_of_a_stale_revision_is_refused(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    made = await _make(idle_desk, workspace)
    await _change(idle_desk, workspace, made, Edit(pinned=True))

    with pytest.raises(StaleRevision):
        await resolutions.change(
            idle_desk, workspace, made.id, Edit(answer="Late."), expected=1, author=TINA
        )


async def test_of_two_editors_of_one_revision_one_wins(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    made = await _make(idle_desk, workspace)

    async def edit(answer: str) -> bool:
        try:
            await resolutions.change(
                idle_desk, workspace, made.id, Edit(answer=answer), expected=1, author=TINA
            )
        except StaleRevision:
            return False
        return True

    won = await asyncio.gather(*(edit(f"Answer {n}.") for n in range(6)))
    assert sum(won) == 1


async def test_a_merge_gives_its_phrasings_away_and_can_be_undone(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    source = await _make(idle_desk, workspace)
    target = await _make(
        idle_desk, workspace, Edit(answer="See Billing.", phrasings=["Show me my bills"])
    )

    merged = await resolutions.merge(idle_desk, workspace, source.id, target.id, author=TINA)

    assert merged.content.answer == "See Billing."
    assert {p.text for p in merged.content.phrasings} == {
        "Show me my bills",
        "Where is my invoice?",
        "I need a receipt",
    }
    back = await resolutions.restore(idle_desk, workspace, source.id, 1, author=TINA)
    assert back.content == source.content
    again = await resolutions.restore(idle_desk, workspace, target.id, 1, author=TINA)
    assert again.content == target.content


async def test_a_resolution_cannot_be_merged_into_itself_or_a_deleted_one(
    idle_desk: Desk, workspace: WorkspaceId
) -> None:
    made, gone = await _make(idle_desk, workspace), await _make(idle_desk, workspace)
    await resolutions.delete(idle_desk, workspace, gone.id, author=TINA)

    for into in (made.id, gone.id):
        with pytest.raises(Invalid):
            await resolutions.merge(idle_desk, workspace, made.id, into, author=TINA)
    with pytest.raises(NotFound):
        await resolutions.merge(idle_desk, workspace, made.id, ResolutionId(new_id()), author=TINA)


async def test_the_past_can_be_read(idle_desk: Desk, workspace: WorkspaceId) -> None:
    made = await _make(idle_desk, workspace)
    then = datetime.now(UTC)
    await _change(idle_desk, workspace, made, Edit(answer="Elsewhere."))
    await resolutions.delete(idle_desk, workspace, made.id, author=TINA)

    async with idle_desk.stores.within(workspace).begin() as tx:
        past = await tx.resolutions.as_of(then, limit=10)
        now = await tx.resolutions.as_of(datetime.now(UTC), limit=10)

    assert [r.content.answer for r in past] == ["Under Billing."]
    assert now == []


async def test_learning_three_and_deleting_one_is_learning_two(idle_desk: Desk) -> None:
    """No trace of what was deleted is left in what is recalled."""
    taught = {
        "How do I reset my API key?": "Press Regenerate.",
        "How do I reset my password?": "Press Forgot.",
        "Where is my invoice?": "Under Billing.",
    }
    both, two = await new_workspace(idle_desk), await new_workspace(idle_desk)
    for number, (question, answer) in enumerate(taught.items()):
        edit = Edit(answer=answer, phrasings=[question])
        made = await _make(idle_desk, both, edit)
        if number == 1:
            await resolutions.delete(idle_desk, both, made.id, author=TINA)
        else:
            await _make(idle_desk, two, edit)

    for question in (*taught, "Something else altogether"):
        one, other = [await _recall(idle_desk, w, question) for w in (both, two)]
        assert _felt(one) == pytest.approx(_felt(other))
        assert len(one.hits) == len(other.hits)


async def test_a_resolution_holds_only_where_it_was_said_to_hold(
    desk: Desk, workspace: WorkspaceId
) -> None:
    await _make(
        desk,
        workspace,
        Edit(answer="Up to 50.", phrasings=["How many seats do I have?"], scope={"plan": "scale"}),
    )
    scale = Customer(desk=desk, workspace=workspace, context={"plan": "scale"})
    free = Customer(desk=desk, workspace=workspace, context={"plan": "free"}, name="ben")
    unknown = Customer(desk=desk, workspace=workspace, name="cem")

    question = "How many seats do I have?"
    assert await scale.reply_to(await scale.asks(question)) == "Up to 50."
    assert await free.reply_to(await free.asks(question)) is None
    assert await unknown.reply_to(await unknown.asks(question)) is None


async def test_a_resolution_keeps_no_more_phrasings_than_it_may(
    ana: Customer, tina: Answerer
) -> None:
    """The twenty-first makes room for itself by driving out the most redundant one."""
    known = await teach(ana.desk, ana.workspace, "Where is my invoice?", "Under Billing.")
    wordings = [f"Could it be that my invoice number {n * 7919} got lost?" for n in range(22)]
    for wording in wordings:
        turn = await ana.asks(wording)
        if turn.escalation_id is not None:
            await tina.decides(turn, Action.ANSWER, text="Under Billing.", resolution_id=known)
            await tina.taught(turn)

    async with ana.desk.stores.within(ana.workspace).begin() as tx:
        phrasings = (await tx.resolutions.get(known)).content.phrasings
    assert len(phrasings) <= 20
    assert "Where is my invoice?" in {p.text for p in phrasings}


async def test_a_wording_that_is_known_teaches_nothing(ana: Customer, tina: Answerer) -> None:
    known = await teach(ana.desk, ana.workspace, "Where is my invoice?", "Under Billing.")
    turn = await ana.asks("Can I talk to a human?")
    await tina.decides(turn, Action.ANSWER, text="Under Billing.", resolution_id=known)
    first = await tina.taught(turn)
    again = await ana.asks("Can I talk to a human, please?")
    await tina.decides(again, Action.ANSWER, text="Under Billing.", resolution_id=known)
    second = await tina.taught(again)

    assert first.revision == 2
    assert second.revision == 2


async def test_other_numbers_make_a_doubtful_duplicate_and_no_merge(
    ana: Customer, tina: Answerer
) -> None:
    known = await teach(
        ana.desk, ana.workspace, "How long can I return it?", "You can return it within 14 days."
    )
    turn = await ana.asks("What is the deadline for sending it back?")
    learned = await tina.answers(turn, "You can return it within 30 days.")

    assert not learned.merged
    assert learned.resolution_id is not None
    async with ana.desk.stores.within(ana.workspace).begin() as tx:
        assert (await tx.resolutions.get(learned.resolution_id)).duplicate_of == known
