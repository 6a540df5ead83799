"""Analytics: outcomes, measured precision, calibration, and the three rates."""

from typing import Annotated

from fastapi import APIRouter, Query

from support_graph.desk import analytics
from support_graph.domain.analytics import Bucket, MeasuredIntent
from support_graph.domain.evidence import EvidenceKind
from support_graph.web.auth import AsTeammate, AtDesk
from support_graph.web.fields import Moment
from support_graph.web.shapes.analytics import (
    Calibration,
    Measured,
    Outcomes,
    Precision,
    RatesReport,
)

router = APIRouter(prefix="/v1/analytics", tags=["Analytics"])

From = Annotated[Moment | None, Query(alias="from", description="Default: 30 days before `to`.")]
To = Annotated[Moment | None, Query(description="Default: now. Not included itself.")]


@router.get("/outcomes")
async def outcomes(desk: AtDesk, by: AsTeammate, start: From = None, to: To = None) -> Outcomes:
    """What became of the questions, and what was said about the answers."""
    within = analytics.span(desk, start=start, end=to)
    return Outcomes.model_validate(await analytics.outcomes(desk, by.workspace_id, within))


@router.get("/precision")
async def precision(desk: AtDesk, by: AsTeammate) -> Precision:
    """How often answers are right, as audits measured it, and what the gate makes of it."""
    report = await analytics.precision(desk, by.workspace_id)
    return Precision(
        total=_measured(report.total),
        intents=[_measured(one) for one in report.intents],
    )


@router.get("/calibration")
async def calibration(
    desk: AtDesk,
    by: AsTeammate,
    start: From = None,
    to: To = None,
    kind: EvidenceKind = EvidenceKind.RESOLUTION,
) -> Calibration:
    """Whether candidates with a confidence of 80 % are right in 80 of 100 cases."""
    within = analytics.span(desk, start=start, end=to)
    report = await analytics.calibration(desk, by.workspace_id, within, kind=kind)
    return Calibration.model_validate(report)


@router.get("/deflection")
async def deflection(
    desk: AtDesk,
    by: AsTeammate,
    start: From = None,
    to: To = None,
    bucket: Bucket = Bucket.DAY,
) -> RatesReport:
    """Deflection, containment and resolved rate: three numbers that are not the same."""
    within = analytics.span(desk, start=start, end=to)
    report = await analytics.rates(desk, by.workspace_id, within, bucket=bucket)
    return RatesReport.model_validate(report)


def _measured(one: MeasuredIntent) -> Measured:
    found = one.measured
    return Measured(
        intent=one.intent,
        answers=one.answers,
        audits=found.audits if found else 0,
        wrong=found.wrong if found else 0,
        waiting=one.waiting,
        estimate=found.estimate if found else None,
        interval=one.interval,
        target=one.target,
        required=one.required,
        tightened=one.is_tightened,
    )
