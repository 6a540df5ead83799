"""Studio's flow in this process: the rows it writes, and what it leaves to the desk."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support_graph.desk import decisions, receive, settings, studio
from support_graph.desk.decisions import Resolve, Teammate
from support_graph.desk.parts import Desk
from support_graph.desk.receive import Incoming
from support_graph.domain.conversations import ConversationStatus
from support_graph.domain.errors import NotReady
from support_graph.domain.ids import WorkspaceId
from support_graph.domain.messages import Author
from support_graph.domain.turns import Action, EscalationStatus, TurnStatus
from tests.graph.conftest import ANSWER, QUESTION, REWORDED, UNRELATED, Rows, Thread, name_of

TINA = Teammate(member_id=None, name="Tina", surface="test")


async def _resolutions(desk: Desk, workspace: WorkspaceId) -> list[tuple[str, int]]:
    """Each answer, with how many questions lead to it."""
    async with desk.stores.within(workspace).begin() as tx:
        known = await tx.resolutions.changed_since(0)
    return [(r.content.answer, len(r.content.phrasings)) for r in known]


async def test_a_question_waits_where_no_worker_and_no_inbox_takes_it(
    thread: Thread, idle_desk: Desk, workspace: WorkspaceId
) -> None:
    state = await thread.asks(QUESTION)

    assert "__interrupt__" in state
    turn = await Rows(desk=idle_desk, state=state).turn()
    assert turn.status is TurnStatus.OPEN
    assert turn.escalation_id is not None
    async with idle_desk.stores.within(workspace).begin() as tx:
        escalation = await tx.escalations.get(turn.escalation_id)
        offered = await tx.escalations.list(
            status=None, intent=None, reason=None, q=None, cursor=None, limit=10
        )
    assert escalation.status is EscalationStatus.OPENING
    assert offered.items == ()
    async with idle_desk.stores.across() as workspaces:
        abandoned = await workspaces.abandoned(seconds=0)
    assert turn.id not in {work.turn_id for work in abandoned}
    with pytest.raises(NotReady):
        await decisions.resolve(
            idle_desk, workspace, turn.escalation_id, Resolve(action=Action.DISMISS), TINA
        )


async def test_an_answer_is_kept_as_if_it_came_over_the_desk(
    thread: Thread, idle_desk: Desk, workspace: WorkspaceId
) -> None:
    await thread.asks(QUESTION, context={"plan": "scale"})

    state = await thread.resumes({"action": "answer", "text": ANSWER, "member_name": "Tina"})

    rows = Rows(desk=idle_desk, state=state)
    turn = await rows.turn()
    asked, reply = await rows.messages()
    assert turn.status is TurnStatus.ESCALATED
    assert turn.explanation["verdict"]["reason"] == "missing_knowledge"
    assert turn.explanation["timings_ms"].keys() >= {"understand", "learn"}
    assert (asked.author, asked.text, asked.context) == (
        Author.CONTACT,
        QUESTION,
        {"plan": "scale"},
    )
    assert (reply.author, reply.author_name, reply.text) == (Author.TEAMMATE, "Tina", ANSWER)
    async with idle_desk.stores.within(workspace).begin() as tx:
        conversation = await tx.conversations.get(turn.conversation_id)
        escalation = await tx.escalations.of_turn(turn.id)
    assert (conversation.channel, conversation.external_id) == ("studio", thread.id)
    assert conversation.status is ConversationStatus.RESOLVED
    assert escalation.status is EscalationStatus.DECIDED
    assert escalation.interrupt_id == state["interrupt_id"]
    assert await _resolutions(idle_desk, workspace) == [(ANSWER, 1)]


async def test_what_was_learned_answers_the_next_question_of_the_same_thread(
    thread: Thread, idle_desk: Desk
) -> None:
    await thread.asks(QUESTION)
    await thread.resumes(ANSWER)

    state = await thread.asks(REWORDED)

    rows = Rows(desk=idle_desk, state=state)
    turn = await rows.turn()
    assert turn.status is TurnStatus.ANSWERED
    assert [m.text for m in await rows.messages()] == [QUESTION, ANSWER, REWORDED, ANSWER]
    assert turn.explanation["timings_ms"].keys().isdisjoint({"learn", "open_escalation"})


async def test_nothing_of_an_earlier_question_is_left_in_the_state(thread: Thread) -> None:
    await thread.asks(QUESTION)
    await thread.resumes(ANSWER)

    state = await thread.asks("Thanks!")

    left = ("decision", "interrupt_id", "learned", "escalation_id", "resolutions", "passages")
    assert [state[key] for key in left] == [None] * len(left)
    assert state["draft"]["rests_on"] == "courtesy"


async def test_a_question_can_be_left_for_another(thread: Thread, idle_desk: Desk) -> None:
    first = await thread.asks(QUESTION)

    second = await thread.asks(UNRELATED)
    state = await thread.resumes([{"type": "ignore", "args": None}])

    assert first["turn_id"] != second["turn_id"]
    assert state["decision"]["action"] == "dismiss"
    left = await Rows(desk=idle_desk, state=first).turn()
    done = await Rows(desk=idle_desk, state=state).turn()
    assert (left.status, done.status) == (TurnStatus.OPEN, TurnStatus.ESCALATED)


def _after(desk: Desk, **passed: float) -> Desk:
    """The desk as it is so much later."""
    return replace(desk, clock=lambda: datetime.now(UTC) + timedelta(**passed))


async def test_what_is_left_is_abandoned_after_a_day_and_can_be_gone_on_with(
    thread: Thread, idle_desk: Desk, workspace: WorkspaceId
) -> None:
    rows = Rows(desk=idle_desk, state=await thread.asks(QUESTION))

    assert await studio.abandon(_after(idle_desk, hours=23), workspace) == 0
    assert (await rows.turn()).status is TurnStatus.OPEN
    assert await studio.abandon(_after(idle_desk, hours=25), workspace) == 1
    assert (await rows.turn()).status is TurnStatus.ABANDONED
    assert await studio.abandon(_after(idle_desk, hours=25), workspace) == 0

    await thread.resumes(ANSWER)
    assert (await rows.turn()).status is TurnStatus.ESCALATED
    assert [m.text for m in await rows.messages()] == [QUESTION, ANSWER]
    assert await _resolutions(idle_desk, workspace) == [(ANSWER, 1)]
    assert await studio.abandon(_after(idle_desk, hours=25), workspace) == 0


async def test_the_time_is_the_workspaces_and_a_teammates_conversation_is_never_abandoned(
    thread: Thread, idle_desk: Desk, workspace: WorkspaceId
) -> None:
    left = Rows(desk=idle_desk, state=await thread.asks(QUESTION))
    incoming = Incoming(channel="api", text="Hello? Anybody?", conversation="c")
    first = await receive.receive(idle_desk, workspace, incoming)
    async with idle_desk.stores.within(workspace).begin() as tx:
        await tx.conversations.set_status(first.conversation_id, ConversationStatus.OPEN)
    held = await receive.receive(idle_desk, workspace, incoming)
    by = Teammate(member_id=None, name="Ada", surface="test")
    await settings.change(idle_desk, workspace, {"studio_hours": 1.0}, by=by)

    await studio.abandon_everywhere(_after(idle_desk, hours=2))

    assert (await left.turn()).status is TurnStatus.ABANDONED
    async with idle_desk.stores.within(workspace).begin() as tx:
        assert (await tx.turns.get(held.turn_id)).status is TurnStatus.OPEN


async def test_going_on_and_abandoning_at_once_loses_no_answer(
    thread: Thread, idle_desk: Desk
) -> None:
    """Both want the turn's row at the same moment, and either may be first."""
    for question in (QUESTION, UNRELATED):
        rows = Rows(desk=idle_desk, state=await thread.asks(question))
        await asyncio.gather(
            thread.resumes(ANSWER), studio.abandon_everywhere(_after(idle_desk, hours=25))
        )
        assert (await rows.turn()).status is TurnStatus.ESCALATED
        assert (await rows.messages())[-1].text == ANSWER


