"""Charts as SVG text, without style or script: colours come from the page, shapes from here."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from support_graph.cli.report.measures import Bin, Point, Recovery

_WIDTH, _HEIGHT = 720, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 28, 14, 44
_STEPS = 5
_ROUND = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """What a chart spans; both axes begin at 0."""

    title: str
    x_title: str
    x_most: float
    y_most: float = 1.0
    x_percent: bool = True

    def x(self, value: float) -> float:
        return _LEFT + value / self.x_most * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        return _HEIGHT - _BOTTOM - value / self.y_most * (_HEIGHT - _TOP - _BOTTOM)


def learning_curve(deflection: Sequence[Point], precision: Sequence[Point]) -> str:
    """Both along the stream."""
    axes = Axes(
        title="Deflection and precision over messages",
        x_title="messages",
        x_most=max([1.0, *(point.x for point in deflection)]),
        x_percent=False,
    )
    return _svg(
        axes,
        _line(axes, deflection, "deflection"),
        _line(axes, precision, "precision"),
    )


def risk_coverage(risks: Sequence[Point], *, actual: Point | None) -> str:
    """`actual`: where the gate has operated."""
    highest = max([point.y or 0.0 for point in [*risks, *([actual] if actual else [])]], default=0)
    axes = Axes(
        title="Wrong answers by the share of messages answered",
        x_title="share of all messages answered, the most confident first",
        x_most=1.0,
        y_most=next(step for step in _ROUND if step >= min(1.0, highest)),
    )
    dot = _dot(axes, actual.x, actual.y, "precision", "as it was") if actual else ""
    return _svg(axes, _line(axes, risks, "deflection"), dot)


def recovery(steps: Sequence[Recovery]) -> str:
    """Along the messages whose answer has changed."""
    axes = Axes(
        title="After an answer has changed",
        x_title="messages that the change concerned",
        x_most=max(step.messages for step in steps),
        x_percent=False,
    )
    deflected = [Point(x=step.messages, y=step.deflection.value) for step in steps]
    wrong = [Point(x=step.messages, y=step.wrong.value) for step in steps]
    return _svg(axes, _line(axes, deflected, "deflection"), _line(axes, wrong, "precision"))


def reliability(bins: Sequence[Bin]) -> str:
    """On the diagonal, confidences come true."""
    axes = Axes(title="Share of right candidates by confidence", x_title="confidence", x_most=1.0)
    diagonal = (
        f'<line class="diagonal" x1="{axes.x(0):.1f}" y1="{axes.y(0):.1f}" x2="{axes.x(1):.1f}"'
        f' y2="{axes.y(1):.1f}" stroke="currentColor" stroke-dasharray="4 4" opacity="0.5"/>'
    )
    known = [(one, one.right.value) for one in bins]
    line = [Point(x=one.confidence, y=share) for one, share in known]
    dots = [
        _dot(axes, one.confidence, share, "deflection", f"{one.right.whole:,} messages")
        for one, share in known
    ]
    return _svg(axes, diagonal, _line(axes, line, "deflection"), *dots)


def _svg(axes: Axes, *marks: str) -> str:
    title = escape(axes.title)
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{title}" fill="none">'
        f"<title>{title}</title>{_grid(axes)}{''.join(marks)}</svg>"
    )


def _grid(axes: Axes) -> str:
    """Lines and labels at five steps each, and the x axis' title."""
    drawn: list[str] = []
    for step in range(_STEPS + 1):
        value = step / _STEPS
        height = axes.y(value * axes.y_most)
        drawn.append(
            f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{height:.1f}"'
            f' y2="{height:.1f}" stroke="currentColor" opacity="0.15"/>'
            + _label(_LEFT - 8, height + 4, _share(value * axes.y_most), "end")
        )
        x_value = value * axes.x_most
        written = _share(x_value) if axes.x_percent else f"{x_value:,.0f}"
        drawn.append(_label(axes.x(x_value), _HEIGHT - _BOTTOM + 18, written, "middle"))
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    return "".join(drawn) + _label(middle, _HEIGHT - 6, axes.x_title, "middle")


def _share(value: float) -> str:
    return f"{value:.1%}" if value * 100 % 1 > 1e-9 and value < 0.1 else f"{value:.0%}"  # noqa: PLR2004 - small steps need a digit


def _label(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="12"'
        f' fill="currentColor">{escape(text)}</text>'
    )


def _line(axes: Axes, points: Sequence[Point], name: str) -> str:
    """A path that is broken where there is no value."""
    commands: list[str] = []
    drawing = False
    for point in points:
        if point.y is not None:
            at = f"{axes.x(point.x):.1f} {axes.y(min(point.y, axes.y_most)):.1f}"
            commands.append(f"{'L' if drawing else 'M'}{at}")
        drawing = point.y is not None
    return (
        f'<path class="{name}" d="{" ".join(commands)}" stroke="currentColor" stroke-width="2"'
        ' stroke-linejoin="round" stroke-linecap="round"/>'
    )


def _dot(axes: Axes, x: float, y: float | None, name: str, said: str) -> str:
    if y is None:
        return ""
    return (
        f'<circle class="{name}" cx="{axes.x(x):.1f}" cy="{axes.y(y):.1f}" r="5"'
        f' stroke="currentColor" stroke-width="2"><title>{escape(said)}</title></circle>'
    )
