"""understand: what the message is, the question it asks by itself, and who asked it before."""

from typing import Any
from uuid import UUID

from support_graph.domain.ids import TurnId
from support_graph.domain.messages import Utterance
from support_graph.graph.remembering import remembered
from support_graph.graph.state import State
from support_graph.graph.tools import Tools, scope

_REMEMBERED = 12


async def understand(state: State, *, tools: Tools) -> dict[str, Any]:
    async with scope(tools, state).begin() as tx:
        turn_id = TurnId(UUID(state["turn_id"]))
        earlier = await tx.messages.before_turn(turn_id, last=_REMEMBERED)
        past = await remembered(tx, turn_id, state, now=tools.clock())
    history = [Utterance(author=message.author, text=message.text) for message in earlier]
    understood = await tools.language.understand(state["question"], history=history)
    return {
        "history": past,
        "understood": {"kind": understood.kind.value, "standalone": understood.standalone},
    }
