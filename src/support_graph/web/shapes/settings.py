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


class Settings(Shown):
    mode: Mode
    target_precision: float


class SettingsChanges(Changes):
    mode: Mode | None = None
    target_precision: _Precision | None = None
