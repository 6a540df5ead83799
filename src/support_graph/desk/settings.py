"""The workspace's own numbers: changed by admins, in force at the next message, and recorded."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from support_graph.desk.auditing import note
from support_graph.desk.decisions import Teammate
from support_graph.desk.parts import Desk
from support_graph.domain.audit import AuditNoun
from support_graph.domain.ids import WorkspaceId
from support_graph.domain.workspaces import WorkspaceSettings


async def read(desk: Desk, workspace_id: WorkspaceId) -> WorkspaceSettings:
    async with desk.stores.within(workspace_id).begin() as tx:
        return (await tx.workspace.read()).settings


async def change(
    desk: Desk, workspace_id: WorkspaceId, values: Mapping[str, Any], *, by: Teammate
) -> WorkspaceSettings:
    """Sets what is given, by the names of WorkspaceSettings; the rest stays as it is."""
    async with desk.stores.within(workspace_id).begin() as tx:
        await tx.serialise("settings")
        current = (await tx.workspace.read()).settings
        changed = replace(current, **values)
        if changed == current:
            return current
        await tx.workspace.set(changed)
        differing = [name for name in values if getattr(current, name) != getattr(changed, name)]
        details = {
            "before": {name: getattr(current, name) for name in differing},
            "after": {name: getattr(changed, name) for name in differing},
        }
        await note(tx, by, AuditNoun.SETTINGS, "changed", details=details)
    return changed
