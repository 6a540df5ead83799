"""Proposals: each is made once, and remembers what was decided."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, assert_never
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from support_graph.domain.errors import NotFound
from support_graph.domain.ids import ProposalId, ResolutionId, new_id
from support_graph.domain.proposals import (
    Merge,
    Proposal,
    ProposalKind,
    ProposalStatus,
    Scoping,
)
from support_graph.domain.resolutions import ResolutionStatus
from support_graph.store.rooms import Page, Room, Row
from support_graph.store.tables import proposals, resolutions


def _dump(what: Merge | Scoping) -> tuple[ProposalKind, dict[str, Any], str]:
    """The kind, the stored form, and what makes it the same proposal the next time."""
    match what:
        case Merge():
            pair = ":".join(sorted(map(str, what.resolutions)))
            stored = {"source": str(what.source), "into": str(what.into)}
            return ProposalKind.MERGE, stored, f"merge:{pair}"
        case Scoping():
            several = ":".join(map(str, what.resolutions))
            values = {str(i): list(v) for i, v in what.values.items()}
            stored_scope = {"attribute": what.attribute, "values": values}
            return ProposalKind.SCOPE, stored_scope, f"scope:{several}:{what.attribute}"
        case never:
            assert_never(never)


def _load(kind: ProposalKind, stored: Mapping[str, Any]) -> Merge | Scoping:
    match kind:
        case ProposalKind.MERGE:
            source, into = (ResolutionId(UUID(stored[name])) for name in ("source", "into"))
            return Merge(source=source, into=into)
        case ProposalKind.SCOPE:
            values = {ResolutionId(UUID(i)): tuple(v) for i, v in stored["values"].items()}
            return Scoping(attribute=stored["attribute"], values=values)
        case never:
            assert_never(never)


def _proposal(row: Row) -> Proposal:
    kind = ProposalKind(row["kind"])
    return Proposal(
        id=ProposalId(row["id"]),
        kind=kind,
        status=ProposalStatus(row["status"]),
        what=_load(kind, row["what"]),
        words=tuple(row["words"]),
        evidence=row["evidence"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


class Proposals(Room):
    async def make(
        self, what: Merge | Scoping, *, words: Sequence[str], evidence: Mapping[str, Any]
    ) -> Proposal:
        """The proposal, made or with renewed evidence; a decided one stays as it was decided."""
        kind, stored, fingerprint = _dump(what)
        renewed = {"what": stored, "words": list(words), "evidence": dict(evidence)}
        await self._run(
            upsert(proposals)
            .values(
                workspace_id=self._workspace_id,
                id=new_id(),
                kind=kind,
                status=ProposalStatus.OPEN,
                fingerprint=fingerprint,
                resolution_ids=list(what.resolutions),
                **renewed,
            )
            .on_conflict_do_update(
                index_elements=["workspace_id", "fingerprint"],
                set_={**renewed, "updated_at": func.clock_timestamp()},
                where=proposals.c.status == ProposalStatus.OPEN,
            )
        )
        row = await self._one(self._query().where(proposals.c.fingerprint == fingerprint))
        assert row is not None
        return _proposal(row)

    async def get(self, proposal_id: ProposalId, *, lock: bool = False) -> Proposal:
        query = self._query().where(proposals.c.id == proposal_id)
        row = await self._one(query.with_for_update(key_share=True) if lock else query)
        if row is None:
            raise NotFound(noun="proposal", id=proposal_id)
        return _proposal(row)

    async def list(
        self,
        *,
        status: ProposalStatus | None,
        kind: ProposalKind | None,
        cursor: UUID | None,
        limit: int,
    ) -> Page[Proposal]:
        """Open ones about a resolution that is deleted are left out, until it is restored."""
        gone = select(resolutions.c.id).where(
            self._own(resolutions),
            resolutions.c.id == func.any(proposals.c.resolution_ids),
            resolutions.c.status == ResolutionStatus.DELETED,
        )
        query = self._query().where((proposals.c.status != ProposalStatus.OPEN) | ~gone.exists())
        if status is not None:
            query = query.where(proposals.c.status == status)
        if kind is not None:
            query = query.where(proposals.c.kind == kind)
        rows, next_cursor = await self._page(query, proposals, cursor=cursor, limit=limit)
        return Page(items=tuple(_proposal(r) for r in rows), next_cursor=next_cursor)

    async def newest_change(self) -> datetime | None:
        row = await self._one(
            select(func.max(proposals.c.updated_at).label("newest")).where(self._own(proposals))
        )
        assert row is not None
        found: datetime | None = row["newest"]
        return found

    async def changed(self, since: datetime | None) -> int:
        """How many were made, renewed or decided after that moment."""
        query = select(func.count().label("changed")).where(self._own(proposals))
        if since is not None:
            query = query.where(proposals.c.updated_at > since)
        row = await self._one(query)
        assert row is not None
        return int(row["changed"])

    async def ids_like(self, part: str) -> Sequence[UUID]:
        return await self._ids_like(proposals, part)

    async def decide(
        self, proposal_id: ProposalId, status: ProposalStatus, *, by: str, now: datetime
    ) -> None:
        await self._run(
            update(proposals)
            .where(self._own(proposals), proposals.c.id == proposal_id)
            .values(status=status, decided_by=by, decided_at=now, updated_at=now)
        )

    async def reopen(self, proposal_id: ProposalId, *, now: datetime) -> None:
        """What was done about it has been undone."""
        await self._run(
            update(proposals)
            .where(self._own(proposals), proposals.c.id == proposal_id)
            .values(status=ProposalStatus.OPEN, decided_by=None, decided_at=None, updated_at=now)
        )

    async def discovered(self, resolution_id: ResolutionId) -> Sequence[str]:
        """The facts that were found to decide where this resolution holds, and agreed to."""
        rows = await self._all(
            select(proposals.c.what["attribute"].astext.label("attribute"))
            .where(
                self._own(proposals),
                proposals.c.resolution_ids.contains([resolution_id]),
                proposals.c.kind == ProposalKind.SCOPE,
                proposals.c.status == ProposalStatus.ACCEPTED,
            )
            .distinct()
        )
        return [row["attribute"] for row in rows]

    def _query(self) -> Any:
        return select(proposals).where(self._own(proposals))
