"""The dashboard: pages for people, over the same desk functions as the API."""

from typing import Final

from fastapi import APIRouter, FastAPI

from support_graph.web.pages import (
    assets,
    escalations,
    failures,
    inbox,
    intents,
    joining,
    learning,
    preferences,
    previews,
    settings,
    sign_in,
    team,
    watching,
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    assets.router,
    sign_in.router,
    joining.router,
    preferences.router,
    inbox.router,
    watching.router,
    previews.router,
    escalations.router,
    learning.router,
    intents.router,
    settings.router,
    team.router,
)
"""The order matters where a fixed path could be taken for an id: it goes first."""


def install(app: FastAPI) -> None:
    for router in ROUTERS:
        app.include_router(router)
    failures.install(app)
