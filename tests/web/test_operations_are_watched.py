"""What those who run the desk look at: health, metrics, and the reference of the API."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from support_graph.desk.parts import Desk
from support_graph.store.database import Stores
from support_graph.store.vectors import Address, Vectors
from support_graph.web.app import create_app
from tests.web.conftest import Company

NOBODY = "host=127.0.0.1 port=9 connect_timeout=1"


@pytest.fixture
async def index_away() -> AsyncIterator[Vectors]:
    async def address() -> Address:
        return Address("127.0.0.1", 9, tls=False)

    vectors = Vectors(address)
    yield vectors
    await vectors.close()


def _client(desk: Desk) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=create_app(desk, max_body_bytes=1_000))
    return httpx.AsyncClient(transport=transport, base_url="http://desk")


async def test_a_desk_with_all_its_parts_is_ready(stranger: httpx.AsyncClient) -> None:
    assert (await stranger.get("/healthz")).json() == {"status": "alive"}
    response = await stranger.get("/readyz")
    assert response.status_code == 200
    assert response.json()["status"] == "ready"
    assert {name: c["ok"] for name, c in response.json()["checks"].items()} == {
        "database": True,
        "worker": True,
        "index": True,
    }


async def test_without_the_index_it_is_slower_but_ready(desk: Desk, index_away: Vectors) -> None:
    async with _client(replace(desk, vectors=index_away)) as client:
        response = await client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["status"] == "degraded"
    assert response.json()["checks"]["index"]["ok"] is False


async def test_without_the_database_it_is_alive_and_says_so(desk: Desk) -> None:
    away = Stores(app=NOBODY, engine=NOBODY)
    async with _client(replace(desk, stores=away)) as client:
        assert (await client.get("/healthz")).status_code == 200
        response = await client.get("/readyz")
        assert response.status_code == 503
        assert response.json()["status"] == "unavailable"
        assert response.json()["checks"]["database"]["ok"] is False
        assert response.json()["checks"]["index"]["ok"] is True
        metrics = (await client.get("/metrics")).text
        assert "support_graph_database_up 0.0" in metrics
        refused = await client.get("/v1/turns/x", headers={"Authorization": "Bearer sg_x"})
        assert refused.status_code == 503
        assert refused.json()["type"] == "/problems/unavailable"


async def test_requests_and_figures_can_be_scraped(acme: Company, desk: Desk) -> None:
    await acme.asks("Is anybody watching?")
    async with _client(desk) as client:
        for path in ("/v1/turns/x", "/v1/turns/y", "/nothing/of/the/kind"):
            await client.request("BREW", path)
            await client.get(path)
        response = await client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    samples = {
        (s.name, *sorted(s.labels.values())): s.value
        for family in text_string_to_metric_families(response.text)
        for s in family.samples
    }
    requests = "support_graph_http_requests_total"
    assert samples[requests, "/v1/turns/{turn_id}", "401", "GET"] == 2
    assert samples[requests, "404", "GET", "none"] == 1
    assert samples[requests, "404", "none", "other"] == 1
    assert samples["support_graph_http_request_seconds_count", "/v1/turns/{turn_id}", "GET"] == 2
    assert samples["support_graph_turns", "escalated"] >= 1
    assert samples["support_graph_escalations_waiting",] >= 1
    assert samples["support_graph_index_outbox_waiting",] >= 0
    assert samples["support_graph_database_up",] == 1


async def test_two_apps_in_one_process_count_apart(desk: Desk) -> None:
    async with _client(desk) as first, _client(desk) as second:
        await first.get("/healthz")
        assert '"/healthz"' in (await first.get("/metrics")).text
        assert '"/healthz"' not in (await second.get("/metrics")).text


async def test_the_reference_needs_nothing_from_elsewhere(stranger: httpx.AsyncClient) -> None:
    document = (await stranger.get("/openapi.json")).json()
    page = await stranger.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert not re.search(r"(src|href)=[\"']?(https?:)?//", page.text)
    assert "<script" not in page.text
    for path, methods in document["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}" in page.text


async def test_every_operation_says_how_it_refuses(stranger: httpx.AsyncClient) -> None:
    document = (await stranger.get("/openapi.json")).json()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            if path.startswith("/v1/"):
                assert operation["security"] == [{"key": []}]
                assert "application/problem+json" in operation["responses"]["4XX"]["content"]


async def test_no_answer_is_kept_or_guessed_at(acme: Company, stranger: httpx.AsyncClient) -> None:
    for response in (
        await acme.tina.get("/v1/escalations"),
        await stranger.get("/v1/escalations"),
        await stranger.get("/nothing"),
    ):
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-content-type-options"] == "nosniff"
