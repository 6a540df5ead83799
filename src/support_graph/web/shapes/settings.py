"""A workspace's own settings."""

from typing import Annotated

from pydantic import Field

from support_graph.domain.workspaces import Mode
from support_graph.web.fields import Changes, Phrase, Shown

_Precision = Annotated[
    float,
    Field(
        strict=True,
        ge=0.5,
        lt=1,
        description="The promised share of right answers among automatic ones.",
    ),
]


_Ceiling = Annotated[
    float,
    Field(
        strict=True,
        ge=0,
        le=1,
        description="The most of what could be answered that a human is asked; 0: no audits.",
    ),
]
_StudioHours = Annotated[
    float,
    Field(
        strict=True,
        gt=0,
        le=24 * 365,
        description="After how long a turn that was left in LangGraph Studio counts as abandoned.",
    ),
]
_Hours = Annotated[
    float,
    Field(
        strict=True,
        gt=0,
        le=24 * 365,
        description="After how long an answer that nobody complained about counts as right.",
    ),
]


_Cosine = Annotated[
    float,
    Field(
        strict=True,
        ge=0.5,
        le=1,
        description="How alike (cosine) a wording must be to one that is known to teach nothing.",
    ),
]
_Phrasings = Annotated[
    int, Field(strict=True, ge=1, le=100, description="How many phrasings a resolution keeps.")
]
_Support = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=10_000,
        description="From how many human answers of each kind on the context that tells them apart "
        "becomes their scope by itself; 0: never, a teammate is always asked.",
    ),
]
_Days = Annotated[
    float,
    Field(
        strict=True,
        ge=0,
        le=365,
        description="How far back a contact's earlier conversations are looked at; 0: not at all.",
    ),
]


_Minutes = Annotated[
    float,
    Field(
        strict=True,
        gt=0,
        le=60 * 24 * 30,
        description="How long somebody may wait for a human until the inbox shows it as late.",
    ),
]


class Settings(Shown):
    mode: Mode
    target_precision: float
    audit_ceiling: float
    silence_hours: float
    near_duplicate: float
    phrasing_limit: int
    scope_support: int
    history_days: float
    answer_within_minutes: float
    studio_hours: float
    greeting_reply: str
    thanks_reply: str


class SettingsChanges(Changes):
    mode: Mode | None = None
    target_precision: _Precision | None = None
    audit_ceiling: _Ceiling | None = None
    silence_hours: _Hours | None = None
    near_duplicate: _Cosine | None = None
    phrasing_limit: _Phrasings | None = None
    scope_support: _Support | None = None
    history_days: _Days | None = None
    answer_within_minutes: _Minutes | None = None
    studio_hours: _StudioHours | None = None
    greeting_reply: Phrase | None = None
    thanks_reply: Phrase | None = None
