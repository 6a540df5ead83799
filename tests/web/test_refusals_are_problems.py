"""Whatever is refused, at whatever depth, is refused as a problem that a program can read."""

import asyncio
import logging
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError

from support_graph.desk.parts import Desk
from support_graph.web.app import create_app
from tests.web.conftest import MAX_BODY_BYTES, Company, problem

MESSAGES = "/v1/messages"
DEEP = b"[" * 20 + b"]" * 20
JSON = {"Content-Type": "application/json"}


async def test_unknown_places_and_methods(acme: Company) -> None:
    for path in ("/nothing", "/v1", "/v1/nothing", "/v1/messages/", "//v1/messages", "/v1/%00"):
        problem(await acme.tina.get(path), 404, "not_found")
    response = await acme.tina.put(MESSAGES, json={})
    problem(response, 405, "method_not_allowed")
    assert response.headers["allow"] == "POST"


async def test_only_json_is_read_as_json(acme: Company) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml", ""):
        response = await acme.channel.post(
            MESSAGES, content=b'{"text": "hello"}', headers={"Content-Type": kind}
        )
        problem(response, 415, "unsupported_media_type")
    problem(await acme.channel.post(MESSAGES), 422, "invalid")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe\xfd",
        b'{"text": "\xff"}',
        b"[" * 100_000,
        b'{"text": ' + b'{"a":' * 100_000,
        b'{"wait": ' + b"9" * 5_000 + b"}",
    ],
)
async def test_what_is_not_json_is_malformed(acme: Company, body: bytes) -> None:
    response = await acme.channel.post(MESSAGES, content=body, headers=JSON)
    problem(response, 400, "malformed")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"text": "\\ud800"}', "/text"),
        (b'{"text": "\xed\xa0\x80"}', "/text"),
        (b'{"text": "a", "context": {"\\ud800": 1}}', "/context"),
        (b'{"text": "a", "context": {"k": "\\udfff"}}', "/context/k"),
        (b'{"text": "a", "context": {"k": NaN}}', "/context/k"),
        (b'{"text": "a", "context": {"k": [1, -Infinity]}}', "/context/k/1"),
        (b'{"text": "a", "context": {"k": 1e999}}', "/context/k"),
        (b'{"text": "a", "wait": NaN}', "/wait"),
        (b'{"text": "a", "wait": Infinity}', "/wait"),
        (
            b'{"text": "a", "context": {"k": ' + DEEP + b"}}",
            "/context/k" + "/0" * 7,
        ),
        (b'["text"]', ""),
        (b"null", ""),
        (b'"text"', ""),
    ],
)
async def test_json_that_cannot_be_kept_is_refused_where_it_stands(
    acme: Company, body: bytes, field: str
) -> None:
    response = await acme.channel.post(MESSAGES, content=body, headers=JSON)
    assert problem(response, 422, "invalid")["errors"][0]["field"] == field


async def test_an_unknown_name_is_shown_even_if_it_is_no_text(acme: Company) -> None:
    body = b'{"text": "a", "\\ud800": 1, "' + b"x" * 10_000 + b'": 2}'
    response = await acme.channel.post(MESSAGES, content=body, headers=JSON)
    problem(response, 422, "invalid")
    assert len(response.content) < 2_000


async def test_a_refusal_never_repeats_what_was_sent(acme: Company) -> None:
    secret = "4111111111111111"
    response = await acme.channel.post(MESSAGES, json={"text": {"card": secret}})
    problem(response, 422, "invalid")
    assert secret not in response.text


async def test_a_body_may_not_be_huge(acme: Company) -> None:
    content = b'{"text": "' + b"x" * MAX_BODY_BYTES + b'"}'
    response = await acme.channel.post(MESSAGES, content=content, headers=JSON)
    problem(response, 413, "too_large")

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 65_536):
            yield content[start : start + 65_536]
            await asyncio.sleep(0)

    response = await acme.channel.post(MESSAGES, content=pieces(), headers=JSON)
    problem(response, 413, "too_large")
    files = {"file": ("big.txt", content)}
    problem(await acme.tina.post("/v1/brain/documents", files=files), 413, "too_large")


async def test_ids_and_cursors_are_checked(acme: Company) -> None:
    for path in ("/v1/turns/7", "/v1/turns/%F0%9F%92%A9", "/v1/turns/00000000-0000"):
        problem(await acme.tina.get(path), 422, "invalid")
    for query in ("cursor=7", "cursor=%00", "limit=0", "limit=201", "limit=99999999999999999999"):
        problem(await acme.tina.get(f"/v1/conversations?{query}"), 422, "invalid")
    for query in ("q=%00", "q=%20", "q=a&pinned=perhaps", "intent=%00", f"q={'x' * 2001}"):
        problem(await acme.tina.get(f"/v1/resolutions?{query}"), 422, "invalid")


@pytest.fixture
async def broken(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    """The app, with two pages that fail."""
    app: FastAPI = create_app(desk, max_body_bytes=MAX_BODY_BYTES)

    async def bug() -> None:
        raise ZeroDivisionError("the secret of the house")

    async def database_away() -> None:
        raise OperationalError("SELECT secret", None, Exception("the secret of the house"))

    app.add_api_route("/bug", bug)
    app.add_api_route("/away", database_away)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        yield client


async def test_a_bug_is_logged_under_the_number_that_is_shown(
    broken: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        response = await broken.get("/bug")
    shown = problem(response, 500, "internal")
    assert "secret" not in response.text
    assert shown["incident"] in caplog.text
    assert "ZeroDivisionError: the secret of the house" in caplog.text
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_a_database_that_is_away_is_said_to_be_away(broken: httpx.AsyncClient) -> None:
    response = await broken.get("/away")
    problem(response, 503, "unavailable")
    assert response.headers["retry-after"]
    assert "secret" not in response.text
