"""Puts the web together around a desk that is open already."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from fastapi import APIRouter, FastAPI

from support_graph.desk.parts import Desk
from support_graph.web import docs, health, metrics, pages, problems
from support_graph.web.api import (
    analytics,
    audit,
    brain,
    conversations,
    escalations,
    events,
    inbox,
    inductions,
    intents,
    members,
    messages,
    proposals,
    resolutions,
    revisions,
    settings,
    trying,
    turns,
)
from support_graph.web.incidents import Incidents
from support_graph.web.limits import BodyLimit, SafeHeaders
from support_graph.web.metrics import Measured, Metrics
from support_graph.web.similar import SimilarQuestions

_ROUTERS: Final[tuple[APIRouter, ...]] = (
    messages.router,
    conversations.router,
    events.router,
    turns.router,
    trying.router,
    escalations.router,
    inbox.router,
    resolutions.router,
    revisions.router,
    inductions.router,
    intents.router,
    proposals.router,
    brain.router,
    settings.router,
    members.router,
    analytics.router,
    audit.router,
)
_OPERATIONS: Final = (health.router, metrics.router, docs.router)
_DESCRIPTION: Final = "A support desk that learns from its own people."
_REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {
        "description": "A problem (RFC 9457); `type` is stable.",
        "content": {"application/problem+json": {"schema": problems.SCHEMA}},
    }
}


def create_app(desk: Desk, *, max_body_bytes: int) -> FastAPI:
    app = FastAPI(
        title="support-graph",
        description=_DESCRIPTION,
        version=_version(),
        # Both pages load their scripts from elsewhere; docs.py needs none.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.desk = desk
    app.state.max_body_bytes = max_body_bytes
    app.state.metrics = Metrics(desk)
    app.state.similar = SimilarQuestions(desk.embedder)
    problems.install(app)
    for router in _ROUTERS:
        app.include_router(router, responses=_REFUSALS)
    for router in _OPERATIONS:
        app.include_router(router)
    pages.install(app)
    # The last one added is the outermost.
    app.add_middleware(BodyLimit, max_bytes=max_body_bytes)
    app.add_middleware(Incidents)
    app.add_middleware(SafeHeaders)
    app.add_middleware(Measured, metrics=app.state.metrics)
    return app


def _version() -> str:
    try:
        return version("support-graph")
    except PackageNotFoundError:  # a checkout that runs without being installed
        return "0"
