"""What happened to a contact before, in other conversations."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from support_graph.domain.ids import ConversationId, ResolutionId, TurnId
from support_graph.domain.messages import Author


class Ending(StrEnum):
    """How an earlier question ended, as far as anybody said: `silent`, nobody said anything."""

    HELPED = "helped"
    DID_NOT_HELP = "did_not_help"
    RESOLVED = "resolved"
    SILENT = "silent"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """An earlier question of the same contact: what was asked and said, and how it ended.

    `said` is None while nobody has answered; `by` is who did, with `by_name` for a teammate.
    """

    turn_id: TurnId
    conversation_id: ConversationId
    asked: str
    said: str | None
    by: Author | None
    by_name: str | None
    resolution_id: ResolutionId | None
    ended: Ending
    at: datetime
