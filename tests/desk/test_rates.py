"""Deflection, containment and resolved rate are three numbers, worked out from what happened."""

from dataclasses import replace
from datetime import UTC, timedelta

from support_graph.desk import analytics, signals
from support_graph.desk.parts import Desk
from support_graph.domain.analytics import Bucket, Rate, Rates
from support_graph.domain.ids import WorkspaceId
from support_graph.domain.signals import OutcomeKind, SignalKind
from support_graph.domain.turns import Action, DecisionOutcome
from tests.desk.conftest import Answerer, Customer, teach

QUESTION = "How do I reset my API key?"
REWORDED = "How can I reset the API key I have?"
ANSWER = "Open Settings, choose API keys, and press Regenerate."


async def _rates(desk: Desk, workspace: WorkspaceId) -> Rates:
    within = analytics.span(desk, start=None, end=None)
    return (await analytics.rates(desk, workspace, within, bucket=Bucket.DAY)).total


async def test_nothing_has_no_rates(desk: Desk, workspace: WorkspaceId) -> None:
    total = await _rates(desk, workspace)
    assert {total.deflection.value, total.containment.value, total.resolved.value} == {None}


async def test_the_three_rates_say_different_things(desk: Desk, workspace: WorkspaceId) -> None:
    def customer(name: str) -> Customer:
        return Customer(desk=desk, workspace=workspace, name=name, conversation=name)

    await teach(desk, workspace, QUESTION, ANSWER)  # handed off, and solved by a teammate
    happy, unhappy, silent = customer("happy"), customer("unhappy"), customer("silent")
    for one in (happy, unhappy, silent):
        await one.asks(REWORDED)
    await happy.asks("Thanks, that worked!")
    await unhappy.asks("That didn't help.")  # handed off too, and nobody has answered it yet
    await customer("polite").asks("Hello")  # no question

    total = await _rates(desk, workspace)
    # Of five questions three were answered, one of them in vain.
    assert total.deflection == Rate(part=2, whole=5)
    assert total.containment == Rate(part=4, whole=5)
    # Of the silent and the unhappy one it is not known yet.
    assert total.resolved == Rate(part=2, whole=2, unknown=2)


async def test_silence_settles_what_was_not_known(desk: Desk, workspace: WorkspaceId) -> None:
    await teach(desk, workspace, QUESTION, ANSWER)
    await Customer(desk=desk, workspace=workspace).asks(REWORDED)
    async with desk.stores.within(workspace).begin() as tx:
        settings = (await tx.workspace.read()).settings
        await tx.workspace.set(replace(settings, silence_hours=0.0))
    await signals.settle(desk, workspace)

    assert (await _rates(desk, workspace)).resolved == Rate(part=2, whole=2)
    within = analytics.span(desk, start=None, end=None)
    report = await analytics.outcomes(desk, workspace, within)
    assert (report.turns, report.unknown) == (2, 0)
    assert report.outcomes[OutcomeKind.ASSUMED] == 1
    assert report.outcomes[OutcomeKind.HANDED_OFF] == 1
    assert report.signals[SignalKind.SILENCE] == 1


async def test_a_reopened_conversation_was_not_solved(desk: Desk, workspace: WorkspaceId) -> None:
    ana = Customer(desk=desk, workspace=workspace, conversation="ana's chat")
    tina = Answerer(desk=desk, workspace=workspace)
    await tina.answers(await ana.asks(QUESTION), ANSWER)
    assert (await _rates(desk, workspace)).resolved == Rate(part=1, whole=1)

    await ana.asks("How can I reset my API key?")

    assert (await _rates(desk, workspace)).resolved == Rate(part=0, whole=1)


async def test_spam_is_no_question(desk: Desk, workspace: WorkspaceId) -> None:
    ana, tina = Customer(desk=desk, workspace=workspace), Answerer(desk=desk, workspace=workspace)
    turn = await ana.asks("Buy cheap watches")
    await tina.decides(turn, Action.DISMISS, outcome=DecisionOutcome.SPAM)

    total = await _rates(desk, workspace)
    assert (total.deflection.whole, total.resolved.whole, total.resolved.unknown) == (0, 0, 0)


async def test_days_without_anything_are_there_too(desk: Desk, workspace: WorkspaceId) -> None:
    await Customer(desk=desk, workspace=workspace).asks("Hello")
    now = desk.clock()
    within = analytics.span(desk, start=now - timedelta(days=9), end=now + timedelta(minutes=1))
    report = await analytics.rates(desk, workspace, within, bucket=Bucket.DAY)

    days = [one.start for one in report.buckets]
    assert 10 <= len(days) <= 11
    assert days == sorted(set(days))
    assert all(day.utcoffset() == timedelta(0) and day.hour == 0 for day in days)
    assert days[0] <= within.start.astimezone(UTC)
    wholes = [one.containment.whole for one in report.buckets]
    assert sum(wholes) == report.total.containment.whole == 1
    for bucket in (Bucket.WEEK, Bucket.MONTH):
        coarse = await analytics.rates(desk, workspace, within, bucket=bucket)
        assert sum(one.containment.whole for one in coarse.buckets) == 1
