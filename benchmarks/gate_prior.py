"""What a public stream makes of what is believed about resolutions on day one.

    python -m benchmarks.gate_prior [--data banking77|clinc150] [--messages N] [--seeds K]

Each order goes through the gate as in `gate_stream`, with the prior of the other data set and one
error in five noticed. Every candidate, answered or not, is labelled with the truth then, and the
features' coefficients are fitted with those in force for a prior. A feature that is new begins at 0
there, and its coefficient is taken from here.
"""

import argparse
import random
from collections.abc import Sequence

import numpy as np

from benchmarks.gate_messages import embedded, shuffled
from benchmarks.gate_stream import PRIORS, opened
from support_graph.domain.calibration import Calibration, Labels
from support_graph.learning import features

_FIRST_SEED = 10
"""Other orders than those that `gate_stream` measures."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", choices=("banking77", "clinc150"), action="append")
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, default=3)
    asked = parser.parse_args()
    for data in asked.data or ("banking77", "clinc150"):
        labels = _labels(data, messages=asked.messages, seeds=asked.seeds)
        believed = Calibration.prior(
            PRIORS[data], precision=features.EXTENDED_PRECISION, kappa=features.EXTENDED_KAPPA
        )
        fitted = believed.fitted(labels)
        print(f"\n{data}, {len(labels.right)} candidates, {labels.right.mean():.1%} right")
        for name, value in zip(features.EXTENDED_NAMES, fitted.beta, strict=True):
            print(f"{name:16} {value:6.2f}")


def _labels(data: str, *, messages: int, seeds: int) -> Labels:
    """Weighted as if they were of one order."""
    known = embedded(data)
    x: list[Sequence[float]] = []
    right: list[bool] = []
    for seed in range(_FIRST_SEED, _FIRST_SEED + seeds):
        chance = random.Random(seed)
        desk = opened("better", data, "other", chance, noticed=0.2)
        for message in shuffled(known, messages, chance):
            candidate = desk.candidate(message)
            if candidate is not None:
                x.append(candidate.features)
                right.append(desk.fits(candidate, message))
            desk.handle(message, candidate)
    return Labels(
        features=np.array(x),
        right=np.array(right, dtype=np.float64),
        weight=np.full(len(right), 1 / seeds),
    )


if __name__ == "__main__":
    main()
