"""ask_human: the run stops here until a teammate has decided."""

from typing import Any

from langgraph.config import get_config
from langgraph.types import Interrupt, interrupt

from support_graph.graph.hitl import read_decision, request
from support_graph.graph.state import State


async def ask_human(state: State) -> dict[str, Any]:
    # First act: LangGraph runs the node again from its top when it is resumed.
    answer = interrupt(request(state))
    namespace = get_config()["configurable"]["checkpoint_ns"]
    return {
        "decision": read_decision(answer, drafted=(state.get("draft") or {}).get("text")),
        "interrupt_id": Interrupt.from_ns(None, namespace).id,
    }
