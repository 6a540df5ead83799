"""What Prometheus asks for: requests as this process saw them, and figures of the whole house."""

import asyncio
import time
from typing import Final

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client import generate_latest as render
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from support_graph.desk.parts import Desk
from support_graph.store.vitals import Figures

router = APIRouter(tags=["Operations"])

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_KEPT_SECONDS: Final = 15.0


class Metrics:
    """One app's instruments, in a registry of their own, so that two apps don't clash."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._registry = CollectorRegistry()
        self._read_at = -_KEPT_SECONDS
        self._reading = asyncio.Lock()
        labels = ("method", "route", "status")
        self.requests = Counter(
            "support_graph_http_requests", "Requests answered", labels, registry=self._registry
        )
        self.seconds = Histogram(
            "support_graph_http_request_seconds",
            "From the request to the first byte of its answer",
            ("method", "route"),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._up = self._gauge("database_up", "Whether the figures below are from just now")
        self._turns = Gauge(
            "support_graph_turns", "Turns that ended so far", ("status",), registry=self._registry
        )
        self._escalations = self._gauge("escalations_waiting", "Escalations without a decision")
        self._jobs = self._gauge("jobs_waiting", "Jobs that no worker has begun")
        self._outbox = self._gauge("index_outbox_waiting", "Changes the vector index lacks")

    def _gauge(self, name: str, meaning: str) -> Gauge:
        return Gauge(f"support_graph_{name}", meaning, registry=self._registry)

    async def exposition(self) -> bytes:
        async with self._reading:
            if time.monotonic() - self._read_at >= _KEPT_SECONDS:
                await self._read()
        return render(self._registry)

    async def _read(self) -> None:
        try:
            async with self._desk.stores.across() as workspaces:
                self._set(await workspaces.vitals.figures())
        except Exception:  # noqa: BLE001 - a scrape says that the database is away, and goes on
            self._up.set(0)
            return
        self._read_at = time.monotonic()
        self._up.set(1)

    def _set(self, figures: Figures) -> None:
        self._turns.labels("answered").set(figures.answered)
        self._turns.labels("escalated").set(figures.escalated)
        self._escalations.set(figures.escalations_waiting)
        self._jobs.set(figures.jobs_waiting)
        self._outbox.set(figures.outbox_waiting)


class Measured:
    """ASGI middleware: counts every answer under its route's template, never its path."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._note(scope, message["status"], time.perf_counter() - started)
            await send(message)

        await self._app(scope, receive, noting)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = getattr(scope.get("route"), "path", "none")
        self._metrics.requests.labels(method, route, status).inc()
        self._metrics.seconds.labels(method, route).observe(seconds)


@router.get("/metrics", response_class=Response)
async def get_metrics(request: Request) -> Response:
    """In Prometheus' text format."""
    metrics = request.app.state.metrics
    assert isinstance(metrics, Metrics)
    return Response(await metrics.exposition(), media_type=CONTENT_TYPE_LATEST)
