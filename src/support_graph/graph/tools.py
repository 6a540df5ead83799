"""What nodes work with, handed to them when the graph is built."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from support_graph.brain.search import BrainSearch
from support_graph.domain.ids import WorkspaceId
from support_graph.learning.capture import Capture
from support_graph.learning.recall import Recall
from support_graph.models.base import LanguageModel
from support_graph.store.database import Scope, Stores


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    stores: Stores
    language: LanguageModel
    recall: Recall
    brain: BrainSearch
    capture: Capture
    clock: Callable[[], datetime]


@dataclass(slots=True, kw_only=True)
class Context:
    """What a run is told at every start and resume; LangGraph does not keep it.

    `timings` collects the milliseconds each node took.
    """

    workspace_id: str
    timings: dict[str, float] = field(default_factory=dict)

    @property
    def workspace(self) -> WorkspaceId:
        return WorkspaceId(UUID(self.workspace_id))


def scope(tools: Tools, context: Context) -> Scope:
    return tools.stores.within(context.workspace)
