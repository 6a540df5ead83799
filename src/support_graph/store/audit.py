"""The audit log: its own entries, the revisions of resolutions and the log of intents, as one."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Text, bindparam, insert, text

from support_graph.domain.audit import AuditEntry, AuditNoun
from support_graph.domain.errors import Invalid
from support_graph.domain.ids import new_id
from support_graph.store.rooms import Room, Row
from support_graph.store.tables import audit_log

# Revisions have no id; their own key tells those of one moment apart.
_ENTRIES = text("""
    SELECT * FROM (
        SELECT noun, change, subject_id, subject, actor, surface, NULL AS note, details,
            created_at, id::text AS key
        FROM audit_log WHERE workspace_id = :workspace_id
        UNION ALL
        SELECT 'intent', c.change, c.intent_id, i.name, c.actor, NULL, c.note, c.details,
            c.created_at, c.id::text
        FROM intent_changes c
        JOIN intents i ON i.workspace_id = c.workspace_id AND i.id = c.intent_id
        WHERE c.workspace_id = :workspace_id
        UNION ALL
        SELECT 'resolution', r.change, r.resolution_id, left(r.content ->> 'answer', 200), r.actor,
            NULL, r.note, jsonb_build_object('revision', r.revision), r.created_at,
            r.resolution_id::text || '.' || r.revision
        FROM resolution_revisions r WHERE r.workspace_id = :workspace_id
    ) e
    WHERE (:noun IS NULL OR noun = :noun)
    AND (:actor IS NULL OR actor = :actor)
    AND (:at IS NULL OR (created_at, key) < (:at, :key))
    ORDER BY created_at DESC, key DESC LIMIT :most
""").bindparams(
    bindparam("noun", type_=Text),
    bindparam("actor", type_=Text),
    bindparam("at", type_=DateTime(timezone=True)),
    bindparam("key", type_=Text),
)


class AuditLog(Room):
    async def add(
        self,
        noun: AuditNoun,
        change: str,
        *,
        subject_id: UUID | None,
        subject: str,
        actor: str,
        surface: str,
        details: Mapping[str, Any],
    ) -> None:
        await self._run(
            insert(audit_log).values(
                workspace_id=self._workspace_id,
                id=new_id(),
                noun=noun,
                change=change,
                subject_id=subject_id,
                subject=subject,
                actor=actor,
                surface=surface,
                details=dict(details),
            )
        )

    async def list(
        self, *, noun: AuditNoun | None, actor: str | None, cursor: str | None, limit: int
    ) -> tuple[Sequence[AuditEntry], str | None]:
        """Newest first, and the cursor of the next page. Raises Invalid for one that isn't ours."""
        at, key = _unpacked(cursor) if cursor else (None, None)
        rows = await self._all(
            _ENTRIES.bindparams(
                workspace_id=self._workspace_id,
                noun=noun.value if noun else None,
                actor=actor,
                at=at,
                key=key,
                most=limit + 1,
            )
        )
        found = [_entry(row) for row in rows[:limit]]
        return found, found[-1].cursor if len(rows) > limit else None


def _entry(row: Row) -> AuditEntry:
    values = dict(row)
    key = values.pop("key")
    packed = f"{row['created_at'].isoformat()}~{key}".encode()
    cursor = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return AuditEntry(**{**values, "noun": AuditNoun(row["noun"])}, cursor=cursor)


def _unpacked(cursor: str) -> tuple[datetime, str]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        moment, _, key = base64.urlsafe_b64decode(padded.encode()).decode().partition("~")
        at = datetime.fromisoformat(moment)
    except (binascii.Error, ValueError) as error:
        raise Invalid(field="cursor", problem="It is not one of a page before.") from error
    if at.tzinfo is None or "\x00" in key:
        raise Invalid(field="cursor", problem="It is not one of a page before.")
    return at, key
