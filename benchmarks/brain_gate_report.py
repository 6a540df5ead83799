"""What a fitted Brain gate is worth: how well it ranks, how much it answers, and how rightly."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """Searches by row: features, whether the first passage was right, the question, the sort."""

    x: Numbers
    right: Numbers
    group: NDArray[np.int64]
    kind: NDArray[np.str_]

    def where(self, chosen: NDArray[np.bool_]) -> "Cases":
        return Cases(
            x=self.x[chosen],
            right=self.right[chosen],
            group=self.group[chosen],
            kind=self.kind[chosen],
        )


def report(title: str, cases: Cases, p: Numbers) -> None:
    print(f"\n{title}")
    print(f"{'':30} cases  right  mean p  AUROC   answered (right) at p >= .95, .9, .8", end="")
    print("   coverage at 97 %, 95 %")
    for kind in ["", *sorted(set(cases.kind.tolist()))]:
        chosen = (cases.kind == kind) | (kind == "")
        right, mine = cases.right[chosen], p[chosen]
        answered = "  ".join(share(right, mine >= level) for level in (0.95, 0.9, 0.8))
        covered = "  ".join(f"{coverage(right, mine, level):5.1%}" for level in (0.97, 0.95))
        print(
            f"{kind or 'together':30} {chosen.sum():5}  {right.mean():5.3f}  {mine.mean():6.3f}"
            f"  {auroc(right, mine):5.3f}   {answered}   {covered}"
        )


def share(right: Numbers, sent: NDArray[np.bool_]) -> str:
    precision = f"{right[sent].mean():.3f}" if sent.any() else "-"
    return f"{sent.mean():5.1%} ({precision:>5})"


def auroc(right: Numbers, p: Numbers) -> float:
    order = np.argsort(p, kind="stable")
    ranks = np.empty(len(p))
    ranks[order] = np.arange(1, len(p) + 1)
    good = int(right.sum())
    if not 0 < good < len(right):
        return float("nan")
    rank_sum = float(ranks[right == 1].sum())
    return (rank_sum - good * (good + 1) / 2) / (good * (len(right) - good))


def coverage(right: Numbers, p: Numbers, level: float) -> float:
    """The largest share of cases that can be answered at that precision."""
    order = np.argsort(-p)
    precision = np.cumsum(right[order]) / np.arange(1, len(p) + 1)
    enough = np.flatnonzero(precision >= level)
    return float((enough[-1] + 1) / len(p)) if len(enough) else 0.0
