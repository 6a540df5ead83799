"""What the figures of a workspace say, in words, each with the plot that shows it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from support_graph.domain.analytics import (
    ENOUGH_IN_BIN,
    Bin,
    Bucket,
    CalibrationReport,
    Rate,
    RatesReport,
)
from support_graph.domain.evidence import HandoffReason
from support_graph.domain.trends import Asked, MeasuredAt, Quartiles, ReasonsAt, TimesAt
from support_graph.web.pages.language import Words
from support_graph.web.pages.plots import Cell, Drawing, Line, Plot, Series, Unit

_NOTABLE: Final = 0.01
"""A point more or less is no finding."""
_ACROSS: Final[Mapping[Bucket, str]] = {
    Bucket.DAY: "learning.axis.day",
    Bucket.WEEK: "learning.axis.week",
    Bucket.MONTH: "learning.axis.month",
}


def share(rate: Rate) -> float | None:
    """None where there is too little to speak of a share."""
    return rate.value if rate.whole >= ENOUGH_IN_BIN else None


def _of(t: Words, rate: Rate) -> Cell:
    """Without an interval: all of them are counted, and nothing is estimated."""
    made_of = t("learning.part_of", part=t.number(rate.part), whole=t.number(rate.whole))
    return Cell(value=share(rate), made_of=made_of)


def _since(t: Words, start: datetime, cells: Sequence[Cell]) -> Line:
    """The line of the time that begins at `start`."""
    return Line(at=start.timestamp(), label=t.day(start), cells=cells)


def rates(t: Words, now: RatesReport, before: RatesReport, *, days: int) -> Plot:
    return Plot(
        name="rates",
        finding=_of_deflection(t, now, before.total.deflection, days),
        about=t("learning.about.rates"),
        drawing=Drawing.LINES,
        unit=Unit.SHARE,
        across=t(_ACROSS[now.bucket]),
        up=t("learning.axis.share"),
        series=[
            Series(name="deflection", label=t("learning.rates.deflection"), colour=1),
            Series(name="containment", label=t("learning.rates.containment"), colour=2),
            Series(name="resolved", label=t("learning.rates.resolved"), colour=3),
        ],
        lines=[
            _since(
                t,
                one.start,
                [_of(t, rate) for rate in (one.deflection, one.containment, one.resolved)],
            )
            for one in now.buckets
        ],
    )


def _of_deflection(t: Words, report: RatesReport, before: Rate, days: int) -> str:
    now = report.total.deflection
    value, earlier = share(now), share(before)
    if value is None:
        return t("learning.finding.too_few", n=now.whole)
    told = {"share": t.percent(value), "n": days}
    if earlier is None:
        return _within(t, report, t.percent(value))
    told["points"] = t.number(round(100 * abs(value - earlier), 1))
    if value - earlier >= _NOTABLE:
        return t("learning.finding.more", **told)
    if earlier - value >= _NOTABLE:
        return t("learning.finding.less", **told)
    return t("learning.finding.same", **told)


def _within(t: Words, report: RatesReport, total: str) -> str:
    """Without an earlier time to compare with: how it went from the first bucket to the last."""
    known = [s for one in report.buckets if (s := share(one.deflection)) is not None]
    if len(known) > 1 and abs(known[-1] - known[0]) >= _NOTABLE:
        told = {"first": t.percent(known[0]), "last": t.percent(known[-1])}
        return t("learning.finding.went", share=total, **told)
    return t("learning.finding.deflected", share=total)


def precision(t: Words, measured: tuple[MeasuredAt, ...], *, target: float, bucket: Bucket) -> Plot:
    return Plot(
        name="precision",
        finding=_of_precision(t, measured, target),
        about=t("learning.about.precision"),
        drawing=Drawing.LINES,
        unit=Unit.SHARE,
        across=t(_ACROSS[bucket]),
        up=t("learning.axis.right"),
        series=[
            Series(name="precision", label=t("learning.precision.measured"), colour=1),
            Series(name="target", label=t("learning.precision.target"), colour=6, dashed=True),
        ],
        lines=[
            _since(t, one.start, [_precision_cell(t, one), Cell(value=target)]) for one in measured
        ],
    )


def _precision_cell(t: Words, one: MeasuredAt) -> Cell:
    found = one.measured
    made_of = t("learning.audits", n=found.audits if found else 0)
    if found is None or not found.is_enough:
        return Cell(value=None, made_of=made_of)
    return Cell(value=found.estimate, low=found.low, high=found.high, made_of=made_of)


def _of_precision(t: Words, measured: tuple[MeasuredAt, ...], target: float) -> str:
    latest = measured[-1].measured if measured else None
    if latest is None or not latest.is_enough:
        return t("learning.finding.few_audits", n=latest.audits if latest else 0)
    told = {
        "share": t.percent(latest.estimate),
        "low": t.percent(latest.low),
        "high": t.percent(latest.high),
        "target": t.percent(target),
    }
    if latest.high < target:
        return t("learning.finding.below_target", **told)
    if latest.low >= target:
        return t("learning.finding.above_target", **told)
    return t("learning.finding.about_target", **told)


_REASONS: Final[Mapping[HandoffReason, str]] = {
    HandoffReason.MISSING_KNOWLEDGE: "reasons.missing_knowledge",
    HandoffReason.LOW_CONFIDENCE: "reasons.low_confidence",
    HandoffReason.MISSING_CONTEXT: "reasons.missing_context",
    HandoffReason.ALREADY_TRIED: "reasons.already_tried",
    HandoffReason.CUSTOMER_REQUEST: "reasons.customer_request",
    HandoffReason.POLICY: "reasons.policy",
    HandoffReason.AUDIT: "reasons.audit",
    HandoffReason.TOOL_FAILURE: "reasons.tool_failure",
}


def reasons(t: Words, found: tuple[ReasonsAt, ...], *, bucket: Bucket) -> Plot:
    totals = {reason: sum(one.counts.get(reason, 0) for one in found) for reason in _REASONS}
    seen = [reason for reason in _REASONS if totals[reason]]
    return Plot(
        name="reasons",
        finding=_of_reasons(t, totals),
        about=t("learning.about.reasons"),
        drawing=Drawing.BARS,
        unit=Unit.COUNT,
        across=t(_ACROSS[bucket]),
        up=t("learning.axis.questions"),
        series=[
            Series(name=reason.value, label=t(_REASONS[reason]), colour=number)
            for number, reason in enumerate(seen, start=1)
        ],
        lines=[
            _since(t, one.start, [Cell(value=one.counts.get(reason, 0)) for reason in seen])
            for one in found
        ],
    )


def _of_reasons(t: Words, totals: Mapping[HandoffReason, int]) -> str:
    total = sum(totals.values())
    if not total:
        return t("learning.finding.nothing_escalated")
    most = max(totals, key=lambda reason: totals[reason])
    return t(
        "learning.finding.reasons",
        n=total,
        reason=t(_REASONS[most]),
        share=t.percent(round(totals[most] / total, 2)),
    )


def times(t: Words, found: tuple[TimesAt, ...], *, bucket: Bucket) -> Plot:
    total, *parts = found
    return Plot(
        name="times",
        finding=_of_times(t, total),
        about=t("learning.about.times"),
        drawing=Drawing.LINES,
        unit=Unit.SECONDS,
        across=t(_ACROSS[bucket]),
        up=t("learning.axis.time"),
        series=[
            Series(name="first", label=t("learning.times.first"), colour=1),
            Series(name="full", label=t("learning.times.full"), colour=2),
        ],
        lines=[
            _since(t, one.start, [_time(t, one, one.first), _time(t, one, one.full)])
            for one in parts
            if one.start is not None
        ],
    )


def _time(t: Words, one: TimesAt, found: Quartiles) -> Cell:
    made_of = t("learning.part_of", part=t.number(found.count), whole=t.number(one.questions))
    if found.count < ENOUGH_IN_BIN:
        return Cell(value=None, made_of=made_of)
    return Cell(value=found.median, low=found.low, high=found.high, made_of=made_of)


def _of_times(t: Words, total: TimesAt) -> str:
    first, full = total.first, total.full
    if first.median is None or full.median is None or full.count < ENOUGH_IN_BIN:
        return t("learning.finding.few_times", n=total.questions)
    return t("learning.finding.times", first=t.duration(first.median), full=t.duration(full.median))


def calibration(t: Words, report: CalibrationReport) -> Plot:
    return Plot(
        name="calibration",
        finding=_of_calibration(t, report),
        about=t("learning.about.calibration"),
        drawing=Drawing.SHARES,
        unit=Unit.SHARE,
        across=t("learning.axis.confidence"),
        up=t("learning.axis.right"),
        series=[
            Series(name="right", label=t("learning.calibration.right"), colour=1),
            Series(name="honest", label=t("learning.calibration.honest"), colour=6, dashed=True),
        ],
        lines=[
            Line(
                at=_centre(one),
                label=f"{t.percent(one.low)}-{t.percent(one.high)}",
                cells=[_bin_cell(t, one), Cell(value=_centre(one))],
            )
            for one in report.bins
        ],
    )


def _centre(one: Bin) -> float:
    """The mean confidence where it is known: candidates of a tenth lie rarely in its middle."""
    return (one.low + one.high) / 2 if one.confidence is None else one.confidence


def _bin_cell(t: Words, one: Bin) -> Cell:
    low, high = one.interval or (None, None)
    return Cell(value=one.right, low=low, high=high, made_of=t("learning.labels", n=one.labels))


def _of_calibration(t: Words, report: CalibrationReport) -> str:
    if report.brier is None:
        return t("learning.finding.few_labels", n=report.labels)
    brier = t.number(round(report.brier, 3))
    outside = [
        one
        for one in report.bins
        if one.interval is not None
        and one.confidence is not None
        and not one.interval[0] <= one.confidence <= one.interval[1]
    ]
    if outside:
        return t("learning.finding.miscalibrated", n=len(outside), brier=brier)
    return t("learning.finding.calibrated", brier=brier)


def asked(t: Words, found: Asked, *, bucket: Bucket) -> Plot:
    return Plot(
        name="question",
        finding=t(
            "learning.finding.asked",
            before=t.number(found.before),
            since=t.number(found.since),
            answered=t.number(found.answered),
        ),
        about=t("learning.about.question"),
        drawing=Drawing.BARS,
        unit=Unit.COUNT,
        across=t(_ACROSS[bucket]),
        up=t("learning.axis.questions"),
        series=[
            Series(name="escalated", label=t("learning.question.escalated"), colour=2),
            Series(name="audited", label=t("learning.question.audited"), colour=6),
            Series(name="answered", label=t("learning.question.answered"), colour=3),
        ],
        lines=[
            _since(
                t, one.start, [Cell(value=n) for n in (one.escalated, one.audited, one.answered)]
            )
            for one in found.buckets
        ],
        mark=(found.learned_at.timestamp(), t("learning.question.learned")),
    )
