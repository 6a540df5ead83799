"""The report: one HTML file that loads nothing, runs nothing, and quotes everything."""

import base64
import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files

from support_graph.cli.report import measures, plots
from support_graph.cli.report.measures import Outcome, Point, Rate
from support_graph.cli.report.wording import TOO_FEW, per_answer, percent

_ANSWERS_SHOWN = 500
_NONE_KNOWN = "(no known answer)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the page is about; `rows` is how many messages there were to replay."""

    source: str
    outcomes: Sequence[Outcome]
    rows: int
    noticed: float
    seed: int


def html(told: Told) -> str:
    style = files(__package__).joinpath("style.css").read_text(encoding="utf-8")
    # The page's own policy names its one style sheet, so nothing that slipped in could run or load.
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    body = "\n".join(
        [
            _head(told),
            _curve(told),
            _marks(told),
            _risk(told),
            _calibration(told),
            _recovery(told),
            *_details(told),
        ]
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Evaluation of {escape(told.source)}</title>\n<style>{style}</style>\n"
        f"</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _head(told: Told) -> str:
    outcomes = told.outcomes
    partly = "" if len(outcomes) == told.rows else f" of {told.rows:,}; the rest was not replayed"
    error = measures.brier(outcomes)
    deflected, right = measures.deflection(outcomes), measures.precision(outcomes)
    audits = sum(one.audit for one in outcomes)
    items = "".join(
        [
            _fact("answered without a human", percent(deflected), _interval(deflected)),
            _fact("of those were right", percent(right), _interval(right)),
            _fact("audits", f"{audits:,}", "sent to a human to check, though answerable"),
            _fact("Brier score", TOO_FEW if error is None else f"{error:.3f}", "0 is best"),
        ]
    )
    return (
        f"<h1>Evaluation of {escape(told.source)}</h1>\n"
        f"<p>{len(outcomes):,} messages{partly}, replayed through an empty installation. A scripted"
        f" teammate answered what was escalated; customers complained about {told.noticed:.0%} of"
        f" the wrong answers. Seed {told.seed}. Messages overlap and learning goes on"
        " beside them, so two runs differ: by several points where there are few messages.</p>"
        f'\n<ul class="facts">{items}</ul>'
    )


def _fact(name: str, value: str, detail: str) -> str:
    return f'<li><strong>{value}</strong>{name}<br><span class="dim">{detail}</span></li>'


def _interval(rate: Rate) -> str:
    if rate.interval is None:
        return f"{rate.part:,} of {rate.whole:,}"
    low, high = rate.interval
    return f"{rate.part:,} of {rate.whole:,}; 95 % interval {low:.1%} to {high:.1%}"


def _curve(told: Told) -> str:
    deflection, precision = measures.rolling(told.outcomes)
    size = measures.window(len(told.outcomes))
    caption = (
        f'<span class="key deflection">Deflection</span>: share of the last {size} messages that no'
        ' human had to answer. <span class="key precision">Precision</span>: share of right ones'
        f" among the last {size} such answers, from the first {measures.ENOUGH} on."
    )
    return _figure("Learning curve", plots.learning_curve(deflection, precision), caption)


def _marks(told: Told) -> str:
    names = ["Messages", "Deflected", "Right", "Deflected since the line above", "Right since"]
    rows = [
        [
            f"{mark.messages:,}",
            percent(mark.deflection),
            percent(mark.precision),
            percent(mark.last_deflection),
            percent(mark.last_precision),
            f"{mark.audits:,}",
            per_answer(mark),
        ]
        for mark in measures.marks(told.outcomes)
    ]
    return _table([*names, "Audits", "Resolutions per answer"], rows)


def _risk(told: Told) -> str:
    risks = measures.risk_coverage(told.outcomes)
    deflected, right = measures.deflection(told.outcomes), measures.precision(told.outcomes)
    actual = None
    if deflected.value is not None and right.value is not None:
        actual = Point(x=deflected.value, y=1 - right.value)
    caption = (
        "How many answers would have been wrong, had the most confident candidates been given to"
        ' that share of all messages. The <span class="key precision">circle</span> is what the'
        " gate did, whose threshold moved with what it learned."
    )
    svg = plots.risk_coverage(risks, actual=actual) if risks else None
    return _figure("Risk and coverage", svg, caption)


def _calibration(told: Told) -> str:
    bins = measures.reliability(told.outcomes)
    caption = (
        "Whether confidences come true: on the dashed line, of the candidates held right with 80 %"
        " as many were right. Every judged candidate counts, also where a human answered instead;"
        f" steps with fewer than {measures.ENOUGH} are left out."
    )
    figure = _figure("Calibration", plots.reliability(bins) if bins else None, caption)
    rows = [[f"{b.confidence:.1%}", f"{b.right.whole:,}", percent(b.right)] for b in bins]
    return figure + _table(["Mean confidence", "Candidates", "Right"], rows)


def _recovery(told: Told) -> str:
    """Nothing where no answer has changed."""
    steps = measures.recovery(told.outcomes)
    if not steps:
        return ""
    caption = (
        'Of the messages whose answer has changed, <span class="key deflection">answered</span> and'
        ' <span class="key precision">answered wrongly</span>, in steps of the same size: teammates'
        " edit the old answer where they meet it."
    )
    return _figure("After an answer has changed", plots.recovery(steps), caption)


def _details(told: Told) -> list[str]:
    wrong = [one for one in told.outcomes if one.automatic and one.right is False]
    shown = "\n".join(map(_wrong, wrong)) or "<p>There was none.</p>"
    return [_by_answer(told.outcomes), f"<h2>Wrong automatic answers ({len(wrong):,})</h2>", shown]


def _by_answer(outcomes: Sequence[Outcome]) -> str:
    groups: dict[str | None, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        groups[one.gold].append(one)
    largest = sorted(groups.items(), key=lambda item: -len(item[1]))
    rows = [
        [
            _NONE_KNOWN if name is None else name,
            f"{len(group):,}",
            f"{sum(one.automatic for one in group):,}",
            f"{sum(one.automatic and one.right is False for one in group):,}",
            percent(measures.deflection(group)),
            percent(measures.precision(group)),
            f"{sum(one.audit for one in group):,}",
            f"{len({one.learned for one in group} - {None}):,}",
        ]
        for name, group in largest[:_ANSWERS_SHOWN]
    ]
    names = ["Right answer", "Messages", "Automatic", "Wrong", "Deflected", "Right"]
    left = len(largest) - len(rows)
    more = f'<p class="dim">{left:,} rarer ones are not shown.</p>' if left else ""
    return f"<h2>By answer</h2>\n{_table([*names, 'Audits', 'Resolutions'], rows)}{more}"


def _wrong(one: Outcome) -> str:
    facts = [
        ("Given", one.given or _NONE_KNOWN),
        ("Right", one.gold or _NONE_KNOWN),
        ("Confidence", f"{one.confidence:.1%}"),
    ]
    listed = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    reasons = "".join(f"<li>{escape(reason)}</li>" for reason in one.reasons)
    return (
        f"<article><h3>{escape(one.question)}</h3><dl>{listed}</dl>"
        f'<ul class="reasons">{reasons}</ul></article>'
    )


def _figure(title: str, svg: str | None, caption: str) -> str:
    """`caption` is HTML."""
    drawn = svg or f"<p>{TOO_FEW.capitalize()}.</p>"
    return f"<h2>{title}</h2>\n<figure>{drawn}<figcaption>{caption}</figcaption></figure>"


def _table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Nothing without rows."""
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = "\n".join(
        "<tr>" + "".join(f"<td>{escape(v)}</td>" for v in row) + "</tr>" for row in rows
    )
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>\n'
        f"<tbody>{body}</tbody></table></div>"
    )
