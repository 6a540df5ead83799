"""The report of an evaluation: what it computes, draws and quotes."""

import base64
import hashlib
import re
from xml.etree import ElementTree as ET

import pytest

from support_graph.cli.report import measures, page, plots
from support_graph.cli.report.measures import Outcome, Point, Rate

XSS = '<script>alert("x")</script><img src=x onerror=alert(1)>'


def _outcome(*, right: bool | None, confidence: float, gold: str | None = "a") -> Outcome:
    return Outcome(
        question=XSS,
        gold=gold,
        given=XSS if right is not None else None,
        automatic=right is not None,
        audit=False,
        right=right,
        confidence=confidence,
        judged=confidence,
        candidate_right=bool(right),
        learned=None if right is not None else "r",
        reasons=[XSS],
    )


def _stream() -> list[Outcome]:
    half = [_outcome(right=True, confidence=0.9) for _ in range(90)]
    wrong = [_outcome(right=False, confidence=0.85, gold=XSS) for _ in range(10)]
    return [_outcome(right=None, confidence=0.2) for _ in range(100)] + half + wrong


def _page(outcomes: list[Outcome]) -> str:
    return page.html(page.Told(source=XSS, outcomes=outcomes, rows=300, noticed=0.2, seed=0))


def test_the_report_loads_and_runs_nothing_whatever_customers_wrote() -> None:
    report = _page(_stream())
    assert "<script" not in report
    assert "<img" not in report
    assert not re.search(r"\s(on\w+|style|src|href)=[\"']", report)
    assert "http://" not in report
    assert "https://" not in report
    style = re.search(r"<style>(.*)</style>", report, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}';" in report
    assert report.count("&lt;script&gt;") >= 3 * 10
    assert "200 messages of 300; the rest was not replayed" in report


def test_the_report_is_well_formed() -> None:
    body = re.search(r"<main>.*</main>", _page(_stream()), re.DOTALL)
    assert body
    ET.fromstring(body[0].replace("<br>", "<br/>"))


def test_the_report_says_so_where_there_is_not_enough_data() -> None:
    report = _page([_outcome(right=True, confidence=0.9)])
    assert report.count("not enough data") >= 4
    assert " 0.0%" not in report
    assert "NaN" not in report


def test_rates_marks_and_calibration_are_right() -> None:
    outcomes = _stream()
    first, last = measures.marks(outcomes)
    assert (first.messages, last.messages) == (100, 200)
    assert (first.deflection.value, first.precision.value) == (0.0, None)
    assert (last.deflection.value, last.precision.value) == (0.5, 0.9)
    assert last.last_deflection.value == 1.0
    assert (last.resolutions, last.answers) == (1, 1)
    low, high = Rate(part=90, whole=100).interval or (0.0, 0.0)
    assert (round(low, 3), round(high, 3)) == (0.826, 0.945)
    expected = (100 * 0.04 + 90 * 0.01 + 10 * 0.85**2) / 200
    assert measures.brier(outcomes) == pytest.approx(expected)
    # Three confidences only, and equal ones are answered together.
    risks = [(point.x, point.y) for point in measures.risk_coverage(outcomes)]
    assert risks == [(0.45, 0.0), (0.5, 0.1), (1.0, 0.55)]
    assert [one.right.whole for one in measures.reliability(outcomes)] == [100, 90]


def test_a_chart_is_an_image_whose_line_has_gaps_where_nothing_is_known() -> None:
    points = [Point(x=n, y=None if n == 2 else 0.5) for n in range(5)]
    drawn = ET.fromstring(plots.learning_curve(points, []))
    line, empty = drawn.findall("path")
    assert line.get("d", "").count("M") == 2
    assert not empty.get("d")
    assert drawn.get("aria-label") == drawn.findtext("title")


def test_a_chart_stays_inside_its_frame() -> None:
    stream = _stream()
    risks = measures.risk_coverage(stream)
    for svg in (
        plots.risk_coverage(risks, actual=Point(x=0.5, y=0.1)),
        plots.reliability(measures.reliability(stream)),
        plots.reliability([]),
        plots.risk_coverage([Point(x=0.5, y=0.0)], actual=None),
    ):
        for across, down in re.findall(r"[ML]([\d.]+) ([\d.]+)", svg):
            assert 0 <= float(across) <= 720
            assert 0 <= float(down) <= 300
