"""Merges of resolutions: what each moved, and whether it was undone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, update

from support_graph.domain.ids import MergeId, ProposalId, ResolutionId, TurnId, new_id
from support_graph.domain.merges import Merged
from support_graph.store.rooms import Room, Row
from support_graph.store.tables import merges


def _merged(row: Row) -> Merged:
    duplicate_of, proposal_id = row["duplicate_of"], row["proposal_id"]
    return Merged(
        id=MergeId(row["id"]),
        source=ResolutionId(row["source_id"]),
        target=ResolutionId(row["target_id"]),
        source_revision=row["source_revision"],
        target_revision=row["target_revision"],
        filed=tuple(TurnId(one) for one in row["filed"]),
        precedents=tuple(TurnId(one) for one in row["precedents"]),
        duplicate_of=ResolutionId(duplicate_of) if duplicate_of else None,
        proposal_id=ProposalId(proposal_id) if proposal_id else None,
        created_at=row["created_at"],
        undone_at=row["undone_at"],
        undone_by=row["undone_by"],
    )


class Merges(Room):
    async def add(
        self,
        *,
        source: ResolutionId,
        target: ResolutionId,
        source_revision: int,
        target_revision: int,
        filed: Sequence[TurnId],
        precedents: Sequence[TurnId],
        duplicate_of: ResolutionId | None,
        proposal_id: ProposalId | None,
    ) -> None:
        await self._run(
            insert(merges).values(
                workspace_id=self._workspace_id,
                id=new_id(),
                source_id=source,
                target_id=target,
                source_revision=source_revision,
                target_revision=target_revision,
                filed=list(filed),
                precedents=list(precedents),
                duplicate_of=duplicate_of,
                proposal_id=proposal_id,
            )
        )

    async def newest_of(self, source: ResolutionId) -> Merged | None:
        """The last time that `source` went into another one, undone or not."""
        newest = self._query().where(merges.c.source_id == source)
        row = await self._one(newest.order_by(merges.c.id.desc()).limit(1))
        return _merged(row) if row else None

    async def about(self, resolution_id: ResolutionId) -> Sequence[Merged]:
        """Those that it took part in, the newest first."""
        took_part = or_(merges.c.source_id == resolution_id, merges.c.target_id == resolution_id)
        rows = await self._all(self._query().where(took_part).order_by(merges.c.id.desc()))
        return [_merged(row) for row in rows]

    async def undone(self, merge_id: MergeId, *, by: str, now: datetime) -> None:
        await self._run(
            update(merges)
            .where(self._own(merges), merges.c.id == merge_id)
            .values(undone_at=now, undone_by=by)
        )

    def _query(self) -> Any:
        return select(merges).where(self._own(merges))
