"""The audit log: who changed what, when, and on which surface."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class AuditNoun(StrEnum):
    """What was changed."""

    SETTINGS = "settings"
    KEY = "key"
    MEMBER = "member"
    DOCUMENT = "document"
    INTENT = "intent"
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """`subject` is what it was called then; `surface` is None where the noun has a log of its own,
    which does not tell; `cursor` is where the next page begins."""

    noun: AuditNoun
    change: str
    subject_id: UUID | None
    subject: str
    actor: str
    surface: str | None
    note: str | None
    details: dict[str, Any]
    created_at: datetime
    cursor: str
