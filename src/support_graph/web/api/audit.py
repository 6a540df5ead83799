"""The audit log: who changed settings, keys, members, documents, intents and resolutions."""

from typing import Annotated

from fastapi import APIRouter, Query

from support_graph.desk import auditing
from support_graph.domain.audit import AuditNoun
from support_graph.web.auth import AsAdmin, AtDesk
from support_graph.web.fields import Name
from support_graph.web.shapes.audit import AuditEntry, AuditLog

router = APIRouter(prefix="/v1/audit", tags=["Workspace"])


@router.get("")
async def list_audit(
    desk: AtDesk,
    by: AsAdmin,
    noun: Annotated[AuditNoun | None, Query()] = None,
    actor: Annotated[Name | None, Query()] = None,
    cursor: Annotated[Name | None, Query(description="`next_cursor` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AuditLog:
    """Newest first. It is only added to."""
    entries, following = await auditing.entries(
        desk, by.workspace_id, noun=noun, actor=actor, cursor=cursor, limit=limit
    )
    return AuditLog(
        items=[AuditEntry.model_validate(one) for one in entries], next_cursor=following
    )
