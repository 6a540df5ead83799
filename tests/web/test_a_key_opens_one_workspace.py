"""Keys: whose they are, what they may do, and that nothing of another company is even there."""

import asyncio
from uuid import UUID

import httpx
import pytest

from support_graph.desk.parts import Desk
from tests.web.conftest import Company, problem
from tests.web.operations import Json

SAMPLES: dict[str, Json] = {
    "/v1/messages": {"text": "hello", "wait": 0},
    "/v1/escalations/{escalation_id}/assign": {"teammate_id": "{teammate_id}"},
    "/v1/escalations/{escalation_id}/replies": {"text": "Hello"},
    "/v1/escalations/{escalation_id}/resolve": {"action": "dismiss"},
    "/v1/resolutions": {"answer": "Yes.", "phrasings": ["Is it?"]},
    "/v1/resolutions/{resolution_id}": {"pinned": True},
    "/v1/resolutions/{resolution_id}/restore": {"revision": 1},
    "/v1/resolutions/{resolution_id}/merge": {"into": "{teammate_id}"},
    "/v1/resolutions/{resolution_id}/move": {
        "phrasings": [str(UUID(int=1))],
        "into": "{teammate_id}",
    },
    "/v1/intents": {"name": "sample"},
    "/v1/intents/inductions": {},
    "/v1/intents/induce": {"messages": []},
    "/v1/intents/{intent_id}": {"name": "renamed"},
    "/v1/intents/{intent_id}/merge": {"into": "{teammate_id}"},
    "/v1/intents/{intent_id}/split": {"resolutions": [str(UUID(int=1))], "name": "apart"},
    "/v1/brain/documents": {"title": "Title", "text": "Text"},
    "/v1/settings": {},
    "/v1/messages/{message_id}/feedback": {"rating": "up"},
    "/v1/members/invitations": {},
    "/v1/members/{member_id}": {"role": "teammate"},
    "/v1/keys": {"role": "channel", "name": "key"},
    "/v1/brain/documents/{document_id}": {"visibility": "internal"},
    "/v1/try": {"text": "Hello"},
}
QUERIES = {"/v1/brain/search": {"q": "warranty"}}
CHANNEL = {
    "POST /v1/messages",
    "POST /v1/messages/{message_id}/feedback",
    "GET /v1/conversations",
    "GET /v1/conversations/{conversation_id}",
    "GET /v1/conversations/{conversation_id}/events",
    "GET /v1/turns/{turn_id}",
}
ADMIN = {
    "GET /v1/settings",
    "PATCH /v1/settings",
    "POST /v1/members/invitations",
    "PATCH /v1/members/{member_id}",
    "POST /v1/members/{member_id}/shut-out",
    "POST /v1/members/{member_id}/let-in",
    "GET /v1/keys",
    "POST /v1/keys",
    "DELETE /v1/keys/{key_id}",
}


@pytest.fixture
async def operations(stranger: httpx.AsyncClient) -> list[tuple[str, str]]:
    """Every method and path that needs a key, from the OpenAPI document."""
    paths = (await stranger.get("/openapi.json")).json()["paths"]
    return [
        (method.upper(), path)
        for path, methods in paths.items()
        for method in methods
        if path.startswith("/v1/")
    ]


@pytest.fixture
async def ids(acme: Company) -> dict[str, str]:
    """One of everything that acme has."""
    asked = await acme.asks("What is this?")
    induced = await acme.induces()
    member_id = (await acme.tina.get("/v1/members")).json()["items"][0]["id"]
    return {
        "induction_id": induced["id"],
        "induced_id": induced["proposals"][0]["id"],
        "member_id": member_id,
        "conversation_id": asked["conversation_id"],
        "message_id": asked["message_id"],
        "turn_id": asked["turn_id"],
        "escalation_id": asked["escalation_id"],
        "resolution_id": (await acme.teaches("Who are you?", "Acme."))["id"],
        "intent_id": (await acme.tina.post("/v1/intents", json={"name": "ours"})).json()["id"],
        "document_id": (await acme.ingests(title="Title", text="Some text."))["id"],
        "proposal_id": (await acme.doubts())["id"],
        "key_id": (await acme.admin.get("/v1/keys")).json()["items"][0]["id"],
        "teammate_id": member_id,
    }


async def _call(
    client: httpx.AsyncClient, method: str, path: str, ids: dict[str, str]
) -> httpx.Response:
    body = SAMPLES.get(path) if method in {"POST", "PATCH"} else None
    if body is not None:
        body = {k: v.format(**ids) if isinstance(v, str) else v for k, v in body.items()}
    return await client.request(
        method,
        path.format(**ids),
        json=body,
        params=QUERIES.get(path),
        headers={"If-Match": '"1"'} if method == "PATCH" else None,
    )


