"""What a process keeps at hand of a workspace's passages: their words, up to date at every look.

A view of Postgres, read forward from the Brain version it has seen; it can be dropped at any time.
"""

import asyncio
from collections import OrderedDict

from support_graph.brain.ranking import indexed_text
from support_graph.domain.ids import PassageId, WorkspaceId
from support_graph.models.lexicon import Lexicon
from support_graph.store.database import Transaction

_WORKSPACES_KEPT = 64


class Shelf:
    """One workspace's passages by their words."""

    def __init__(self) -> None:
        self.words: Lexicon[PassageId] = Lexicon()
        self._version = 0
        self._catching_up = asyncio.Lock()

    async def refresh(self, tx: Transaction) -> None:
        """Catches up with the Brain. What is read twice does no harm: passages never change."""
        async with self._catching_up:
            version = await tx.workspace.brain_version()
            if version == self._version:
                return
            new = await tx.passages.added_since(self._version)
            gone = await tx.passages.removed_since(self._version)
            texts = [indexed_text(title=p.title, headings=p.headings, text=p.text) for p in new]
            await asyncio.to_thread(self.words.add, [p.id for p in new], texts)
            self.words.remove(gone)
            self._version = version


class Library:
    """The shelves of the workspaces that were asked lately."""

    def __init__(self) -> None:
        self._kept: OrderedDict[WorkspaceId, Shelf] = OrderedDict()

    def of(self, workspace_id: WorkspaceId) -> Shelf:
        shelf = self._kept.setdefault(workspace_id, Shelf())
        self._kept.move_to_end(workspace_id)
        while len(self._kept) > _WORKSPACES_KEPT:
            self._kept.popitem(last=False)
        return shelf
