"""Features in words: what spoke for a candidate, and what against it.

A feature speaks as loudly as it moved the confidence: its weight times its value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_NOTABLE = 0.15
_SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """By feature: what it says when it speaks for or against.

    More of a feature is better, but for the `unwelcome` ones. A fitted weight can point the other
    way, because features overlap; such a feature corrects others and says nothing by itself.
    """

    unwelcome: frozenset[str] = frozenset()
    speaking_for: Mapping[str, str]
    speaking_against: Mapping[str, str]

    def in_words(
        self, features: Mapping[str, float], weights: Mapping[str, float]
    ) -> dict[str, list[str]]:
        """`{"for": […], "against": […]}`, the loudest first, at most four each."""
        said = {
            name: weight * features[name]
            for name, weight in weights.items()
            if self._speaks(name, weight)
        }
        loudest = sorted(said, key=lambda name: -abs(said[name]))
        spoken_for = [n for n in loudest if said[n] >= _NOTABLE and n in self.speaking_for]
        against = [n for n in loudest if said[n] <= -_NOTABLE and n in self.speaking_against]
        return {
            "for": [self.speaking_for[n] for n in spoken_for[:_SHOWN]],
            "against": [self.speaking_against[n] for n in against[:_SHOWN]],
        }

    def _speaks(self, name: str, weight: float) -> bool:
        return weight < 0 if name in self.unwelcome else weight > 0


_VOTES = {
    "near": "by its nearest phrasings",
    "words": "by the words they share",
    "centroid": "by its phrasings on the whole",
    "likelihood": "by how such questions were answered before",
    "kin": "by the earlier questions that are nearest where answers differ",
}
_A_PERCENT = 0.005


def weighed(hit: Mapping[str, Any]) -> str | None:
    """How much a past answer weighed, and by what, the heaviest first; None if that is not known.

    `hit` is a ResolutionHit by its fields.
    """
    votes: Mapping[str, float] = hit.get("votes") or {}
    if not votes:
        return None
    heaviest = sorted(votes, key=lambda name: -votes[name])
    parts = [f"{votes[name]:.0%} {_VOTES[name]}" for name in heaviest if votes[name] >= _A_PERCENT]
    whole = f"{hit['share']:.0%} of the vote"
    return f"{whole}: {', '.join(parts)}" if parts else whole
