"""How the assistant is doing: rates, outcomes, measured precision, calibration."""

from dataclasses import dataclass
from datetime import timedelta

from rich.table import Table

from support_graph.cli import console
from support_graph.cli.session import session
from support_graph.desk import analytics
from support_graph.domain.analytics import (
    Bucket,
    CalibrationReport,
    MeasuredIntent,
    OutcomesReport,
    PrecisionReport,
    RatesReport,
)
from support_graph.domain.evidence import EvidenceKind

_UNKNOWN = "not enough data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    rates: RatesReport
    outcomes: OutcomesReport
    precision: PrecisionReport
    calibration: CalibrationReport


async def stats(workspace: str, *, days: int, as_json: bool) -> None:
    async with session(workspace) as at:
        within = analytics.span(at.desk, start=None, end=None, last=timedelta(days=days))
        found = Stats(
            rates=await analytics.rates(at.desk, at.id, within, bucket=Bucket.DAY),
            outcomes=await analytics.outcomes(at.desk, at.id, within),
            precision=await analytics.precision(at.desk, at.id),
            calibration=await analytics.calibration(
                at.desk, at.id, within, kind=EvidenceKind.RESOLUTION
            ),
        )
    if as_json:
        console.dump(found)
        return
    _show_rates(found.rates, found.outcomes)
    _show_precision(found.precision)
    _show_calibration(found.calibration)


def _show_rates(rates: RatesReport, outcomes: OutcomesReport) -> None:
    table = _table("Rate", "Share", "Of", "Not known yet")
    named = {
        "Deflection": rates.total.deflection,
        "Containment": rates.total.containment,
        "Resolved rate": rates.total.resolved,
    }
    for name, rate in named.items():
        table.add_row(name, _share(rate.value), f"{rate.part} of {rate.whole}", str(rate.unknown))
    console.out.print(table)
    table = _table("Outcome", "Questions")
    for kind, count in outcomes.outcomes.items():
        table.add_row(kind.value.replace("_", " "), str(count))
    table.add_row("not known yet", str(outcomes.unknown))
    console.out.print(table)


def _show_precision(report: PrecisionReport) -> None:
    table = _table("Intent", "Answers", "Audits", "Right", "Interval", "Target", "Aimed at")
    for one in (report.total, *report.intents):
        table.add_row(
            console.words(one.intent or "all"),
            str(one.answers),
            str(one.measured.audits if one.measured else 0),
            _share(one.measured.estimate if one.measured else None),
            _interval(one),
            f"{one.target:.1%}",
            f"{one.required:.1%}",
        )
    console.out.print(table)


def _show_calibration(report: CalibrationReport) -> None:
    table = _table("Confidence", "Labels", "Right")
    for one in report.bins:
        table.add_row(f"{one.low:.0%} to {one.high:.0%}", str(one.labels), _share(one.right))
    console.out.print(table)
    brier = _UNKNOWN if report.brier is None else f"{report.brier:.3f}"
    console.say(f"Brier score: {brier} ({report.labels} labels)")


def _table(*columns: str) -> Table:
    return Table(*columns, box=None, header_style="bold")


def _interval(one: MeasuredIntent) -> str:
    if one.interval is None:
        return _UNKNOWN
    low, high = one.interval
    return f"{low:.0%} to {high:.0%}"


def _share(value: float | None) -> str:
    return _UNKNOWN if value is None else f"{value:.1%}"
