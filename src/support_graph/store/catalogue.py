"""Resolutions as a table: filtered, sorted, with how often each one was used."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, func, or_, select, true

from support_graph.domain.evidence import EvidenceKind, LabelSource
from support_graph.domain.ids import ConversationId, ResolutionId, TurnId
from support_graph.domain.proposals import ProposalStatus
from support_graph.domain.resolutions import ResolutionStatus
from support_graph.domain.signals import OutcomeKind
from support_graph.store.intent_names import current, with_intent
from support_graph.store.outcomes import outcome_of
from support_graph.store.rooms import Room, Row
from support_graph.store.tables import (
    labels,
    phrasings,
    proposals,
    resolution_uses,
    resolutions,
    turns,
)


class Order(StrEnum):
    """What comes first."""

    NEWEST = "newest"
    CHANGED = "changed"
    USES = "uses"
    USED = "used"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A resolution's place in the table.

    `right` and `wrong` count the uses of which a person said so, a teammate or the customer; what
    nobody commented on is in neither.
    """

    id: ResolutionId
    uses: int
    last_used: datetime | None
    right: int = 0
    wrong: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """None where everything is wanted; deleted ones only where `status` says so."""

    status: ResolutionStatus | None = None
    pinned: bool | None = None
    intent: str | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One use of a resolution: which question it served, and what became of it.

    `role` is `answered` (the customer got it) or `suggested` (a teammate saw it as the draft).
    """

    turn_id: TurnId
    conversation_id: ConversationId
    question: str
    revision: int
    role: str
    outcome: OutcomeKind | None
    created_at: datetime


def _entry(row: Row) -> Entry:
    return Entry(id=ResolutionId(row["id"]), uses=row["uses"], last_used=row["last_used"])


def _service(row: Row) -> Service:
    return Service(
        turn_id=TurnId(row["turn_id"]),
        conversation_id=ConversationId(row["conversation_id"]),
        question=row["question"],
        revision=row["revision"],
        role=row["role"],
        outcome=OutcomeKind(row["outcome"]) if row["outcome"] else None,
        created_at=row["created_at"],
    )


class Catalogue(Room):
    async def list(
        self, wanted: Wanted, *, order: Order, skip: int, limit: int
    ) -> tuple[Sequence[Entry], bool]:
        """One page, and whether there is more."""
        used = _used()
        joined = with_intent(resolutions, resolutions).join(used, true())
        query = select(resolutions.c.id, used.c.uses, used.c.last_used).select_from(joined)
        query = self._filtered(query, wanted).order_by(*_by(order, used), resolutions.c.id.desc())
        rows = await self._all(query.offset(skip).limit(limit + 1))
        return await self._judged([_entry(row) for row in rows[:limit]]), len(rows) > limit

    async def entries(self, ids: Sequence[ResolutionId]) -> dict[ResolutionId, Entry]:
        used = _used()
        query = (
            select(resolutions.c.id, used.c.uses, used.c.last_used)
            .select_from(resolutions.join(used, true()))
            .where(self._own(resolutions), resolutions.c.id.in_(ids))
        )
        found = await self._judged([_entry(row) for row in await self._all(query)])
        return {entry.id: entry for entry in found}

    async def _judged(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """With what people said, which is counted for the rows of one page alone."""
        turn = labels.c.turn_id.distinct()
        query = (
            select(
                resolution_uses.c.resolution_id,
                func.count(turn).filter(labels.c.is_right).label("right"),
                func.count(turn).filter(~labels.c.is_right).label("wrong"),
            )
            .join(labels, _same(labels, resolution_uses.c.turn_id, resolution_uses, name="turn_id"))
            .where(
                self._own(resolution_uses),
                resolution_uses.c.resolution_id.in_([entry.id for entry in entries]),
                labels.c.kind == EvidenceKind.RESOLUTION,
                labels.c.source != LabelSource.SILENCE,
            )
            .group_by(resolution_uses.c.resolution_id)
        )
        counted = {row["resolution_id"]: row for row in await self._all(query)}
        return [
            replace(entry, right=row["right"], wrong=row["wrong"])
            if (row := counted.get(entry.id))
            else entry
            for entry in entries
        ]

    async def intents(self) -> Sequence[str]:
        """The names of the intents that resolutions have."""
        query = (
            select(current.c.name.label("name"))
            .select_from(with_intent(resolutions, resolutions))
            .where(
                self._own(resolutions),
                resolutions.c.status != ResolutionStatus.DELETED,
                current.c.name.is_not(None),
            )
            .distinct()
            .order_by(current.c.name)
            .limit(500)
        )
        return [row["name"] for row in await self._all(query)]

    async def changed(self, wanted: Wanted, since: int) -> int:
        """How many are new, changed or gone since that store version, as far as their words and
        intent are wanted: what else is wanted may be what has changed."""
        query = select(func.count().label("changed")).select_from(
            with_intent(resolutions, resolutions)
        )
        query = query.where(self._own(resolutions), resolutions.c.store_version > since)
        row = await self._one(self._among(query, wanted))
        assert row is not None
        return int(row["changed"])

    async def services(
        self, resolution_id: ResolutionId, *, skip: int, limit: int
    ) -> tuple[Sequence[Service], bool]:
        """Its uses, newest first, and whether there are more."""
        query = (
            select(
                resolution_uses,
                turns.c.conversation_id,
                turns.c.question,
                outcome_of(resolution_uses.c.turn_id).label("outcome"),
            )
            .join(turns, _same(turns, resolution_uses.c.turn_id, resolution_uses))
            .where(self._own(resolution_uses), resolution_uses.c.resolution_id == resolution_id)
            .order_by(resolution_uses.c.created_at.desc(), resolution_uses.c.turn_id)
        )
        rows = await self._all(query.offset(skip).limit(limit + 1))
        return [_service(row) for row in rows[:limit]], len(rows) > limit

    async def to_review(self) -> int:
        """How many proposals wait, as `proposals.list` shows them."""
        gone = select(resolutions.c.id).where(
            self._own(resolutions),
            resolutions.c.id == func.any(proposals.c.resolution_ids),
            resolutions.c.status == ResolutionStatus.DELETED,
        )
        row = await self._one(
            select(func.count().label("open")).where(
                self._own(proposals), proposals.c.status == ProposalStatus.OPEN, ~gone.exists()
            )
        )
        assert row is not None
        return int(row["open"])

    def _filtered(self, query: Select[Any], wanted: Wanted) -> Select[Any]:
        status = resolutions.c.status
        query = query.where(
            self._own(resolutions),
            status == wanted.status if wanted.status else status != ResolutionStatus.DELETED,
        )
        if wanted.pinned is not None:
            query = query.where(resolutions.c.pinned.is_(wanted.pinned))
        return self._among(query, wanted)

    def _among(self, query: Select[Any], wanted: Wanted) -> Select[Any]:
        """By what is in them, and not by how they stand."""
        if wanted.intent is not None:
            query = query.where(current.c.name == wanted.intent)
        if wanted.words is not None:
            asked = select(phrasings.c.id).where(
                _same(phrasings, resolutions.c.id, resolutions, name="resolution_id"),
                phrasings.c.active,
                phrasings.c.text.icontains(wanted.words, autoescape=True),
            )
            said = resolutions.c.answer.icontains(wanted.words, autoescape=True)
            query = query.where(or_(said, asked.exists()))
        return query


def _used() -> FromClause:
    """By resolution, so that a page of fifty counts the uses of fifty."""
    return (
        select(
            func.count().label("uses"), func.max(resolution_uses.c.created_at).label("last_used")
        )
        .where(_same(resolution_uses, resolutions.c.id, resolutions, name="resolution_id"))
        .lateral("used")
    )


def _same(table: Any, column: Any, of: Any, *, name: str = "id") -> ColumnElement[bool]:
    """Two columns that name one thing of one workspace."""
    matches: ColumnElement[bool] = (table.c.workspace_id == of.c.workspace_id) & (
        table.c[name] == column
    )
    return matches


def _by(order: Order, used: FromClause) -> Sequence[Any]:
    orders: dict[Order, Sequence[Any]] = {
        Order.NEWEST: (),
        Order.CHANGED: (resolutions.c.updated_at.desc(),),
        Order.USES: (used.c.uses.desc(),),
        Order.USED: (used.c.last_used.desc().nulls_last(),),
        Order.WRONG: (resolutions.c.bad.desc(),),
    }
    return orders[order]
