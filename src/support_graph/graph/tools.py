"""What nodes work with, handed to them when the graph is built."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from support_graph.brain.search import BrainSearch
from support_graph.domain.ids import WorkspaceId
from support_graph.graph.state import State
from support_graph.learning.capture import Capture
from support_graph.learning.classify import Classifier
from support_graph.learning.recall import Recall
from support_graph.models.base import LanguageModel
from support_graph.store.database import Scope, Stores


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """`reading`: for a question that is only tried; no node can write then."""

    stores: Stores
    language: LanguageModel
    recall: Recall
    brain: BrainSearch
    capture: Capture
    classifier: Classifier
    clock: Callable[[], datetime]
    reading: bool = False


def scope(tools: Tools, state: State) -> Scope:
    """The stores of the run's workspace."""
    workspace_id = WorkspaceId(UUID(state["workspace_id"]))
    return tools.stores.within(workspace_id, reading=tools.reading)