async def test_a_step_that_is_run_again_writes_nothing_twice(
    thread: Thread, idle_desk: Desk, workspace: WorkspaceId
) -> None:
    given: Any = {"question": QUESTION}
    taken = [
        await studio.take_up(given, thread.workspace, thread.id, "run 1", idle_desk)
        for _ in range(2)
    ]
    assert taken[0]["turn_id"] == taken[1]["turn_id"]

    await thread.asks(QUESTION)
    state: Any = await thread.resumes(ANSWER)
    rows = Rows(desk=idle_desk, state=state)
    before = [m.id for m in await rows.messages()]
    for _ in range(2):
        await studio.keep(state, idle_desk)

    assert [m.id for m in await rows.messages()] == before
    assert await _resolutions(idle_desk, workspace) == [(ANSWER, 1)]


async def test_an_answer_that_solved_nothing_is_not_learned_and_can_be_asked_again(
    thread: Thread, idle_desk: Desk, workspace: WorkspaceId
) -> None:
    await thread.asks(QUESTION)
    await thread.resumes({"action": "answer", "text": ANSWER, "outcome": "unresolved"})

    state = await thread.asks(REWORDED)

    assert "__interrupt__" in state
    assert await _resolutions(idle_desk, workspace) == []


async def test_a_run_that_is_resumed_without_its_context_stays_in_its_workspace(
    thread: Thread, idle_desk: Desk, workspace: WorkspaceId, other_workspace: WorkspaceId
) -> None:
    await thread.asks(QUESTION)
    thread.workspace = await name_of(idle_desk, other_workspace)

    await thread.resumes(ANSWER)

    assert await _resolutions(idle_desk, workspace) == [(ANSWER, 1)]
    assert await _resolutions(idle_desk, other_workspace) == []


async def test_the_default_workspace_is_made_when_it_is_first_needed(
    thread: Thread, idle_desk: Desk
) -> None:
    threads = [Thread(graph=thread.graph, workspace=studio.DEFAULT_WORKSPACE) for _ in range(3)]

    states = await asyncio.gather(*(t.asks("Hello") for t in threads))

    async with idle_desk.stores.across() as workspaces:
        default = await workspaces.named(studio.DEFAULT_WORKSPACE)
    assert {state["workspace_id"] for state in states} == {str(default.id)}


@pytest.mark.parametrize("question", ["", "  \n", None, 7, "a\x00b"])
async def test_what_is_no_question_is_refused(thread: Thread, question: Any) -> None:
    with pytest.raises(studio.UnusableInput, match="question"):
        await thread.asks(question)


async def test_a_workspace_that_is_not_there_is_refused(thread: Thread) -> None:
    thread.workspace = "nowhere"

    with pytest.raises(studio.UnusableInput, match="no workspace named 'nowhere'"):
        await thread.asks(QUESTION)


async def test_nobody_can_pass_a_question_off_as_another_turn(
    thread: Thread, idle_desk: Desk
) -> None:
    first = await thread.asks(QUESTION)

    state = await thread.asks("Hello", turn_id=first["turn_id"], workspace_id="x", failures={})

    assert state["turn_id"] != first["turn_id"]
    assert state["workspace_id"] == first["workspace_id"]
