"""understand: what the message is, the question it asks by itself, and who asked it before."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from support_graph.domain.ids import TurnId
from support_graph.domain.messages import Message, Utterance
from support_graph.graph.remembering import remembered
from support_graph.graph.state import Remembered, State
from support_graph.graph.tools import Tools, scope

_REMEMBERED = 12


async def understand(state: State, *, tools: Tools) -> dict[str, Any]:
    earlier, past = await _before(state, tools)
    history = [Utterance(author=message.author, text=message.text) for message in earlier]
    understood = await tools.language.understand(state["question"], history=history)
    return {
        "history": past,
        "understood": {"kind": understood.kind.value, "standalone": understood.standalone},
    }


async def _before(state: State, tools: Tools) -> tuple[Sequence[Message], list[Remembered]]:
    """The conversation before the turn, and the contact's earlier ones."""
    turn = state.get("turn_id")
    if turn is None or (state.get("first") and not state.get("returning")):
        return [], []
    turn_id = TurnId(UUID(turn))
    async with scope(tools, state).begin() as tx:
        earlier = await tx.messages.before_turn(turn_id, last=_REMEMBERED)
        past = await remembered(tx, turn_id, state, now=tools.clock())
    return earlier, past
