"""Features in words: what spoke for a candidate, and what against it.

A feature speaks as loudly as it moved the confidence: its weight times its value.
"""

from collections.abc import Mapping
from dataclasses import dataclass

_NOTABLE = 0.15
_SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """By feature: its weight, and what it says when it speaks for or against."""

    weights: Mapping[str, float]
    speaking_for: Mapping[str, str]
    speaking_against: Mapping[str, str]

    def in_words(self, features: Mapping[str, float]) -> dict[str, list[str]]:
        """`{"for": […], "against": […]}`, the loudest first, at most four each."""
        said = {n: self.weights[n] * v for n, v in features.items() if n in self.weights}
        loudest = sorted(said, key=lambda name: -abs(said[name]))
        spoken_for = [n for n in loudest if said[n] >= _NOTABLE and n in self.speaking_for]
        against = [n for n in loudest if said[n] <= -_NOTABLE and n in self.speaking_against]
        return {
            "for": [self.speaking_for[n] for n in spoken_for[:_SHOWN]],
            "against": [self.speaking_against[n] for n in against[:_SHOWN]],
        }
