"""The flow of one turn. Read this first.

    understand → search_brain ∥ search_resolutions → draft → gate → END
                                                              ↓
                                      open_escalation → ask_human → learn → END

This file only builds; whoever runs the graph compiles it, because a graph that brings its own
checkpointer can't be served by LangGraph's servers.
"""

import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Protocol, assert_never

from langgraph.graph import END, START, StateGraph

from support_graph.domain.messages import MessageKind
from support_graph.graph.nodes.ask_human import ask_human
from support_graph.graph.nodes.draft import draft
from support_graph.graph.nodes.gate import gate
from support_graph.graph.nodes.learn import learn
from support_graph.graph.nodes.open_escalation import open_escalation
from support_graph.graph.nodes.search_brain import search_brain
from support_graph.graph.nodes.search_resolutions import search_resolutions
from support_graph.graph.nodes.understand import understand
from support_graph.graph.state import Input, State
from support_graph.graph.tools import Tools
from support_graph.models.base import ModelFailed

Flow = StateGraph[State, None, Input, State]
Change = dict[str, Any]
Node = Callable[..., Awaitable[Change]]
"""Takes the state and, by name, `tools`."""


class Step(Protocol):
    """A node as LangGraph calls it."""

    def __call__(self, state: State) -> Awaitable[Change]: ...


FALLIBLE: dict[str, Node] = {
    "understand": understand,
    "search_brain": search_brain,
    "search_resolutions": search_resolutions,
    "draft": draft,
}
"""Nodes that ask a model; a model that fails is a handoff, not an empty answer."""

JUDGING: tuple[str, ...] = (*FALLIBLE, "gate")
"""The nodes that lead to a verdict, in their order; the two searches run side by side."""

FOLLOWING: dict[str, Node] = {
    "open_escalation": open_escalation,
    "learn": learn,
}
"""What follows from a verdict."""


def build(tools: Tools) -> Flow:
    """The graph, not yet compiled."""
    flow: Flow = StateGraph(State, input_schema=Input)
    add_turn(flow, lambda node: partial(node, tools=tools), entry=START, leave=END)
    return flow


def build_judging(tools: Tools) -> Flow:
    """The same up to the verdict, for a question that is only tried: nothing follows from it."""
    flow: Flow = StateGraph(State, input_schema=Input)
    _add_judging(flow, lambda node: partial(node, tools=tools), entry=START)
    flow.add_edge("gate", END)
    return flow


def add_turn(
    flow: StateGraph[State, Any, Any, State],
    equip: Callable[[Node], Step],
    *,
    entry: str,
    leave: str,
) -> None:
    """Puts the turn between the nodes `entry` and `leave`; `equip` gives a node its tools."""
    _add_judging(flow, equip, entry=entry)
    for name, node in FOLLOWING.items():
        flow.add_node(name, _timed(name, equip(node)))
    flow.add_node("ask_human", ask_human)
    flow.add_conditional_edges("gate", partial(_sent, leave=leave), ["open_escalation", leave])
    flow.add_edge("open_escalation", "ask_human")
    flow.add_edge("ask_human", "learn")
    flow.add_edge("learn", leave)


def _add_judging(
    flow: StateGraph[State, Any, Any, State], equip: Callable[[Node], Step], *, entry: str
) -> None:
    """From `entry` to the node `gate`, which gives the verdict."""
    for name, node in FALLIBLE.items():
        flow.add_node(name, _timed(name, _handing_off(name, equip(node))))
    flow.add_node("gate", _timed("gate", equip(gate)))
    flow.add_conditional_edges(entry, _start, ["understand", "gate"])
    flow.add_conditional_edges(
        "understand", _evidence_needed, ["search_brain", "search_resolutions", "draft", "gate"]
    )
    flow.add_edge(["search_brain", "search_resolutions"], "draft")
    flow.add_edge("draft", "gate")


# The choices are coroutines: LangGraph takes each plain function to a thread of its own.


async def _start(state: State) -> str:
    """A turn that can't be worked on any more (its failures are given) goes to a human at once."""
    return "gate" if state.get("failures") else "understand"


async def _evidence_needed(state: State) -> list[str]:
    understood = state.get("understood")
    if understood is None:
        return ["gate"]
    match MessageKind(understood["kind"]):
        case MessageKind.GREETING | MessageKind.THANKS:
            return ["draft"]
        case MessageKind.HUMAN_REQUEST | MessageKind.COMPLAINT | MessageKind.INSTRUCTION:
            return ["gate"]
        case MessageKind.QUESTION | MessageKind.FOLLOW_UP:
            return ["search_brain", "search_resolutions"]
        case never:
            assert_never(never)


async def _sent(state: State, *, leave: str) -> str:
    return leave if state["verdict"]["send"] else "open_escalation"


def _handing_off(name: str, step: Step) -> Step:
    async def run(state: State) -> Change:
        try:
            return await step(state)
        except ModelFailed as error:
            return {"failures": {name: str(error)}}

    return run


def _timed(name: str, step: Step) -> Step:
    async def run(state: State) -> Change:
        started = time.perf_counter()
        change = await step(state)
        spent = (time.perf_counter() - started) * 1000
        return {**change, "timings_ms": {name: round(spent, 2)}}

    return run
