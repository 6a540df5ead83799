"""A workspace's own settings."""

from typing import Annotated

from pydantic import Field

from support_graph.domain.workspaces import Mode
from support_graph.web.fields import Changes, Shown

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
_Hours = Annotated[
    float,
    Field(
        strict=True,
        gt=0,
        le=24 * 365,
        description="After how long an answer that nobody complained about counts as right.",
    ),
]


class Settings(Shown):
    mode: Mode
    target_precision: float
    audit_ceiling: float
    silence_hours: float


class SettingsChanges(Changes):
    mode: Mode | None = None
    target_precision: _Precision | None = None
    audit_ceiling: _Ceiling | None = None
    silence_hours: _Hours | None = None
