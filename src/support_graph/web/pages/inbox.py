"""The inbox: what waits, whose it is, and what an answer would teach."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from support_graph.domain.evidence import HandoffReason
from support_graph.domain.ids import EscalationId
from support_graph.store.database import Transaction
from support_graph.store.inbox import Filters, Shelf, Waiting
from support_graph.web.pages.failures import PageRoute
from support_graph.web.pages.rendering import is_partial, page, part, query
from support_graph.web.pages.start import steps_left
from support_graph.web.pages.typed import plain
from support_graph.web.pages.visitors import AsMember, Member
from support_graph.web.similar import SimilarQuestions

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_SHOWN = 50
_SORTED = 2_000
"""So many are looked at when they are sorted by what an answer would teach."""
_COMPARED = 2_000
"""Among so many it is counted who asks the same; every look at the list waits for it."""
LIST = "inbox-list"


class Sort(StrEnum):
    """By how long somebody waits, or by how many others ask the same."""

    WAIT = "wait"
    REPEATS = "repeats"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the address says is to be seen."""

    shelf: Shelf = Shelf.WAITING
    sort: Sort = Sort.WAIT
    reason: HandoffReason | None = None
    intent: str | None = None
    q: str | None = None
    after: str | None = None

    @property
    def question(self) -> str:
        """The query string that leads to it; what is usual is left out."""
        return query(
            shelf=None if self.shelf is Shelf.WAITING else self.shelf,
            sort=None if self.sort is Sort.WAIT else self.sort,
            reason=self.reason,
            intent=self.intent,
            q=self.q,
            after=self.after,
        )

    def but(self, **changes: Any) -> "View":
        return replace(self, **{"after": None, **changes})


def view(
    shelf: Annotated[Shelf, Query()] = Shelf.WAITING,
    sort: Annotated[Sort, Query()] = Sort.WAIT,
    reason: Annotated[str, Query(max_length=50)] = "",
    intent: Annotated[str, Query(max_length=200)] = "",
    q: Annotated[str, Query(max_length=500)] = "",
    after: Annotated[str, Query(max_length=40)] = "",
) -> View:
    """An empty field of a form is no filter; nor is one that nobody knows."""
    return View(
        shelf=shelf,
        sort=sort,
        reason=HandoffReason(reason) if reason in set(HandoffReason) else None,
        intent=plain(intent) or None,
        q=plain(q) or None,
        after=after or None,
    )


Seen = Annotated[View, Depends(view)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The list pane; `repeats` counts who else asks the same, as far as it has been counted.

    `state` is what the list is a picture of: it is told when there is another one.
    """

    view: View
    state: str
    rows: Sequence[Waiting]
    repeats: dict[EscalationId, int]
    counts: dict[Shelf, int]
    intents: Sequence[str]
    next: View | None
    answer_within: timedelta

    def lateness(self, row: Waiting) -> str | None:
        """How somebody's wait compares with the workspace's own target."""
        if row.decided_at is not None:
            return None
        waited = datetime.now(UTC) - row.created_at
        if waited > self.answer_within:
            return "late"
        return "soon" if waited > self.answer_within / 2 else None


async def listing(request: Request, by: Member, seen: View) -> Listing:
    similar = request.app.state.similar
    assert isinstance(similar, SimilarQuestions)
    async with by.scope.begin() as tx:
        state = await tx.inbox.fingerprint()  # first: what comes in meanwhile is told again
        rows, following, counted = await _rows(tx, by, seen, similar)
        counts = await tx.inbox.counts(by.id)
        intents = await tx.inbox.intents()
        minutes = (await tx.workspace.read()).settings.answer_within_minutes
    return Listing(
        view=seen,
        state=state,
        rows=rows,
        repeats=counted,
        counts=counts,
        intents=intents,
        next=replace(seen, after=following) if following else None,
        answer_within=timedelta(minutes=minutes),
    )


async def _rows(
    tx: Transaction, by: Member, seen: View, similar: SimilarQuestions
) -> tuple[Sequence[Waiting], str | None, dict[EscalationId, int]]:
    filters = Filters(
        shelf=seen.shelf, member_id=by.id, reason=seen.reason, intent=seen.intent, q=seen.q
    )
    if seen.sort is Sort.WAIT or seen.shelf is Shelf.DONE:
        after = _as_uuid(seen.after)
        rows, last = await tx.inbox.list(filters, after=after, limit=_SHOWN)
        counted = await similar.repeats(await tx.inbox.questions(_COMPARED))
        return rows, str(last) if last else None, counted
    matching = await tx.inbox.matching(filters, _SORTED)
    counted = await similar.repeats(matching)
    ordered = sorted((i for i, _ in matching), key=lambda i: -counted.get(i, 0))
    start = int(seen.after) if seen.after and seen.after.isdecimal() else 0
    end = start + _SHOWN
    shown = await tx.inbox.among(filters, ordered[start:end])
    following = str(end) if end < len(ordered) else None
    return [shown[i] for i in ordered[start:end] if i in shown], following, counted


def _as_uuid(value: str | None) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError:
        return None


@router.get("/inbox")
async def get_inbox(
    request: Request,
    by: AsMember,
    seen: Seen,
    selected: Annotated[UUID | None, Query()] = None,
) -> Response:
    """`selected` marks the row of the escalation beside the list, when htmx renews it."""
    shown: dict[str, Any] = {"listing": await listing(request, by, seen), "selected": selected}
    if is_partial(request, LIST):
        return part(request, "inbox/list.html", **shown)
    steps = None if shown["listing"].rows else await steps_left(by)
    return await page(
        request, by, "inbox/page.html", place="inbox", detail=None, steps=steps, **shown
    )
