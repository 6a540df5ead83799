"""The flow as LangGraph Studio runs it: a question comes in, and a turn of it is kept.

    receive → the turn (see graph.flow) → record

Studio, Agent Inbox and LangGraph's SDK know threads and runs, and nothing of the desk's rows. So
`receive` writes what a channel's message would have written, and `record` what would have followed
from the run. Until then the turn is `open` and its escalation `opening`: no worker takes up a run
that is in LangGraph's keeping, and no inbox offers what it could not resume.
"""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Protocol, TypeVar
from uuid import UUID

from langgraph.config import get_config
from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import Overwrite

from support_graph.desk import decisions, turns
from support_graph.desk.everywhere import AT_ONCE, everywhere
from support_graph.desk.parts import Desk
from support_graph.desk.receive import Incoming, received_before, take
from support_graph.desk.standing import Act
from support_graph.domain.conversations import ConversationStatus
from support_graph.domain.errors import NameTaken, NotFound
from support_graph.domain.ids import TurnId, WorkspaceId
from support_graph.domain.turns import Turn, TurnStatus
from support_graph.graph.flow import Change, Node, Step, add_turn
from support_graph.graph.state import Question, State
from support_graph.store.database import Transaction

CHANNEL = "studio"
DEFAULT_WORKSPACE = "default"

T = TypeVar("T")


class UnusableInput(ValueError):
    """What a run was started with; a ValueError, because LangGraph's server words only such."""


