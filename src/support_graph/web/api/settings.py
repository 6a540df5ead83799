"""The workspace's settings."""

from dataclasses import replace

from fastapi import APIRouter

from support_graph.web.auth import AsAdmin, AtDesk
from support_graph.web.shapes.settings import Settings, SettingsChanges

router = APIRouter(prefix="/v1/settings", tags=["Workspace"])


@router.get("")
async def get_settings(desk: AtDesk, by: AsAdmin) -> Settings:
    async with desk.stores.within(by.workspace_id).begin() as tx:
        workspace = await tx.workspace.read()
    return Settings.model_validate(workspace.settings)


@router.patch("")
async def change_settings(changes: SettingsChanges, desk: AtDesk, by: AsAdmin) -> Settings:
    """In force at the next message; what is left out stays as it is."""
    async with desk.stores.within(by.workspace_id).begin() as tx:
        await tx.serialise("settings")
        current = (await tx.workspace.read()).settings
        changed = replace(current, **changes.model_dump(exclude_unset=True))
        await tx.workspace.set(changed)
    return Settings.model_validate(changed)
