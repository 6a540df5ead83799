"""Intents: what customers want, as a workspace names it, and how far the assistant may go there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from support_graph.domain.ids import IntentId
from support_graph.domain.workspaces import Mode

_FROM_FREE_TO_STRICT = list(Mode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """`target_precision` is None for the workspace's; `merged_into` the intent it is a part of."""

    id: IntentId
    name: str
    description: str
    mode: Mode
    target_precision: float | None
    merged_into: IntentId | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentStatistics:
    """Counts of what has this intent now, merged ones included.

    `deflected` are the turns that were answered without a teammate, `escalated` those that were
    not, `waiting` the escalations without a decision; `since` is the first turn's time.
    """

    resolutions: int = 0
    turns: int = 0
    deflected: int = 0
    escalated: int = 0
    waiting: int = 0
    since: datetime | None = None


class IntentChange(StrEnum):
    """Why an entry stands in an intent's log."""

    CREATED = "created"
    CHANGED = "changed"
    MERGED = "merged"
    UNMERGED = "unmerged"
    SPLIT = "split"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentEntry:
    """One entry of the log; `details` hold what was before and after."""

    change: IntentChange
    actor: str
    note: str | None
    details: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What is set for one intent; `part` is the merged one that it was looked up for, or itself."""

    id: IntentId
    part: IntentId
    name: str
    mode: Mode
    target_precision: float | None

    def stricter_than(self, other: "Policy", *, default_target: float) -> bool:
        """Whether something that moves from here to `other` gets more freedom than it had."""
        return _strictness(self.mode) > _strictness(other.mode) or (
            (self.target_precision or default_target) > (other.target_precision or default_target)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """What binds a turn: the policy of the intent that the question seems to have, and that of the
    resolution that would be given. They are mostly the same one."""

    asked: Policy | None = None
    given: Policy | None = None

    def _both(self) -> Iterator[Policy]:
        return (policy for policy in (self.asked, self.given) if policy is not None)

    def restraint(self, *, sending: bool) -> Policy | None:
        """What keeps the assistant from answering the question, or, `sending`, from giving the
        resolution too; None if it may. The strictest."""
        binding = self._both() if sending else (p for p in (self.asked,) if p is not None)
        strictest = max(binding, key=lambda p: _strictness(p.mode), default=None)
        return None if strictest is None or strictest.mode is Mode.AUTO else strictest

    @property
    def demanding(self) -> Policy | None:
        """The one with the highest target of its own."""
        own = [(p.target_precision, p) for p in self._both() if p.target_precision is not None]
        return max(own, key=lambda pair: pair[0])[1] if own else None

    def of_turn(self, *, sent: bool) -> Policy | None:
        """The turn's intent: that of the resolution that was sent, else the question's."""
        return (self.given or self.asked) if sent else self.asked


def _strictness(mode: Mode) -> int:
    return _FROM_FREE_TO_STRICT.index(mode)
