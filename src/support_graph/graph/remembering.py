"""A contact's earlier questions, as the state of a run holds them."""

from datetime import datetime
from uuid import UUID

from support_graph.domain.history import Ending, Episode
from support_graph.domain.ids import ConversationId, ResolutionId, TurnId
from support_graph.domain.messages import Author
from support_graph.domain.sentences import Sentence
from support_graph.graph.state import Remembered, State
from support_graph.learning import history
from support_graph.store.database import Transaction

_LAST = 10
_CUT = 1_000
"""What is longer is cut, since the state is written at checkpoints."""


async def remembered(
    tx: Transaction, turn_id: TurnId, state: State, *, now: datetime
) -> list[Remembered]:
    """Nothing, and no query, for a contact who writes for the first time."""
    if not state.get("returning"):
        return []
    turn = await tx.turns.get(turn_id)
    episodes = await tx.histories.before(turn.conversation_id, now=now, last=_LAST)
    return [_written(episode) for episode in episodes]


def tried_before(state: State) -> Sentence | None:
    """Why this contact should not get this draft again, in words."""
    drafted = state.get("draft")
    if drafted is None:
        return None
    episodes = [_read(one) for one in state.get("history") or []]
    found = history.tried(episodes, drafted["text"][:_CUT])
    return history.in_words(found) if found else None


def _written(episode: Episode) -> Remembered:
    return {
        "turn_id": str(episode.turn_id),
        "conversation_id": str(episode.conversation_id),
        "asked": episode.asked[:_CUT],
        "said": episode.said[:_CUT] if episode.said is not None else None,
        "by": episode.by.value if episode.by else None,
        "by_name": episode.by_name,
        "resolution_id": str(episode.resolution_id) if episode.resolution_id else None,
        "ended": episode.ended.value,
        "at": episode.at.isoformat(),
    }


def _read(one: Remembered) -> Episode:
    return Episode(
        turn_id=TurnId(UUID(one["turn_id"])),
        conversation_id=ConversationId(UUID(one["conversation_id"])),
        asked=one["asked"],
        said=one["said"],
        by=Author(one["by"]) if one["by"] else None,
        by_name=one["by_name"],
        resolution_id=ResolutionId(UUID(one["resolution_id"])) if one["resolution_id"] else None,
        ended=Ending(one["ended"]),
        at=datetime.fromisoformat(one["at"]),
    )
