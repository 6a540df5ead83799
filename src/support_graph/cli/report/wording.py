"""Measures as people read them."""

from support_graph.cli.report.measures import Mark, Rate

TOO_FEW = "not enough data"


def percent(rate: Rate) -> str:
    return TOO_FEW if rate.value is None else f"{rate.value:.1%}"


def per_answer(mark: Mark) -> str:
    """How many resolutions were learned for an answer: 1.00 where all were merged."""
    if mark.answers < 1:
        return "nothing learned"
    return f"{mark.resolutions / mark.answers:.2f} ({mark.resolutions:,} for {mark.answers:,})"
