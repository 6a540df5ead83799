"""The flow of one turn. Read this first.

    understand → search_brain ∥ search_resolutions → draft → gate → END
                                                              ↓
                                      open_escalation → ask_human → learn → END

This file only builds; whoever runs the graph compiles it, because a graph that brings its own
checkpointer can't be served by LangGraph's servers.
"""

import time
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from typing import Any, assert_never

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime

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
from support_graph.graph.tools import Context, Tools
from support_graph.models.base import ModelFailed

Flow = StateGraph[State, Context, Input, State]
_Node = Callable[..., Awaitable[dict[str, Any]]]

FALLIBLE: dict[str, _Node] = {
    "understand": understand,
    "search_brain": search_brain,
    "search_resolutions": search_resolutions,
    "draft": draft,
}
"""Nodes that ask a model; a model that fails is a handoff, not an empty answer."""

CERTAIN: dict[str, _Node] = {
    "gate": gate,
    "open_escalation": open_escalation,
    "learn": learn,
}


def build(tools: Tools, *, entry: str = START, leave: str = END) -> Flow:
    """The graph, not yet compiled.

    `entry` and `leave` are where it starts and ends; other nodes may be put there.
    """
    flow: Flow = StateGraph(State, context_schema=Context, input_schema=Input)
    for name, node in FALLIBLE.items():
        flow.add_node(name, _bound(name, node, tools, handing_off=True))
    for name, node in CERTAIN.items():
        flow.add_node(name, _bound(name, node, tools, handing_off=False))
    flow.add_node("ask_human", ask_human)
    flow.add_conditional_edges(entry, _start, ["understand", "gate"])
    flow.add_conditional_edges(
        "understand", _evidence_needed, ["search_brain", "search_resolutions", "draft", "gate"]
    )
    flow.add_edge(["search_brain", "search_resolutions"], "draft")
    flow.add_edge("draft", "gate")
    flow.add_conditional_edges("gate", partial(_sent, leave=leave), ["open_escalation", leave])
    flow.add_edge("open_escalation", "ask_human")
    flow.add_edge("ask_human", "learn")
    flow.add_edge("learn", leave)
    return flow


def _start(state: State) -> str:
    """A turn that can't be worked on any more (its failures are given) goes to a human at once."""
    return "gate" if state.get("failures") else "understand"


def _evidence_needed(state: State) -> list[str]:
    understood = state.get("understood")
    if understood is None:
        return ["gate"]
    match MessageKind(understood["kind"]):
        case MessageKind.GREETING | MessageKind.THANKS:
            return ["draft"]
        case MessageKind.HUMAN_REQUEST | MessageKind.INSTRUCTION:
            return ["gate"]
        case MessageKind.QUESTION | MessageKind.FOLLOW_UP:
            return ["search_brain", "search_resolutions"]
        case never:
            assert_never(never)


def _sent(state: State, *, leave: str) -> str:
    return leave if state["verdict"]["send"] else "open_escalation"


def _bound(name: str, node: _Node, tools: Tools, *, handing_off: bool) -> _Node:
    """The node with its tools in hand and its time taken."""

    @wraps(node)
    async def run(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        started = time.perf_counter()
        try:
            return await node(state, runtime, tools=tools)
        except ModelFailed as error:
            if not handing_off:
                raise
            return {"failures": {name: str(error)}}
        finally:
            spent = (time.perf_counter() - started) * 1000
            runtime.context.timings[name] = round(spent, 2)

    del run.__wrapped__  # LangGraph looks at the signature, and must see this one
    return run
