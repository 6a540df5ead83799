"""What was answered rightly teaches in which words customers ask for it, until somebody objects."""

from collections.abc import Sequence

from support_graph.desk import resolutions, signals
from support_graph.desk.parts import Desk
from support_graph.domain.ids import ResolutionId, WorkspaceId
from support_graph.domain.signals import Rating
from support_graph.domain.turns import Turn, TurnStatus
from support_graph.learning.revise import Author
from support_graph.learning.wording import ANSWERED_KEPT
from support_graph.store.answered import AnsweredMessage
from tests.desk.conftest import Answerer, Customer, teach

KEY, AGAIN = "How do I reset my API key?", "How can I reset the API key I have?"
BILL = "Where is my invoice?"
PRESS, BILLING = "Press Regenerate.", "Under Billing."
TOM = Author(name="Tom")


async def _take_in(desk: Desk, workspace: WorkspaceId) -> int:
    """As each fit does."""
    async with desk.stores.within(workspace).begin() as tx:
        await tx.workspace.lock_store()
        version = await tx.workspace.next_store_version()
        return await tx.answered.take_in(store_version=version, latest=ANSWERED_KEPT)


async def _answered(desk: Desk, workspace: WorkspaceId) -> Sequence[AnsweredMessage]:
    async with desk.stores.within(workspace).begin() as tx:
        return await tx.answered.since(0, latest=ANSWERED_KEPT)


async def _wording(desk: Desk, workspace: WorkspaceId, question: str) -> float:
    """How much the words of a question speak for the best candidate."""
    async with desk.stores.within(workspace).begin() as tx:
        found = await desk.tools.recall.search(tx, question, facts={})
    assert found.judgement is not None
    return found.judgement.features["wording"]


async def _rated(ana: Customer, turn: Turn, rating: Rating) -> None:
    assert turn.reply_id is not None
    await signals.rate(ana.desk, ana.workspace, turn.reply_id, rating, comment=None)


async def _asked(ana: Customer, question: str, rating: Rating = Rating.UP) -> Turn:
    turn = await ana.asks(question)
    assert turn.status is TurnStatus.ANSWERED
    await _rated(ana, turn, rating)
    return turn


async def test_what_was_answered_rightly_is_taken_in_once(
    desk: Desk, workspace: WorkspaceId, ana: Customer
) -> None:
    known = await teach(desk, workspace, KEY, PRESS)
    await teach(desk, workspace, BILL, BILLING)
    turn = await _asked(ana, AGAIN)
    before = await _wording(desk, workspace, "the key I have")

    assert [await _take_in(desk, workspace), await _take_in(desk, workspace)] == [1, 0]

    expected = AnsweredMessage(turn_id=turn.id, resolution_id=known, question=AGAIN)
    assert await _answered(desk, workspace) == [expected]
    assert await _wording(desk, workspace, "the key I have") > before


async def test_what_was_answered_wrongly_is_not(
    desk: Desk, workspace: WorkspaceId, ana: Customer
) -> None:
    await teach(desk, workspace, KEY, PRESS)
    await _asked(ana, AGAIN, Rating.DOWN)

    assert await _take_in(desk, workspace) == 0


async def test_a_complaint_takes_the_words_back_at_once_and_a_change_of_mind_brings_them_again(
    desk: Desk, workspace: WorkspaceId, ana: Customer
) -> None:
    known = await teach(desk, workspace, KEY, PRESS)
    await teach(desk, workspace, BILL, BILLING)
    before = await _wording(desk, workspace, "the key I have")
    turn = await _asked(ana, AGAIN)
    await _take_in(desk, workspace)
    after = await _wording(desk, workspace, "the key I have")

    await _rated(ana, turn, Rating.DOWN)

    assert [one.resolution_id for one in await _answered(desk, workspace)] == [None]
    assert await _wording(desk, workspace, "the key I have") == before
    await _rated(ana, turn, Rating.UP)
    assert await _take_in(desk, workspace) == 1
    assert [one.resolution_id for one in await _answered(desk, workspace)] == [known]
    assert await _wording(desk, workspace, "the key I have") == after


async def test_what_a_teammate_answers_is_filed_and_not_taken_in(
    desk: Desk, workspace: WorkspaceId, ana: Customer, tina: Answerer
) -> None:
    turn = await ana.asks(KEY)
    await tina.answers(turn, PRESS)

    assert await _take_in(desk, workspace) == 0
    async with desk.stores.within(workspace).begin() as tx:
        assert [one.question for one in await tx.filed.since(0)] == [KEY]


async def test_a_merge_takes_the_words_along_and_gives_them_back(
    desk: Desk, workspace: WorkspaceId, ana: Customer
) -> None:
    source = await teach(desk, workspace, KEY, PRESS)
    target = await teach(desk, workspace, BILL, BILLING)
    await _asked(ana, AGAIN)
    await _asked(ana, BILL)
    await _take_in(desk, workspace)

    async def owners() -> dict[str, ResolutionId | None]:
        return {one.question: one.resolution_id for one in await _answered(desk, workspace)}

    await resolutions.merge(desk, workspace, source, target, author=TOM)
    assert await owners() == {AGAIN: target, BILL: target}
    await resolutions.unmerge(desk, workspace, source, author=TOM)
    assert await owners() == {AGAIN: source, BILL: target}


async def test_a_deleted_answer_has_no_words_and_a_restored_one_has_them_again(
    desk: Desk, workspace: WorkspaceId, ana: Customer
) -> None:
    known = await teach(desk, workspace, KEY, PRESS)
    await teach(desk, workspace, BILL, BILLING)
    await _asked(ana, AGAIN)
    await _take_in(desk, workspace)
    before = await _wording(desk, workspace, AGAIN)

    async with desk.stores.within(workspace).begin() as tx:
        revision = (await tx.resolutions.get(known)).revision
    await resolutions.delete(desk, workspace, known, author=TOM)

    assert await _wording(desk, workspace, AGAIN) < before
    await resolutions.restore(desk, workspace, known, revision, author=TOM)
    assert await _wording(desk, workspace, AGAIN) == before
