"""ask_human: the run stops here until a teammate has decided."""

from typing import Any

from langgraph.config import get_config
from langgraph.types import Interrupt, interrupt

from support_graph.graph.hitl import UnreadableDecision, read_decision, request
from support_graph.graph.state import State


async def ask_human(state: State) -> dict[str, Any]:
    """`interrupt_id` is the first one's, however often an unreadable answer is asked again."""
    namespace = get_config()["configurable"]["checkpoint_ns"]
    return {
        "decision": _decision(state),
        "interrupt_id": Interrupt.from_ns(None, namespace).id,
    }


def _decision(state: State) -> dict[str, Any]:
    # Interrupts come first: LangGraph runs the node again from its top when it is resumed. It keeps
    # an answer even if the node then raises, and gives the same one at every later resume; so an
    # unreadable one must not raise, or the thread could never be answered again.
    drafted = state.get("draft")
    error = None
    while True:
        answer = interrupt(request(state, error=error))
        try:
            return read_decision(answer, drafted=drafted["text"] if drafted else None)
        except UnreadableDecision as unreadable:
            error = str(unreadable)
