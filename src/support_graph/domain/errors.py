"""What can go wrong, by name; web and the command line decide how each is shown."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


class DeskError(Exception):
    """Base of everything the desk refuses; `kind` is its stable name in the API."""

    kind: ClassVar[str] = "error"


@dataclass(eq=False)
class NotFound(DeskError):
    """Nothing of that id in this workspace."""

    kind: ClassVar[str] = "not_found"
    noun: str
    id: UUID | str

    def __str__(self) -> str:
        return f"No {self.noun} {self.id} in this workspace."


@dataclass(eq=False)
class Invalid(DeskError):
    """A value that can't be taken."""

    kind: ClassVar[str] = "invalid"
    field: str
    problem: str

    def __str__(self) -> str:
        return f"{self.field}: {self.problem}"


@dataclass(eq=False)
class StaleRevision(DeskError):
    """The resolution has been changed since the revision that was named."""

    kind: ClassVar[str] = "stale_revision"
    resolution_id: UUID
    expected: int
    actual: int

    def __str__(self) -> str:
        return (
            f"Resolution {self.resolution_id} is at revision {self.actual}, not {self.expected}; "
            "read it again and repeat the change."
        )


@dataclass(eq=False)
class AlreadyDecided(DeskError):
    """Another teammate answered first."""

    kind: ClassVar[str] = "already_decided"
    escalation_id: UUID
    decided_by: str
    decided_at: datetime

    def __str__(self) -> str:
        return f"{self.decided_by} already decided this at {self.decided_at.isoformat()}."


@dataclass(eq=False)
class ProposalDecided(DeskError):
    """The proposal was accepted or declined before."""

    kind: ClassVar[str] = "already_decided"
    proposal_id: UUID
    status: str
    decided_by: str
    decided_at: datetime

    def __str__(self) -> str:
        return f"{self.decided_by} {self.status} this at {self.decided_at.isoformat()}."


@dataclass(eq=False)
class IntentDecided(DeskError):
    """The proposed intent was accepted or dismissed before."""

    kind: ClassVar[str] = "already_decided"
    proposal_id: UUID
    status: str
    decided_by: str

    def __str__(self) -> str:
        return f"{self.decided_by} has {self.status} it already."


@dataclass(eq=False)
class AlreadyUndone(DeskError):
    """The merge was undone before."""

    kind: ClassVar[str] = "already_undone"
    resolution_id: UUID
    undone_by: str
    undone_at: datetime

    def __str__(self) -> str:
        return f"{self.undone_by} already undid this at {self.undone_at.isoformat()}."


@dataclass(eq=False)
class MergedOn(DeskError):
    """What a resolution was merged into was itself merged into another one since."""

    kind: ClassVar[str] = "merged_on"
    resolution_id: UUID
    into: UUID

    def __str__(self) -> str:
        return (
            f"Resolution {self.resolution_id} was merged into {self.into} since; "
            "undo that merge first."
        )


@dataclass(eq=False)
class AlreadyClaimed(DeskError):
    """Another teammate holds the escalation."""

    kind: ClassVar[str] = "already_claimed"
    escalation_id: UUID
    claimed_by: str

    def __str__(self) -> str:
        return f"{self.claimed_by} has claimed this."


@dataclass(eq=False)
class NotReady(DeskError):
    """The run behind the escalation has not reached its interrupt yet."""

    kind: ClassVar[str] = "not_ready"
    escalation_id: UUID

    def __str__(self) -> str:
        return f"Escalation {self.escalation_id} is still being prepared; try again in a moment."


@dataclass(eq=False)
class IdempotencyConflict(DeskError):
    """The same key came with another body."""

    kind: ClassVar[str] = "idempotency_conflict"
    key: str

    def __str__(self) -> str:
        return f"Idempotency-Key {self.key!r} was used before with another body."


@dataclass(eq=False)
class NameTaken(DeskError):
    """A name that must be unique is in use."""

    kind: ClassVar[str] = "name_taken"
    noun: str
    name: str

    def __str__(self) -> str:
        article = "an" if self.noun[0] in "aeiou" else "a"
        return f"There is already {article} {self.noun} named {self.name!r}."


@dataclass(eq=False)
class NeedsAdmin(DeskError):
    """What an admin has set would be loosened."""

    kind: ClassVar[str] = "forbidden"
    what: str

    def __str__(self) -> str:
        return f"Only an admin may do this: {self.what}."


@dataclass(eq=False)
class ExtraMissing(DeskError):
    """What is asked for needs libraries that are not installed."""

    kind: ClassVar[str] = "unavailable"
    extra: str
    task: str

    def __str__(self) -> str:
        return (
            f"{self.task} with libraries that are not installed: "
            f"run `pip install 'support-graph[{self.extra}]'`."
        )


@dataclass(eq=False)
class SignInRefused(DeskError):
    """The login is unknown or the password is another; which of the two is nobody's business."""

    kind: ClassVar[str] = "sign_in_refused"

    def __str__(self) -> str:
        return "This e-mail address and password don't belong together."


@dataclass(eq=False)
class TooManyAttempts(DeskError):
    """So many sign-ins failed that the next one has to wait."""

    kind: ClassVar[str] = "too_many_attempts"
    minutes: int

    def __str__(self) -> str:
        return f"Too many sign-ins failed; try again in {self.minutes} minutes."


@dataclass(eq=False)
class LinkSpent(DeskError):
    """A one-time link that was used before, has expired, or never was one."""

    kind: ClassVar[str] = "link_spent"

    def __str__(self) -> str:
        return "This link has been used or has expired; ask for a new one."
