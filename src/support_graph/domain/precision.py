"""Audits, and the precision that they measured."""

from dataclasses import dataclass

ENOUGH_AUDITS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """An answer that could have been given: with which chance a human saw it, and whether it was
    right. `intent` is what it was about, if that was known."""

    intent: str | None
    chance: float
    right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """The share of right answers as measured, with its 95 % interval from `low` to `high`.

    `effective` is how many equally weighted audits would tell as much. `intent` is None for all.
    """

    intent: str | None
    audits: int
    wrong: int
    effective: float
    estimate: float
    low: float
    high: float

    @property
    def is_enough(self) -> bool:
        """Fewer audits say nothing that one could act on."""
        return self.audits >= ENOUGH_AUDITS
