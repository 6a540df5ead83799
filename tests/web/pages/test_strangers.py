"""Whoever has no session, or sends what our pages did not, gets no page and changes nothing."""

import re
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from support_graph.desk import people
from support_graph.desk.parts import Desk
from support_graph.web.pages import ROUTERS, csrf
from support_graph.web.pages.failures import POLICY, PageRoute
from support_graph.web.pages.visitors import PAGE_OF
from tests.web.conftest import Company, session_of

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


_OPEN = ("/sign-in", "/welcome")


def _routes(method: str) -> Iterator[str]:
    for route in (route for router in ROUTERS for route in router.routes):
        if isinstance(route, PageRoute) and method in (route.methods or ()):
            path = re.sub(r"\{\w+_id\}", str(uuid4()), route.path)
            yield path.replace("{secret}", "x")


@pytest.fixture
async def session(desk: Desk, acme: Company) -> str:
    return await session_of(desk, acme.workspace_id, "T")


def _client(server: str, session: str | None = None, **headers: str) -> httpx.AsyncClient:
    cookies = {csrf.SESSION_COOKIE: session} if session else {}
    return httpx.AsyncClient(base_url=server, cookies=cookies, headers=headers, trust_env=False)


async def test_every_form_is_refused_without_the_token_of_its_session(
    server: str, session: str
) -> None:
    paths = list(_routes("POST"))
    assert len(paths) > 8
    forged = ("", "csrf=", f"csrf={csrf.token('another session')}", "csrf=%ff%c3%a9")
    async with _client(server, session, **_FORM) as client:
        for path in paths:
            for body in forged:
                refused = await client.post(path, content=body)
                assert refused.status_code == 403, path


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_form_of_another_site_is_refused_even_with_the_token(
    server: str, session: str, headers: dict[str, str]
) -> None:
    async with _client(server, session, **headers) as client:
        refused = await client.post("/sign-out", data={"csrf": csrf.token(session)})
        assert refused.status_code == 403
        assert (await client.get("/inbox")).status_code == 200, "and nothing has happened"


async def test_signing_in_needs_the_token_as_well(server: str) -> None:
    async with _client(server) as client:
        typed = {"login": "tina@example.com", "password": "correct horse battery"}
        assert (await client.post("/sign-in", data=typed)).status_code == 403


async def test_no_page_opens_without_a_session(server: str) -> None:
    paths = [p for p in _routes("GET") if p != "/" and not p.startswith(_OPEN)]
    assert len(paths) > 4
    async with _client(server) as client:
        for path in paths:
            led = await client.get(path)
            assert led.status_code == 303, path
            assert led.headers["location"].startswith("/sign-in"), path


@pytest.mark.parametrize("role", ["channel", "tina", "admin"])
async def test_a_key_opens_no_page(acme: Company, role: str) -> None:
    holder: httpx.AsyncClient = getattr(acme, role)
    led = await holder.get("/inbox")
    assert led.status_code == 303
    assert led.headers["location"].startswith("/sign-in")


async def test_a_session_opens_no_api(server: str, session: str) -> None:
    async with _client(server, session) as client:
        assert (await client.get("/v1/escalations")).status_code == 401


async def test_a_session_that_has_ended_opens_nothing(
    desk: Desk, server: str, session: str
) -> None:
    await people.sign_out(desk, session)
    async with _client(server, session) as client:
        assert (await client.get("/inbox")).status_code == 303
        by_htmx = await client.get("/inbox", headers={"HX-Request": "true"})
        assert (by_htmx.status_code, by_htmx.headers["hx-redirect"][:8]) == (401, "/sign-in")
        assert by_htmx.headers["hx-session"] == "ended"


async def test_who_signs_in_again_comes_back_to_a_page_and_not_to_a_piece_of_one(
    desk: Desk, server: str, session: str
) -> None:
    await people.sign_out(desk, session)
    for at, back in (
        (f"{server}/inbox?shelf=mine", "?back=%2Finbox%3Fshelf%3Dmine"),
        (f"{server}/", ""),
        (f"{server}/inbox?q={'x' * 600}", ""),
        ("https://evil.example//evil.example", ""),
    ):
        headers = {"HX-Request": "true", "HX-Current-URL": at}
        async with _client(server, session, **headers) as client:
            led = await client.get("/inbox/events")
            assert led.headers["hx-redirect"] == f"/sign-in{back}"


@pytest.fixture
async def tina_id(acme: Company) -> str:
    listed = (await acme.tina.get("/v1/members")).json()["items"]
    return str(next(one["id"] for one in listed if one["name"] == "Tina"))


async def test_a_page_gets_the_token_of_the_next_session_of_its_member(
    desk: Desk, server: str, acme: Company, tina_id: str
) -> None:
    session = await session_of(desk, acme.workspace_id, "Tina")
    async with _client(server, session, **{PAGE_OF: tina_id}) as client:
        given = await client.get("/session/token")
        assert given.json() == {"csrf": csrf.token(session)}
        assert given.headers["cache-control"] == "no-store"


