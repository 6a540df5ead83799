"""Runs of the graph: one thread a turn, checkpointed in Postgres, with a fresh saver each.

A saver holds one lock however many connections its pool has, so runs would queue behind each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.types import Command, Interrupt, StateSnapshot

from support_graph.desk.parts import Compiled, Desk
from support_graph.domain.ids import TurnId
from support_graph.graph.state import Input, State
from support_graph.store.checkpoints import RunSaver


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """Where a run stopped: at its end, or at an interrupt that waits for a human."""

    state: State
    interrupt_id: str | None


async def start(desk: Desk, turn_id: TurnId, question: Input) -> Ran:
    """Runs a turn to its end or interrupt; a thread that got there before is only read."""
    graph, saver = _compiled(desk)
    config = _config(turn_id)
    if not await saver.begins(config):
        snapshot = await graph.aget_state(config)
        if snapshot.values and _stopped(snapshot):
            return _ran(snapshot.values, snapshot.interrupts)
    state = await graph.ainvoke(question, config, durability="exit")
    return _ran(state, state.pop("__interrupt__", ()))


async def resume(desk: Desk, turn_id: TurnId, interrupt_id: str, decision: dict[str, Any]) -> Ran:
    """Hands the decision to the waiting run; a thread that is through already is only read."""
    graph, saver = _compiled(desk)
    config = _config(turn_id)
    answer: Command[str] | None = Command(resume={interrupt_id: decision})
    if not await saver.waits(config):
        snapshot = await graph.aget_state(config)
        if not (snapshot.interrupts or snapshot.next):
            await saver.keep_latest(str(turn_id))
            return _ran(snapshot.values, snapshot.interrupts)
        # Without an interrupt it was resumed before and died on the way: it just goes on.
        answer = answer if snapshot.interrupts else None
    state = await graph.ainvoke(answer, config, durability="exit")
    await saver.keep_latest(str(turn_id))
    return _ran(state, state.pop("__interrupt__", ()))


def _stopped(snapshot: StateSnapshot) -> bool:
    """At an interrupt, or at the end."""
    return bool(snapshot.interrupts) or not snapshot.next


def _compiled(desk: Desk) -> tuple[Compiled, RunSaver]:
    saver = RunSaver(desk.stores.checkpoints)  # type: ignore[arg-type]
    return desk.compiled.copy(update={"checkpointer": saver}), saver


def _config(turn_id: TurnId) -> RunnableConfig:
    return {"configurable": {"thread_id": str(turn_id)}}


def _ran(state: Any, interrupts: Sequence[Interrupt]) -> Ran:
    return Ran(state=cast("State", state), interrupt_id=interrupts[0].id if interrupts else None)