class Do(Protocol):
    """Does something at a desk; see desk.standing."""

    def __call__(self, act: Act[T]) -> Awaitable[T]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a person can choose beside the question: the workspace, by its name."""

    workspace: str = DEFAULT_WORKSPACE


def build(do: Do) -> StateGraph[State, Context, Question, State]:
    """The graph, not yet compiled; nothing is opened before it runs."""
    flow: StateGraph[State, Context, Question, State] = StateGraph(
        State, context_schema=Context, input_schema=Question
    )

    async def receive(state: State, *, runtime: Runtime[Context]) -> Change:
        # LangGraph leaves the context out where nobody gave one.
        asked_in = (runtime.context or Context()).workspace
        ids = get_config()["configurable"]
        # Without a server there are no run ids; then a re-run of the node has the task's.
        asking = str(ids.get("run_id") or ids["checkpoint_ns"])
        return await do(partial(take_up, state, asked_in, str(ids["thread_id"]), asking))

    async def record(state: State) -> Change:
        await do(partial(keep, state))
        return {}

    flow.add_node("receive", receive)
    flow.add_node("record", record)
    flow.add_edge(START, "receive")
    add_turn(flow, partial(_at_desk, do), entry="receive", leave="record")
    flow.add_edge("record", END)
    return flow


def _at_desk(do: Do, node: Node) -> Step:
    async def step(state: State) -> Change:
        return await do(lambda desk: node(state, tools=desk.tools))

    return step


async def take_up(state: State, workspace: str, thread_id: str, asking: str, desk: Desk) -> Change:
    """Writes the question as a message of the thread's conversation, once for each `asking`.

    The state is left with the question and its context, as at the start of a turn.
    """
    incoming = Incoming(
        channel=CHANNEL,
        text=_question(state),
        conversation=thread_id,
        contact_ids=[CHANNEL],
        contact_name="Studio",
        context=state.get("context") or {},
        external_id=asking,
    )
    workspace_id = await _workspace(desk, workspace)
    async with desk.stores.within(workspace_id).begin() as tx:
        received = await received_before(tx, incoming)
        if received is None:
            await _free(tx, thread_id)
            received, _ = await take(tx, incoming, elsewhere=True)
    return {
        **_cleared(state),
        "context": dict(incoming.context),
        "workspace_id": str(workspace_id),
        "turn_id": str(received.turn_id),
    }


def _question(state: State) -> str:
    question = state.get("question")
    if not isinstance(question, str) or not question.strip():
        raise UnusableInput("A question is needed")
    if "\x00" in question:
        raise UnusableInput("The question holds a NUL character")
    return question


async def _free(tx: Transaction, thread_id: str) -> None:
    """Whatever came of an earlier question, in Studio no teammate holds the conversation."""
    known = await tx.conversations.find(thread_id, channel=CHANNEL)
    if known is not None:
        await tx.conversations.set_status(known[0], ConversationStatus.PENDING)


def _cleared(state: State) -> Change:
    """Undoes what an earlier question left in the state of its thread."""
    left = State.__annotations__.keys() - Question.__annotations__.keys()
    return {
        **{key: None for key in left if key in state},
        "failures": Overwrite({}),
        "timings_ms": Overwrite({}),
    }


async def _workspace(desk: Desk, name: str) -> WorkspaceId:
    """By its name; the default one is made if need be."""
    try:
        async with desk.stores.across() as workspaces:
            return (await workspaces.named(name)).id
    except NotFound as error:
        if name != DEFAULT_WORKSPACE:
            raise UnusableInput(f"There is no workspace named {name!r}") from error
    try:
        async with desk.stores.across() as workspaces:
            return (await workspaces.create(name)).id
    except NameTaken:  # by a run that began at the same moment
        async with desk.stores.across() as workspaces:
            return (await workspaces.named(name)).id


async def abandon(desk: Desk, workspace_id: WorkspaceId) -> int:
    """Marks turns that were left in Studio for the set time; how many there were.

    What is left can be gone on with: `keep` finishes it as any other.
    """
    scope = desk.stores.within(workspace_id)
    async with scope.begin() as tx:
        hours = (await tx.workspace.read()).settings.studio_hours
        moment = desk.clock() - timedelta(hours=hours)
        left = await tx.turns.left_in(CHANNEL, moment, limit=AT_ONCE)
    for turn_id in left:
        async with scope.begin() as tx:
            turn = await _held(tx, turn_id)
            if turn.status is TurnStatus.OPEN:
                await tx.turns.finish(turn_id, status=TurnStatus.ABANDONED, was=TurnStatus.OPEN)
                await tx.events.tell(f"turn:{turn_id}")
    return len(left)


async def abandon_everywhere(desk: Desk) -> None:
    await everywhere(desk, abandon)


async def _held(tx: Transaction, turn_id: TurnId) -> Turn:
    """As it is for as long as the transaction lasts."""
    await tx.conversations.lock(await tx.turns.conversation_of(turn_id))
    return await tx.turns.get(turn_id)


async def keep(state: State, desk: Desk) -> None:
    """Writes what came of the run. Doing it again changes nothing."""
    workspace_id = WorkspaceId(UUID(state["workspace_id"]))
    async with desk.stores.within(workspace_id).begin() as tx:
        turn = await _held(tx, TurnId(UUID(state["turn_id"])))
        if turn.status not in {TurnStatus.OPEN, TurnStatus.ABANDONED}:
            return
        if state["verdict"]["send"]:
            await turns.answer(desk, tx, turn, state)
        else:
            await _keep_decision(desk, tx, turn, state)


async def _keep_decision(desk: Desk, tx: Transaction, turn: Turn, state: State) -> None:
    if not await turns.finish(desk, tx, turn, state, TurnStatus.ESCALATED):
        return
    escalation = await tx.escalations.of_turn(turn.id)
    decision = await tx.decisions.get(turn.id, state["interrupt_id"])
    assert decision is not None  # `learn` wrote it
    await turns.note_use(tx, turn, state, role="suggested")
    await tx.escalations.await_answer(turn.id, decision.interrupt_id)
    await decisions.carry_out(desk, tx, escalation, decision)
    await desk.queue.digest(tx)
    await tx.events.tell(f"turn:{turn.id}")
    await tx.events.tell(f"learned:{turn.id}")
