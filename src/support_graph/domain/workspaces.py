"""Workspaces, the people on the company's side, and the keys their programs hold."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from support_graph.domain.ids import KeyId, MemberId, WorkspaceId


class Role(StrEnum):
    """What a key or member may do; each role includes the ones before it."""

    CHANNEL = "channel"
    TEAMMATE = "teammate"
    ADMIN = "admin"

    def includes(self, other: "Role") -> bool:
        ladder = list(Role)
        return ladder.index(self) >= ladder.index(other)


class Mode(StrEnum):
    """How far the assistant may go: answer, only draft, only watch, or stay out of it."""

    AUTO = "auto"
    DRAFT = "draft"
    SHADOW = "shadow"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceSettings:
    """A workspace's own numbers.

    `target_precision` is the promised share of right answers among automatic ones;
    `near_duplicate` the cosine from which a new phrasing teaches nothing;
    `phrasing_limit` how many phrasings a resolution keeps; `audit_ceiling` the most of what could
    be answered that is given to a human to measure errors; `silence_hours` after how long an
    answer that nobody complained about counts as right; `scope_support` how many human answers,
    for each of the rivals, it takes until the context that tells them apart becomes their scope
    without a teammate's yes (0: never); `history_days` how far back a contact's earlier
    conversations are looked at (0: not at all); `answer_within_minutes` how long somebody may wait
    for a human until the inbox shows it as late; `studio_hours` after how long a turn that was
    begun in LangGraph Studio and left there counts as abandoned.
    """

    mode: Mode = Mode.AUTO
    target_precision: float = 0.97
    near_duplicate: float = 0.90
    phrasing_limit: int = 20
    audit_ceiling: float = 0.3
    silence_hours: float = 24.0
    scope_support: int = 5
    history_days: float = 14.0
    answer_within_minutes: float = 60.0
    studio_hours: float = 24.0
    greeting_reply: str = "Hello! What can I help you with?"
    thanks_reply: str = "You're welcome!"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    id: WorkspaceId
    name: str
    created_at: datetime
    settings: WorkspaceSettings = field(default_factory=WorkspaceSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A teammate; `signs_in` says that there is a person behind them, and not only keys."""

    id: MemberId
    name: str
    role: Role
    created_at: datetime
    signs_in: bool = False
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An API key as it is listed; the secret itself is shown once, when it is made."""

    id: KeyId
    workspace_id: WorkspaceId
    role: Role
    name: str
    prefix: str
    member_id: MemberId | None
    member_name: str | None
    created_at: datetime
    revoked_at: datetime | None = None
