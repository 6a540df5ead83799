"""Lists of resolutions: all of them, as they were, or as the assistant would find them."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from support_graph.desk.parts import Desk
from support_graph.domain.ids import ResolutionId
from support_graph.domain.resolutions import Resolution, ResolutionStatus, Revision
from support_graph.store.database import Transaction
from support_graph.web.paging import Listed, Window, listed
from support_graph.web.shapes.resolutions import Match, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """None where everything is wanted."""

    intent: str | None
    status: ResolutionStatus | None
    pinned: bool | None

    def passes(self, resolution: Resolution) -> bool:
        content = resolution.content
        return (
            self.intent in {None, resolution.intent}
            and self.status in {None, content.status}
            and self.pinned in {None, content.pinned}
        )


async def all_of(tx: Transaction, wanted: Filter, window: Window) -> Listed[Match]:
    page = await tx.resolutions.list(
        intent=wanted.intent,
        status=wanted.status,
        pinned=wanted.pinned,
        cursor=window.cursor,
        limit=window.limit,
    )
    return listed(page, _match)


async def found(desk: Desk, tx: Transaction, q: str, wanted: Filter) -> Listed[Match]:
    """The best first, as the assistant would find them for a customer of whom nothing is known."""
    recalled = await desk.tools.recall.search(tx, q, facts={})
    heads = await tx.resolutions.among([ResolutionId(UUID(h.id)) for h in recalled.hits])
    items = [
        _match(head, share=hit.share, similarity=hit.similarity)
        for hit in recalled.hits
        if (head := heads.get(ResolutionId(UUID(hit.id)))) is not None and wanted.passes(head)
    ]
    return Listed[Match](items=items)


async def as_of(tx: Transaction, moment: datetime, wanted: Filter, window: Window) -> Listed[Match]:
    """What was in force at `moment`; only counts and provenance are today's."""
    revisions = await tx.resolutions.as_of(
        moment,
        intent=wanted.intent,
        status=wanted.status,
        pinned=wanted.pinned,
        cursor=window.cursor,
        limit=window.limit + 1,
    )
    shown_ones = revisions[: window.limit]
    heads = await tx.resolutions.among([r.resolution_id for r in shown_ones])
    names = await tx.intents.names([r.content.intent_id for r in shown_ones])
    items = [
        _match(_back_then(heads[r.resolution_id], r, names.get(r.content.intent_id)))
        for r in shown_ones
    ]
    more = len(revisions) > window.limit
    return Listed[Match](items=items, next_cursor=shown_ones[-1].resolution_id if more else None)


def _back_then(head: Resolution, revision: Revision, intent: str | None) -> Resolution:
    return replace(
        head,
        revision=revision.revision,
        content=revision.content,
        intent=intent,
        store_version=revision.store_version,
        updated_at=revision.created_at,
    )


def _match(
    resolution: Resolution, *, share: float | None = None, similarity: float | None = None
) -> Match:
    return Match.model_validate({**shown(resolution), "share": share, "similarity": similarity})
