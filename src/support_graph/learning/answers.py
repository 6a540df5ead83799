"""Which known answers mean nearly the same as a text: exact, and without reading them all again.

What a process keeps of a workspace's answers is a view of Postgres, brought up to date at each look
from the store version that it has seen. With 10,000 answers a look takes some 5 ms instead of 300,
which counts because a preview is asked for while somebody types.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

import numpy as np

from support_graph.domain.ids import ResolutionId, WorkspaceId
from support_graph.store.database import Transaction
from support_graph.store.embeddings import Vector

_WORKSPACES_KEPT: Final = 64
"""15 MB each, with 10,000 answers."""


class _Answers:
    """One workspace's answers in use."""

    def __init__(self) -> None:
        self._version = 0
        self._vectors: dict[ResolutionId, Vector] = {}
        self._ids: list[ResolutionId] = []
        self._matrix: Vector = np.zeros((0, 0), dtype=np.float32)
        self._catching_up = asyncio.Lock()

    async def refresh(self, tx: Transaction) -> None:
        """Writers of the store take turns, so no version appears behind the one that was read."""
        async with self._catching_up:
            version = await tx.workspace.store_version()
            if version == self._version:
                return
            for changed in await tx.resolutions.answers_since(self._version):
                if changed.usable:
                    self._vectors[changed.id] = changed.vector
                else:
                    self._vectors.pop(changed.id, None)
            self._ids = list(self._vectors)
            if self._ids:
                self._matrix = np.stack(list(self._vectors.values()))
                # The rows of the one matrix, so that each vector is kept once.
                self._vectors = dict(zip(self._ids, self._matrix, strict=True))
            self._version = version

    def nearest(self, vector: Vector, k: int) -> Sequence[ResolutionId]:
        if not self._ids:
            return []
        cosines = self._matrix @ vector
        return [self._ids[i] for i in (-cosines).argsort(kind="stable")[:k]]


class KnownAnswers:
    def __init__(self) -> None:
        self._workspaces: OrderedDict[WorkspaceId, _Answers] = OrderedDict()

    async def nearest(self, tx: Transaction, vector: Vector, k: int) -> Sequence[ResolutionId]:
        """The `k` resolutions in use whose answers' vectors are nearest to `vector`, best first."""
        answers = self._workspaces.setdefault(tx.workspace_id, _Answers())
        self._workspaces.move_to_end(tx.workspace_id)
        while len(self._workspaces) > _WORKSPACES_KEPT:
            self._workspaces.popitem(last=False)
        await answers.refresh(tx)
        return answers.nearest(vector, k)
