"""How a workspace develops, as its pages show it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from support_graph.desk.parts import Desk
from support_graph.domain.analytics import Bucket, Span
from support_graph.domain.errors import NotFound
from support_graph.domain.evidence import HandoffReason
from support_graph.domain.ids import IntentId, ResolutionId, WorkspaceId
from support_graph.domain.precision import Audit
from support_graph.domain.trends import (
    Asked,
    AskedAt,
    MeasuredAt,
    Quartiles,
    ReasonsAt,
    Saved,
    TimesAt,
)
from support_graph.learning.measuring import AUDITS_USED, WINDOW
from support_graph.learning.precision import measured
from support_graph.store.database import Transaction
from support_graph.store.rooms import Row


async def precision(
    desk: Desk,
    workspace_id: WorkspaceId,
    within: Span,
    *,
    bucket: Bucket,
    intent_id: IntentId | None = None,
) -> tuple[MeasuredAt, ...]:
    """What the gate went by at the end of each stretch: the latest audits of the 30 days before."""
    wider = Span(start=within.start - WINDOW, end=within.end)
    async with desk.stores.within(workspace_id).begin() as tx:
        starts = await _starts(tx, within, bucket)
        rows = await tx.trends.audits(wider, intent_id)
    ends = [*starts[1:], within.end]
    return tuple(
        MeasuredAt(
            start=start,
            measured=measured(found, intent=None) if (found := _latest(rows, end)) else None,
        )
        for start, end in zip(starts, ends, strict=True)
    )


def _latest(rows: Sequence[Row], end: datetime) -> list[Audit]:
    before = [row for row in rows if end - WINDOW < row["created_at"] < end]
    return [
        Audit(intent=row["intent"], chance=row["chance"], right=row["right"])
        for row in before[-AUDITS_USED:]
    ]


async def reasons(
    desk: Desk,
    workspace_id: WorkspaceId,
    within: Span,
    *,
    bucket: Bucket,
    intent_id: IntentId | None = None,
) -> tuple[ReasonsAt, ...]:
    """By the time of the question."""
    async with desk.stores.within(workspace_id).begin() as tx:
        starts = await _starts(tx, within, bucket)
        rows = await tx.trends.reasons(within, bucket, intent_id)
    return tuple(
        ReasonsAt(
            start=start,
            counts={HandoffReason(r["reason"]): r["n"] for r in rows if r["start"] == start},
        )
        for start in starts
    )


async def times(
    desk: Desk,
    workspace_id: WorkspaceId,
    within: Span,
    *,
    bucket: Bucket,
    intent_id: IntentId | None = None,
) -> tuple[TimesAt, ...]:
    """Of all of the time first, then of each stretch of it; by the time of the question."""
    async with desk.stores.within(workspace_id).begin() as tx:
        starts = await _starts(tx, within, bucket)
        total, *rows = await tx.trends.times(within, bucket, intent_id)
    by_start = {row["start"]: row for row in rows}
    parts = [_times(start, by_start.get(start)) for start in starts]
    return (_times(None, total), *parts)


def _times(start: datetime | None, row: Row | None) -> TimesAt:
    return TimesAt(
        start=start,
        questions=row["questions"] if row else 0,
        first=_quartiles(row["firsts"], row["first"]) if row else _quartiles(0, None),
        full=_quartiles(row["wholes"], row["whole"]) if row else _quartiles(0, None),
    )


def _quartiles(count: int, found: Sequence[float] | None) -> Quartiles:
    low, median, high = found or (None, None, None)
    return Quartiles(count=count, low=low, median=median, high=high)


async def saved(
    desk: Desk,
    workspace_id: WorkspaceId,
    within: Span,
    *,
    intent_id: IntentId | None = None,
    limit: int = 20,
) -> tuple[Saved, ...]:
    """The resolutions that spared the most conversations first."""
    async with desk.stores.within(workspace_id).begin() as tx:
        return tuple(Saved(**row) for row in await tx.trends.saved(within, intent_id, limit))


async def asked(
    desk: Desk,
    workspace_id: WorkspaceId,
    within: Span,
    resolution_id: ResolutionId,
    *,
    bucket: Bucket,
) -> Asked:
    """One question's escalations before and since it has had this resolution. Raises NotFound."""
    async with desk.stores.within(workspace_id).begin() as tx:
        starts = await _starts(tx, within, bucket)
        total, rows = await tx.trends.asked(within, bucket, resolution_id)
    if total is None:
        raise NotFound(noun="resolution", id=resolution_id)
    by_start = {row["start"]: row for row in rows}
    none = {"escalated": 0, "audited": 0, "answered": 0}
    return Asked(
        resolution_id=resolution_id,
        span=within,
        buckets=tuple(
            AskedAt(**{**none, **by_start.get(start, {}), "start": start}) for start in starts
        ),
        **total,
    )


async def _starts(tx: Transaction, within: Span, bucket: Bucket) -> list[datetime]:
    return [row["start"].astimezone(UTC) for row in await tx.analytics.buckets(within, bucket)]


def before(within: Span) -> Span:
    """The stretch of the same length that ended where this one begins."""
    length: timedelta = within.end - within.start
    return Span(start=within.start - length, end=within.start)