async def test_nobody_else_gets_a_token(
    desk: Desk, server: str, acme: Company, globex: Company, tina_id: str
) -> None:
    for_tina = {PAGE_OF: tina_id, "HX-Request": "true"}
    for company, name in ((acme, "Tom"), (globex, "Tina")):
        session = await session_of(desk, company.workspace_id, name)
        async with _client(server, session, **for_tina) as client:
            refused = await client.get("/session/token")
            assert (refused.status_code, refused.headers["hx-session"]) == (409, "another")
            assert "csrf" not in refused.text

    async with _client(server, **for_tina) as client:
        refused = await client.get("/session/token")
        assert (refused.status_code, refused.headers["hx-session"]) == (401, "ended")

    session = await session_of(desk, acme.workspace_id, "Tina")
    async with _client(server, session, **{"HX-Request": "true"}) as client:
        refused = await client.get("/session/token")
        assert refused.status_code == 422, "whoever doesn't say whom the page was made for"
        assert csrf.token(session) not in refused.text
    for elsewhere in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        async with _client(server, session, **for_tina, **elsewhere) as client:
            refused = await client.get("/session/token")
            assert refused.status_code == 403
            assert csrf.token(session) not in refused.text


async def test_only_a_token_that_is_too_old_is_told_apart(server: str, session: str) -> None:
    old = {"csrf": csrf.token("another session")}
    async with _client(server, session) as client:
        refused = await client.post("/sign-out", data={})
        assert refused.status_code == 403
        assert "hx-session" not in refused.headers
        refused = await client.post("/sign-out", data=old)
        assert (refused.status_code, refused.headers["hx-session"]) == (403, "stale")
        forged = {"Origin": "https://evil.example"}
        refused = await client.post("/sign-out", data=old, headers=forged)
        assert refused.status_code == 403
        assert "hx-session" not in refused.headers
    async with _client(server) as client:
        refused = await client.post("/sign-out", data=old, headers={"Accept": "text/html"})
        assert refused.status_code == 403
        assert "Copy what you typed" in refused.text


async def test_nothing_is_done_in_the_name_of_another_than_the_page_was_made_for(
    desk: Desk, server: str, acme: Company, tina_id: str
) -> None:
    """Also within one session, which can go from one workspace to another."""
    escalation = await acme.escalates("Can I talk to a human about couches?")
    session = await session_of(desk, acme.workspace_id, "Tom")
    sent = {"csrf": csrf.token(session), "text": "Hello!"}
    async with _client(server, session, **{PAGE_OF: tina_id}) as client:
        refused = await client.post(f"/inbox/{escalation}/reply", data=sent)
        assert (refused.status_code, refused.headers["hx-session"]) == (409, "another")
        switched = {"csrf": sent["csrf"], "workspace": str(acme.workspace_id)}
        assert (await client.post("/workspace", data=switched)).status_code == 303
    assert await acme.said_about(escalation) == ["Can I talk to a human about couches?"]


async def test_another_workspaces_escalation_is_not_found(
    server: str, session: str, globex: Company
) -> None:
    theirs = await globex.escalates("Can I talk to a human about couches?")
    data = {"csrf": csrf.token(session), "text": "Mine!", "learn": "true"}
    async with _client(server, session) as client:
        for path in ("", "/events"):
            assert (await client.get(f"/inbox/{theirs}{path}")).status_code == 404, path
        for path in (
            "resolve",
            "reply",
            "claim",
            "release",
            "return",
            "dismiss",
            "preview",
            "writing",
        ):
            refused = await client.post(f"/inbox/{theirs}/{path}", data=data)
            assert refused.status_code == 404, path


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/\\evil.example"])
async def test_nobody_is_sent_to_another_site(server: str, session: str, back: str) -> None:
    data = {"csrf": csrf.token(session), "theme": "dark", "back": back}
    async with _client(server, session) as client:
        led = await client.post("/preferences", data=data)
        assert led.headers["location"] == "/"
        led = await client.get("/sign-in", params={"back": back})
        assert led.headers["location"] == "/"


async def test_pages_carry_the_headers_that_keep_them_safe(server: str, session: str) -> None:
    async with _client(server, session) as client:
        for path in ("/inbox", "/sign-in", "/nowhere", "/inbox/not-an-id"):
            page = await client.get(path, headers={"Accept": "text/html"})
            assert page.headers["content-security-policy"] == POLICY, path
            assert page.headers["cache-control"] == "no-store"
            assert page.headers["x-frame-options"] == "DENY"
        assert "unsafe" not in POLICY


async def test_programs_that_go_astray_still_read_a_problem(server: str) -> None:
    async with _client(server) as client:
        for path, accept in (("/nowhere", "*/*"), ("/v1/nowhere", "text/html")):
            lost = await client.get(path, headers={"Accept": accept})
            assert lost.headers["content-type"] == "application/problem+json"


async def test_an_asset_is_kept_for_good_under_an_address_that_names_its_content(
    server: str, session: str
) -> None:
    async with _client(server, session) as client:
        page = (await client.get("/inbox")).text
        address = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
        kept = await client.get(address)
        assert kept.status_code == 200
        assert "immutable" in kept.headers["cache-control"]
        assert (await client.get("/static/pages.css")).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "shelf=nowhere",
        "sort=x",
        "reason=x&intent=%00&q=%00",
        "after=x",
        "after=99999999999",
        "q=%ff%fe",
        "use=x",
        "sort=repeats&after=-1",
    ],
)
async def test_no_query_breaks_the_inbox(server: str, session: str, query: str) -> None:
    async with _client(server, session) as client:
        assert (await client.get(f"/inbox?{query}")).status_code in {200, 422}


async def test_a_cookie_that_was_tampered_with_says_nothing(server: str, session: str) -> None:
    async with _client(server, session) as client:
        for value in ("x", "eyJrZXkiOiAxfQ==", "bm90IGpzb24="):
            client.cookies.set("sg_flash", value)
            assert (await client.get("/inbox")).status_code == 200
