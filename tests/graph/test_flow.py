"""The flow itself: its steps, what its state keeps, and runs that are resumed wrongly at first."""

import pytest

from support_graph.desk import runs
from support_graph.desk.parts import Desk
from support_graph.domain.ids import WorkspaceId
from support_graph.domain.turns import Turn, TurnStatus
from tests.desk.conftest import Answerer, Customer
from tests.graph.conftest import ANSWER, QUESTION, REWORDED

STEPS = {
    "understand",
    "search_brain",
    "search_resolutions",
    "draft",
    "gate",
    "open_escalation",
    "ask_human",
    "learn",
}


@pytest.fixture
def ana(desk: Desk, workspace: WorkspaceId) -> Customer:
    return Customer(desk=desk, workspace=workspace)


@pytest.fixture
def tina(desk: Desk, workspace: WorkspaceId) -> Answerer:
    return Answerer(desk=desk, workspace=workspace)


async def _waiting_interrupt(customer: Customer, turn: Turn) -> str:
    async with customer.desk.stores.within(customer.workspace).begin() as tx:
        interrupt = (await tx.escalations.of_turn(turn.id)).interrupt_id
    assert interrupt is not None
    return interrupt


def test_the_flow_is_the_one_in_the_picture(idle_desk: Desk) -> None:
    graph = idle_desk.compiled.get_graph()

    assert graph.nodes.keys() == STEPS | {"__start__", "__end__"}
    edges = {(edge.source, edge.target) for edge in graph.edges}
    assert {
        ("search_brain", "draft"),
        ("search_resolutions", "draft"),
        ("draft", "gate"),
        ("gate", "__end__"),
        ("gate", "open_escalation"),
        ("open_escalation", "ask_human"),
        ("ask_human", "learn"),
        ("learn", "__end__"),
    } <= edges


async def test_a_turn_says_how_long_each_step_took(ana: Customer) -> None:
    turn = await ana.asks(QUESTION)

    assert turn.explanation["timings_ms"].keys() == STEPS - {"ask_human", "learn"}
    assert min(turn.explanation["timings_ms"].values()) > 0


@pytest.mark.parametrize("nonsense", [{"action": "shout"}, {"decisions": []}, "", 7, None])
async def test_an_unreadable_resume_loses_nothing(
    ana: Customer, tina: Answerer, nonsense: object
) -> None:
    turn = await ana.asks(QUESTION)
    interrupt = await _waiting_interrupt(ana, turn)

    for _ in range(2):
        ran = await runs.resume(ana.desk, turn.id, interrupt, nonsense)  # type: ignore[arg-type]
        assert ran.interrupt_id is not None, "it still waits"
    learned = await tina.answers(turn, ANSWER)

    assert learned.resolution_id is not None
    again = await ana.asks(REWORDED)
    assert again.status is TurnStatus.ANSWERED
    assert await ana.reply_to(again) == ANSWER


async def test_a_decision_holds_for_the_interrupt_that_teammates_saw(
    ana: Customer, tina: Answerer
) -> None:
    turn = await ana.asks(QUESTION)
    interrupt = await _waiting_interrupt(ana, turn)
    await runs.resume(ana.desk, turn.id, interrupt, {"action": "shout"})

    await tina.answers(turn, ANSWER)

    async with ana.desk.stores.within(ana.workspace).begin() as tx:
        decision = await tx.decisions.of_turn(turn.id)
    assert decision is not None
    assert decision.interrupt_id == interrupt


async def test_resuming_a_run_that_is_through_changes_nothing(
    ana: Customer, tina: Answerer
) -> None:
    turn = await ana.asks(QUESTION)
    interrupt = await _waiting_interrupt(ana, turn)
    learned = await tina.answers(turn, ANSWER)
    before = await ana.reads(turn)

    ran = await runs.resume(
        ana.desk, turn.id, interrupt, {"action": "answer", "text": "Something else."}
    )

    assert ran.state["decision"]["text"] == ANSWER
    assert await tina.taught(turn) == learned
    assert await ana.reads(turn) == before


async def test_a_resumed_run_stays_in_the_workspace_it_began_in(
    ana: Customer, tina: Answerer, other_workspace: WorkspaceId
) -> None:
    turn = await ana.asks(QUESTION)
    await tina.answers(turn, ANSWER)

    elsewhere = Customer(desk=ana.desk, workspace=other_workspace)
    assert (await elsewhere.asks(REWORDED)).status is TurnStatus.ESCALATED
