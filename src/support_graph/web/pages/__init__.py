"""The dashboard: pages for people, over the same desk functions as the API."""

from typing import Final

from fastapi import APIRouter, FastAPI

from support_graph.web.pages import (
    assets,
    backlog,
    brain,
    conversations,
    documents,
    escalations,
    failures,
    finding,
    inbox,
    intents,
    joining,
    learning,
    merging,
    preferences,
    previews,
    renewing,
    resolution,
    resolutions,
    reviewing,
    settings,
    sign_in,
    start,
    team,
    trying,
    watching,
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    assets.router,
    sign_in.router,
    joining.router,
    preferences.router,
    renewing.router,
    start.router,
    finding.router,
    inbox.router,
    watching.router,
    previews.router,
    escalations.router,
    brain.router,
    documents.router,
    trying.router,
    reviewing.router,
    resolutions.router,
    merging.router,
    resolution.router,
    conversations.router,
    learning.router,
    backlog.router,
    intents.router,
    settings.router,
    team.router,
)
"""The order matters where a fixed path could be taken for an id: it goes first."""


def install(app: FastAPI) -> None:
    for router in ROUTERS:
        app.include_router(router)
    failures.install(app)
