"""Notes in the audit log, in the transaction of what they are about."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from support_graph.desk.decisions import Teammate
from support_graph.desk.parts import Desk
from support_graph.domain.audit import AuditEntry, AuditNoun
from support_graph.domain.ids import WorkspaceId
from support_graph.store.database import Transaction

OPERATOR: Final = Teammate(member_id=None, name="the operator", surface="command line")
"""Whoever runs the desk; what is done with no teammate's key or session is theirs."""


async def note(
    tx: Transaction,
    by: Teammate,
    noun: AuditNoun,
    change: str,
    *,
    subject_id: UUID | None = None,
    subject: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """`details` must hold no secret: the log is kept for ever."""
    await tx.audit.add(
        noun,
        change,
        subject_id=subject_id,
        subject=subject,
        actor=by.name,
        surface=by.surface,
        details=details or {},
    )


async def entries(
    desk: Desk,
    workspace_id: WorkspaceId,
    *,
    noun: AuditNoun | None = None,
    actor: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> tuple[Sequence[AuditEntry], str | None]:
    """Newest first, with the cursor of the next page. Raises Invalid."""
    async with desk.stores.within(workspace_id).begin() as tx:
        return await tx.audit.list(noun=noun, actor=actor, cursor=cursor, limit=limit)
