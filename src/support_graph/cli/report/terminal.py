"""What was measured, in a terminal and as JSON."""

from collections.abc import Sequence

from rich.table import Table

from support_graph.cli import console
from support_graph.cli.report import measures
from support_graph.cli.report.measures import Mark, Outcome
from support_graph.cli.report.wording import TOO_FEW, per_answer, percent


def show(outcomes: Sequence[Outcome]) -> None:
    names = ("Messages", "Deflected", "Right", "Deflected since", "Right since", "Audits")
    table = Table(*names, "Resolutions per answer", box=None, header_style="bold")
    for mark in measures.marks(outcomes):
        table.add_row(
            f"{mark.messages:,}",
            percent(mark.deflection),
            percent(mark.precision),
            percent(mark.last_deflection),
            percent(mark.last_precision),
            str(mark.audits),
            per_answer(mark),
        )
    console.out.print(table)
    error = measures.brier(outcomes)
    console.say(f"Brier score of the confidences: {TOO_FEW if error is None else f'{error:.3f}'}.")
    wrong = sum(one.automatic and one.right is False for one in outcomes)
    console.say(f"Wrong automatic answers: {wrong:,}.")


def as_response(outcomes: Sequence[Outcome], *, complete: bool) -> dict[str, object]:
    """Rates are null without enough data."""
    return {
        "complete": complete,
        "messages": len(outcomes),
        "deflection": measures.deflection(outcomes).value,
        "precision": measures.precision(outcomes).value,
        "brier": measures.brier(outcomes),
        "marks": [_as_mark(mark) for mark in measures.marks(outcomes)],
        "wrong": [
            {
                "question": one.question,
                "given": one.given,
                "right": one.gold,
                "confidence": one.confidence,
                "reasons": list(one.reasons),
            }
            for one in outcomes
            if one.automatic and one.right is False
        ],
    }


def _as_mark(mark: Mark) -> dict[str, object]:
    return {
        "messages": mark.messages,
        "deflection": mark.deflection.value,
        "precision": mark.precision.value,
        "last_deflection": mark.last_deflection.value,
        "last_precision": mark.last_precision.value,
        "audits": mark.audits,
        "resolutions": mark.resolutions,
        "answers": mark.answers,
    }