async def test_without_a_key_every_door_is_closed(
    stranger: httpx.AsyncClient, operations: list[tuple[str, str]], ids: dict[str, str]
) -> None:
    assert len(operations) > 25
    for headers in ({}, {"Authorization": "Bearer sg_wrong"}, {"Authorization": "Basic sg_x"}):
        stranger.headers.update(headers)
        for method, path in operations:
            response = await _call(stranger, method, path, ids)
            problem(response, 401, "unauthenticated")
            assert response.headers["www-authenticate"].startswith("Bearer")


async def test_each_door_knows_the_role_it_opens_to(
    acme: Company, operations: list[tuple[str, str]], ids: dict[str, str]
) -> None:
    for method, path in operations:
        name = f"{method} {path}"
        if name not in CHANNEL:
            refused = problem(await _call(acme.channel, method, path, ids), 403, "forbidden")
            assert refused["role"] == "channel"
        if name in ADMIN:
            refused = problem(await _call(acme.tina, method, path, ids), 403, "forbidden")
            assert refused["needed"] == "admin"


async def test_nothing_of_another_company_is_there(
    acme: Company, globex: Company, operations: list[tuple[str, str]], ids: dict[str, str]
) -> None:
    about_one = [(method, path) for method, path in operations if "{" in path]
    assert len(about_one) > 15
    for method, path in about_one:
        response = await _call(globex.admin, method, path, ids)
        assert problem(response, 404, "not_found")["detail"].endswith("in this workspace.")
    lists = (
        "conversations",
        "escalations",
        "resolutions",
        "proposals",
        "brain/documents",
        "intents/inductions",
    )
    for path in (f"/v1/{name}" for name in lists):
        assert (await globex.tina.get(path)).json()["items"] == []
        assert (await acme.tina.get(path)).json()["items"]


async def test_a_revoked_key_opens_nothing_from_then_on(acme: Company) -> None:
    made = await acme.admin.post(
        "/v1/keys", json={"role": "teammate", "name": "laptop", "member": "Zoe"}
    )
    assert made.status_code == 201
    secret = {"Authorization": f"Bearer {made.json()['key']}"}
    assert (await acme.tina.get("/v1/escalations", headers=secret)).status_code == 200
    listed = (await acme.admin.get("/v1/keys")).json()["items"]
    assert made.json()["key"] not in str(listed)
    assert (await acme.admin.delete(f"/v1/keys/{made.json()['id']}")).status_code == 204
    problem(await acme.tina.get("/v1/escalations", headers=secret), 401, "unauthenticated")


async def test_a_key_without_a_teammate_decides_but_cannot_claim(acme: Company, desk: Desk) -> None:
    made = await acme.admin.post("/v1/keys", json={"role": "teammate", "name": "robot"})
    secret = {"Authorization": f"Bearer {made.json()['key']}"}
    escalation = f"/v1/escalations/{await acme.escalates('Who is there?')}"
    refused = await acme.tina.post(f"{escalation}/claim", headers=secret)
    assert problem(refused, 422, "invalid")["field"] == "key"
    body = {"action": "answer", "text": "Me."}
    assert (await acme.tina.post(f"{escalation}/resolve", json=body, headers=secret)).is_success
    assert (await acme.tina.get(escalation)).json()["decision"]["member_name"] == "robot"


async def test_two_keys_for_a_new_teammate_make_one_teammate(acme: Company) -> None:
    body = {"role": "teammate", "name": "key", "member": "Zoe"}
    made = await asyncio.gather(*(acme.admin.post("/v1/keys", json=body) for _ in range(8)))
    assert {response.status_code for response in made} == {201}
    assert len({response.json()["member_id"] for response in made}) == 1


async def test_settings_are_the_admins(acme: Company) -> None:
    url = "/v1/settings"
    before = (await acme.admin.get(url)).json()
    assert before["target_precision"] == 0.97
    changed = (await acme.admin.patch(url, json={"target_precision": 0.9})).json()
    assert changed == {**before, "target_precision": 0.9}
    wrongs: tuple[Json, ...] = (
        {"mode": "on"},
        {"target_precision": 1},
        {"audit_ceiling": 2},
        {"silence_hours": 0},
        {"mode": None},
        {"x": 1},
    )
    for wrong in wrongs:
        problem(await acme.admin.patch(url, json=wrong), 422, "invalid")
    assert (await acme.admin.get(url)).json() == changed
