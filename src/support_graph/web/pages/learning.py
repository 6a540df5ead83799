"""Learning: how well the assistant does, how it came there, and what each resolution spared."""

import io
import zipfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from support_graph.desk import analytics, trends
from support_graph.desk.parts import Desk
from support_graph.domain.analytics import Bucket, RatesReport, Span
from support_graph.domain.evidence import EvidenceKind
from support_graph.domain.ids import IntentId, ResolutionId
from support_graph.domain.intents import Intent
from support_graph.domain.trends import Saved
from support_graph.web.auth import AtDesk
from support_graph.web.pages import findings
from support_graph.web.pages.failures import PageRoute
from support_graph.web.pages.language import Words
from support_graph.web.pages.plots import Plot, Sheet
from support_graph.web.pages.rendering import language_of, page, query
from support_graph.web.pages.visitors import AsMember, Member

router = APIRouter(prefix="/learning", route_class=PageRoute, include_in_schema=False)

DAYS: Final = (30, 60, 90)
_BY_DAY: Final = 10
"""From so many questions a day on, days are compared; else weeks, which have enough in them."""
_ALL_SAVED: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the address says is to be seen."""

    days: int = DAYS[0]
    intent: UUID | None = None
    kind: EvidenceKind = EvidenceKind.RESOLUTION
    resolution: UUID | None = None

    @property
    def question(self) -> str:
        return query(
            days=None if self.days == DAYS[0] else self.days,
            intent=self.intent,
            kind=None if self.kind is EvidenceKind.RESOLUTION else self.kind,
            resolution=self.resolution,
        )

    def but(self, **changes: Any) -> "View":
        return replace(self, **changes)

    @property
    def intent_id(self) -> IntentId | None:
        return IntentId(self.intent) if self.intent else None


def view(
    days: Annotated[str, Query(max_length=10)] = "",
    intent: Annotated[str, Query(max_length=50)] = "",
    kind: Annotated[str, Query(max_length=20)] = "",
    resolution: Annotated[str, Query(max_length=50)] = "",
) -> View:
    """An empty field of a form is no filter; nor is one that nobody knows."""
    return View(
        days=next((known for known in DAYS if str(known) == days), DAYS[0]),
        intent=_id(intent),
        kind=EvidenceKind(kind) if kind in set(EvidenceKind) else EvidenceKind.RESOLUTION,
        resolution=_id(resolution),
    )


def _id(typed: str) -> UUID | None:
    try:
        return UUID(typed) if typed else None
    except ValueError:
        return None


Seen = Annotated[View, Depends(view)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """Who looks at what, and how finely time is cut."""

    desk: Desk
    by: Member
    seen: View
    t: Words
    within: Span
    bucket: Bucket

    @property
    def narrowed(self) -> dict[str, Any]:
        return {"bucket": self.bucket, "intent_id": self.seen.intent_id}


async def _looking(request: Request, desk: AtDesk, by: AsMember, seen: Seen) -> Looking:
    within = analytics.span(desk, start=None, end=None, last=timedelta(days=seen.days))
    counted = await analytics.outcomes(desk, by.workspace_id, within)
    busy = counted.turns >= _BY_DAY * seen.days
    bucket = Bucket.DAY if busy and seen.days == DAYS[0] else Bucket.WEEK
    t = language_of(request)
    return Looking(desk=desk, by=by, seen=seen, t=t, within=within, bucket=bucket)


AsLooking = Annotated[Looking, Depends(_looking)]


async def _rates(at: Looking) -> tuple[RatesReport, Plot]:
    given = (at.desk, at.by.workspace_id)
    now = await analytics.rates(*given, at.within, **at.narrowed)
    earlier = await analytics.rates(*given, trends.before(at.within), **at.narrowed)
    return now, findings.rates(at.t, now, earlier, days=at.seen.days)


async def _precision(at: Looking) -> Plot:
    async with at.by.scope.begin() as tx:
        target = (await tx.workspace.read()).settings.target_precision
        if at.seen.intent_id is not None:
            target = (await tx.intents.get(at.seen.intent_id)).target_precision or target
    found = await trends.precision(at.desk, at.by.workspace_id, at.within, **at.narrowed)
    return findings.precision(at.t, found, target=target, bucket=at.bucket)


async def _reasons(at: Looking) -> Plot:
    found = await trends.reasons(at.desk, at.by.workspace_id, at.within, **at.narrowed)
    return findings.reasons(at.t, found, bucket=at.bucket)


async def _times(at: Looking) -> Plot:
    found = await trends.times(at.desk, at.by.workspace_id, at.within, **at.narrowed)
    return findings.times(at.t, found, bucket=at.bucket)


async def _calibration(at: Looking) -> Plot:
    report = await analytics.calibration(
        at.desk, at.by.workspace_id, at.within, kind=at.seen.kind, intent_id=at.seen.intent_id
    )
    return findings.calibration(at.t, report)


async def _question(at: Looking) -> Plot | None:
    if at.seen.resolution is None:
        return None
    resolution_id = ResolutionId(at.seen.resolution)
    found = await trends.asked(
        at.desk, at.by.workspace_id, at.within, resolution_id, bucket=at.bucket
    )
    return findings.asked(at.t, found, bucket=at.bucket)


async def _only_rates(at: Looking) -> Plot:
    return (await _rates(at))[1]


_PLOTS: Final[Mapping[str, Callable[[Looking], Awaitable[Plot | None]]]] = {
    "rates": _only_rates,
    "precision": _precision,
    "reasons": _reasons,
    "times": _times,
    "calibration": _calibration,
    "question": _question,
}


_SAVED: Final = "saved"
_SHEETS: Final = (*_PLOTS, _SAVED)


@router.get("")
async def get_learning(request: Request, at: AsLooking) -> Response:
    report, of_rates = await _rates(at)
    named = at.seen.question
    async with at.by.scope.begin() as tx:
        intents: list[Intent] = list(await tx.intents.all())
    saved = await trends.saved(at.desk, at.by.workspace_id, at.within, intent_id=at.seen.intent_id)
    return await page(
        request,
        at.by,
        "learning/page.html",
        place="learning",
        view=at.seen,
        question=named,
        all_days=DAYS,
        intents=intents,
        totals=_totals(report),
        rates=of_rates,
        precision=await _precision(at),
        reasons=await _reasons(at),
        times=await _times(at),
        calibration=await _calibration(at),
        asked=await _question(at),
        saved=saved,
    )


def _totals(report: RatesReport) -> list[dict[str, Any]]:
    total = report.total
    named = {
        "deflection": total.deflection,
        "containment": total.containment,
        "resolved": total.resolved,
    }
    return [
        {"name": name, "rate": rate, "value": findings.share(rate)} for name, rate in named.items()
    ]


@router.get("/{name}.csv")
async def get_csv(name: str, at: AsLooking) -> Response:
    """The numbers of one plot, or of the table of resolutions, with the filters of the address."""
    sheet = await _sheet(at, name) if name in _SHEETS else None
    if sheet is None:
        raise HTTPException(404)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(sheet.as_csv(), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/everything.zip")
async def get_everything(at: AsLooking) -> Response:
    """All that the page shows, a CSV each."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as folder:
        for name in _SHEETS:
            sheet = await _sheet(at, name)
            if sheet is not None:
                folder.writestr(f"{name}.csv", sheet.as_csv())
    headers = {"Content-Disposition": 'attachment; filename="learning.zip"'}
    return Response(packed.getvalue(), media_type="application/zip", headers=headers)


async def _sheet(at: Looking, name: str) -> Sheet | None:
    """None for the one question's where the address names none."""
    if name != _SAVED:
        plot = await _PLOTS[name](at)
        return plot.sheet() if plot else None
    found = await trends.saved(
        at.desk, at.by.workspace_id, at.within, intent_id=at.seen.intent_id, limit=_ALL_SAVED
    )
    return _saved_sheet(found)


def _saved_sheet(found: tuple[Saved, ...]) -> Sheet:
    heads = ["resolution", "phrasing", "answer", "intent", "conversations", "answers"]
    rows = [
        [str(s.resolution_id), s.phrasing, s.answer, s.intent, s.conversations, s.answers]
        for s in found
    ]
    return Sheet(heads=heads, rows=rows)
