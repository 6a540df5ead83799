"""The embedded engines: Postgres and Chroma in a data folder, for when no server is named."""

from support_graph.store.engines.chroma import ChromaAddress, EmbeddedChroma
from support_graph.store.engines.data_folder import DataFolder
from support_graph.store.engines.errors import (
    DataFolderInUse,
    EmbeddedPostgresUnavailable,
    EngineFailed,
    EngineNotStarted,
)
from support_graph.store.engines.file_lock import FileLock
from support_graph.store.engines.postgres import EmbeddedPostgres

__all__ = [
    "ChromaAddress",
    "DataFolder",
    "DataFolderInUse",
    "EmbeddedChroma",
    "EmbeddedPostgres",
    "EmbeddedPostgresUnavailable",
    "EngineFailed",
    "EngineNotStarted",
    "FileLock",
]
