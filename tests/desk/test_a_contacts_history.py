"""An earlier conversation informs the turn: what was tried, what was said, and by whom."""

from dataclasses import replace

from support_graph.desk import signals
from support_graph.domain.signals import Rating
from support_graph.domain.turns import Action, DecisionOutcome, TurnStatus
from tests.desk.conftest import Answerer, Customer, teach

QUESTION = "How do I reset my API key?"
REWORDED = "How can I reset the API key I have?"
ANSWER = "Open Settings, choose API keys, and press Regenerate."


async def _known(ana: Customer) -> Customer:
    """Somebody else asked; now the assistant knows."""
    await teach(ana.desk, ana.workspace, QUESTION, ANSWER)
    return replace(ana, name="bea")


async def test_what_did_not_help_is_not_said_again(ana: Customer) -> None:
    bea = await _known(ana)
    first = await bea.asks(REWORDED)
    assert first.status is TurnStatus.ANSWERED

    again = await bea.asks(REWORDED)

    assert again.status is TurnStatus.ESCALATED
    verdict = again.explanation["verdict"]
    assert verdict["reason"] == "already_tried"
    assert "by the assistant" in verdict["words"][0]
    (episode,) = again.explanation["history"]
    assert (episode["asked"], episode["said"]) == (REWORDED, ANSWER)
    assert (episode["by"], episode["ended"]) == ("assistant", "silent")
    assert episode["turn_id"] == str(first.id)


async def test_another_customer_gets_it_all_the_same(ana: Customer) -> None:
    bea = await _known(ana)
    await bea.asks(REWORDED)

    carl = await replace(ana, name="carl").asks(REWORDED)

    assert carl.status is TurnStatus.ANSWERED
    assert carl.explanation["history"] == []


async def test_what_helped_may_be_said_again(ana: Customer) -> None:
    bea = await _known(ana)
    first = await bea.asks(REWORDED)
    assert first.reply_id is not None
    await signals.rate(ana.desk, ana.workspace, first.reply_id, Rating.UP, comment=None)

    assert (await bea.asks(REWORDED)).status is TurnStatus.ANSWERED


async def test_what_a_teammate_left_unsolved_is_not_repeated(ana: Customer, tina: Answerer) -> None:
    bea = await _known(ana)
    turn = await bea.asks("I want to talk to a human")
    await tina.decides(
        turn, Action.ANSWER, text=ANSWER, outcome=DecisionOutcome.UNRESOLVED, learn=False
    )

    again = await bea.asks(REWORDED)

    assert again.explanation["verdict"]["reason"] == "already_tried"
    assert "Tina" in again.explanation["verdict"]["words"][0]


async def test_a_teammate_sees_what_happened_before(ana: Customer, tina: Answerer) -> None:
    await tina.answers(await ana.asks(QUESTION), ANSWER)

    turn = await ana.asks("Do you ship to Norway?")

    assert turn.escalation_id is not None
    async with ana.desk.stores.within(ana.workspace).begin() as tx:
        brief = (await tx.escalations.get(turn.escalation_id)).brief
    (episode,) = brief["history"]
    assert (episode["asked"], episode["said"]) == (QUESTION, ANSWER)
    assert (episode["by"], episode["by_name"]) == ("teammate", "Tina")
    assert episode["ended"] == "resolved"


async def test_the_same_conversation_is_no_history(ana: Customer, tina: Answerer) -> None:
    here = replace(ana, conversation="one")
    await tina.answers(await here.asks(QUESTION), ANSWER)

    assert (await here.asks("Do you ship to Norway?")).explanation["history"] == []


async def test_a_workspace_can_do_without_history(ana: Customer) -> None:
    async with ana.desk.stores.within(ana.workspace).begin() as tx:
        settings = (await tx.workspace.read()).settings
        await tx.workspace.set(replace(settings, history_days=0.0))
    bea = await _known(ana)
    await bea.asks(REWORDED)

    again = await bea.asks(REWORDED)

    assert again.status is TurnStatus.ANSWERED
    assert again.explanation["history"] == []
