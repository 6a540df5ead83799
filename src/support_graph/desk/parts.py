"""What the desk's functions work with; bootstrap puts it together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from langgraph.graph.state import CompiledStateGraph

from support_graph.brain.ingest import Ingest
from support_graph.desk.queue import Queue
from support_graph.graph.state import Input, State
from support_graph.graph.tools import Tools
from support_graph.models.base import Embedder
from support_graph.store.database import Stores
from support_graph.store.listener import Listener
from support_graph.store.neighbours import IndexWriter
from support_graph.store.vectors import Vectors

Compiled = CompiledStateGraph[State, None, Input, State]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """`compiled` has no checkpointer: each run brings its own. `judging` is the same graph up to
    its verdict, and its nodes can only read."""

    stores: Stores
    tools: Tools
    compiled: Compiled
    judging: Compiled
    queue: Queue
    listener: Listener
    embedder: Embedder
    index: IndexWriter
    vectors: Vectors
    ingest: Ingest
    clock: Callable[[], datetime]
