"""How a workspace develops: worked out from what happened, narrowed to an intent, at any time."""

from support_graph.desk import analytics, foresight, trends
from support_graph.desk.parts import Desk
from support_graph.domain.analytics import Bucket, Span
from support_graph.domain.evidence import HandoffReason
from support_graph.domain.ids import WorkspaceId
from support_graph.domain.turns import Action, DecisionOutcome
from tests.desk.conftest import Answerer, Customer, teach

QUESTION = "How do I reset my API key?"
REWORDED = "How can I reset the API key I have?"
ANSWER = "Open Settings, choose API keys, and press Regenerate."


def _span(desk: Desk) -> Span:
    return analytics.span(desk, start=None, end=None)


async def test_times_count_what_was_answered_and_what_was_settled(
    desk: Desk, workspace: WorkspaceId
) -> None:
    def customer(name: str) -> Customer:
        return Customer(desk=desk, workspace=workspace, name=name, conversation=name)

    await teach(desk, workspace, QUESTION, ANSWER)
    await customer("happy").asks(REWORDED)
    unhappy = customer("unhappy")
    await unhappy.asks(REWORDED)
    await unhappy.asks("That didn't help.")  # goes to a human, whom nobody is yet
    turn = await customer("patient").asks("Do you ship to Norway?")
    tina = Answerer(desk=desk, workspace=workspace)
    await tina.decides(turn, Action.ANSWER, text="We look.", outcome=DecisionOutcome.UNRESOLVED)
    await tina.taught(turn)

    total, *parts = await trends.times(desk, workspace, _span(desk), bucket=Bucket.DAY)
    assert total.start is None
    assert total.questions == sum(part.questions for part in parts) == 5
    assert total.first.count == 4, "the complaint still waits for its first word"
    assert total.full.count == 2, "one taught, one answered and not complained about"
    assert total.first.low is not None
    assert total.first.high is not None
    assert 0 <= total.first.low <= total.first.high


async def test_reasons_are_counted_by_the_time_of_the_question(
    desk: Desk, workspace: WorkspaceId
) -> None:
    await Customer(desk=desk, workspace=workspace).asks("Do you ship to Norway?")
    await Customer(desk=desk, workspace=workspace, name="bo").asks("Let me talk to a human")
    found = await trends.reasons(desk, workspace, _span(desk), bucket=Bucket.WEEK)
    assert found[-1].counts == {
        HandoffReason.MISSING_KNOWLEDGE: 1,
        HandoffReason.CUSTOMER_REQUEST: 1,
    }
    assert not any(one.counts for one in found[:-1])


async def test_a_resolution_spares_only_conversations_without_a_teammate(
    desk: Desk, workspace: WorkspaceId
) -> None:
    await teach(desk, workspace, QUESTION, ANSWER)
    for name in ("ana", "bo"):
        await Customer(desk=desk, workspace=workspace, name=name, conversation=name).asks(REWORDED)
    bo = Customer(desk=desk, workspace=workspace, name="bo", conversation="bo")
    turn = await bo.asks("Let me talk to a human")
    await Answerer(desk=desk, workspace=workspace).answers(turn, "Here I am.")

    (one,) = await trends.saved(desk, workspace, _span(desk))
    assert (one.answer, one.conversations) == (ANSWER, 1)


async def test_without_audits_no_precision_is_claimed(desk: Desk, workspace: WorkspaceId) -> None:
    found = await trends.precision(desk, workspace, _span(desk), bucket=Bucket.WEEK)
    assert len(found) >= 4
    assert all(one.measured is None for one in found)


async def test_the_target_in_force_would_have_meant_what_it_meant(
    desk: Desk, workspace: WorkspaceId
) -> None:
    await teach(desk, workspace, QUESTION, ANSWER)
    for number in range(4):
        name = f"c{number}"
        one = Customer(desk=desk, workspace=workspace, name=name, conversation=name)
        await one.asks(REWORDED if number else "Where do you come from?")
        await one.asks("Let me talk to a human")
    async with desk.stores.within(workspace).begin() as tx:
        target = (await tx.workspace.read()).settings.target_precision
    found = await foresight.preview(desk, workspace, target)
    assert found.answered == 3
    assert found.deflected == 3
    assert 0 < found.wrong < 1
    never = await foresight.preview(desk, workspace, 0.9999)
    assert never.deflected <= found.deflected
