"""The audit log over HTTP."""

from typing import Any
from uuid import UUID

from support_graph.domain.audit import AuditNoun
from support_graph.web.fields import Instant, Shown


class AuditEntry(Shown):
    """`surface` is null for resolutions and intents, whose own logs do not tell it."""

    noun: AuditNoun
    change: str
    subject_id: UUID | None
    subject: str
    actor: str
    surface: str | None
    note: str | None
    details: dict[str, Any]
    created_at: Instant


class AuditLog(Shown):
    """Newest first; `next_cursor` is null on the last page."""

    items: list[AuditEntry]
    next_cursor: str | None
