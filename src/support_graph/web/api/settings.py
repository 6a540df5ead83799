"""The workspace's settings."""

from fastapi import APIRouter

from support_graph.desk import settings
from support_graph.web.auth import AsAdmin, AtDesk
from support_graph.web.shapes.settings import Settings, SettingsChanges

router = APIRouter(prefix="/v1/settings", tags=["Workspace"])


@router.get("")
async def get_settings(desk: AtDesk, by: AsAdmin) -> Settings:
    return Settings.model_validate(await settings.read(desk, by.workspace_id))


@router.patch("")
async def change_settings(changes: SettingsChanges, desk: AtDesk, by: AsAdmin) -> Settings:
    """In force at the next message; what is left out stays as it is."""
    values = changes.model_dump(exclude_unset=True)
    changed = await settings.change(desk, by.workspace_id, values, by=by.teammate)
    return Settings.model_validate(changed)
