"""A real server over a real desk, and companies that talk to it over HTTP."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import uvicorn

from support_graph.desk import keys, people
from support_graph.desk.parts import Desk
from support_graph.domain.ids import WorkspaceId, new_id
from support_graph.domain.workspaces import Role
from support_graph.web.app import create_app
from support_graph.web.auth import Principal, principal
from tests.web.operations import Json, operations
from tests.web.sweep import Target

MAX_BODY_BYTES = 2_000_000


async def session_of(
    desk: Desk, workspace: WorkspaceId, name: str, role: Role = Role.TEAMMATE
) -> str:
    """A new session of whoever has that name there; they become a member if there is nobody."""
    return await people.follow(desk, await people.seat(desk, workspace, name, role))


@pytest.fixture(scope="session")
async def server(desk: Desk) -> AsyncIterator[str]:
    """The address of a server that serves the desk."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        create_app(desk, max_body_bytes=MAX_BODY_BYTES),
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    host, port = listening.getsockname()
    yield f"http://{host}:{port}"
    server.should_exit = True
    await serving


@dataclass(frozen=True, kw_only=True)
class Company:
    """A workspace, and a client for each role: channel, teammates Tina and Tom, admin."""

    workspace_id: WorkspaceId
    channel: httpx.AsyncClient
    tina: httpx.AsyncClient
    tom: httpx.AsyncClient
    admin: httpx.AsyncClient

    async def asks(self, text: str, **more: Any) -> Json:
        response = await self.channel.post("/v1/messages", json={"text": text, "wait": 30, **more})
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def escalates(self, text: str, **more: Any) -> str:
        """The id of the escalation that the question leads to."""
        answer = await self.asks(text, **more)
        assert answer["status"] == "escalated", answer
        return str(answer["escalation_id"])

    async def escalates_somehow(self, text: str, **more: Any) -> str:
        """For words that might be answered or greeted: if they are, a human is asked for next."""
        answer = await self.asks(text, **more)
        if answer["status"] == "escalated":
            return str(answer["escalation_id"])
        conversation = answer["conversation_id"]
        return await self.escalates("Can I talk to a human?", conversation=conversation)

    async def answers(self, escalation_id: str, text: str, **more: Any) -> Json:
        response = await self.tina.post(
            f"/v1/escalations/{escalation_id}/resolve",
            json={"action": "answer", "text": text, **more},
        )
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def conversation_of(self, escalation_id: str) -> str:
        found = (await self.tina.get(f"/v1/escalations/{escalation_id}")).json()
        return str(found["conversation_id"])

    async def said_about(self, escalation_id: str) -> list[str]:
        """All that was said in its conversation, by whomever."""
        path = f"/v1/conversations/{await self.conversation_of(escalation_id)}"
        return [said["text"] for said in (await self.tina.get(path)).json()["messages"]]

    async def teaches(self, question: str, answer: str, **more: Any) -> Json:
        """A resolution that was written by hand."""
        response = await self.tina.post(
            "/v1/resolutions", json={"answer": answer, "phrasings": [question], **more}
        )
        assert response.status_code == 201, response.text
        return dict(response.json())

    async def doubts(self) -> Json:
        """A proposal: two answers that may be the same."""
        for question, days in (("Can I send it back?", 14), ("What about a parcel I sent?", 30)):
            escalation_id = await self.escalates(question)
            await self.answers(escalation_id, f"You can return it within {days} days.")
        listed = await self.tina.get("/v1/proposals", params={"status": "open", "kind": "merge"})
        (found,) = listed.json()["items"]
        return dict(found)

    async def ingests(self, **document: Any) -> Json:
        """A document, once it has been read."""
        response = await self.tina.post("/v1/brain/documents", json=document)
        assert response.status_code == 202, response.text
        return await self.read(response.json()["id"])

    async def induces(self) -> Json:
        """Intents that a backlog suggests, once the job is done."""
        asked = [f"I want my money back for order {n}" for n in range(6)]
        asked += [f"Where is parcel {n}? It has not arrived" for n in range(6)]
        started = await self.tina.post("/v1/intents/inductions", json={"messages": asked})
        assert started.status_code == 202, started.text
        async with asyncio.timeout(90):
            while True:
                found = (await self.tina.get(started.headers["Location"])).json()
                if found["status"] != "running":
                    return dict(found)
                await asyncio.sleep(0.1)

    async def read(self, document_id: str) -> Json:
        async with asyncio.timeout(120):
            while True:
                found = (await self.tina.get(f"/v1/brain/documents/{document_id}")).json()
                if found["status"] != "processing":
                    return dict(found)
                await asyncio.sleep(0.05)


@pytest.fixture
async def founding(server: str, desk: Desk) -> AsyncIterator[Callable[..., Awaitable[Company]]]:
    """Makes companies, and closes their clients in the end."""
    clients: list[httpx.AsyncClient] = []

    async def client(workspace: WorkspaceId, role: Role, member: str | None) -> httpx.AsyncClient:
        made = await keys.create(desk, workspace, role=role, name=f"{role} key", member=member)
        opened = httpx.AsyncClient(
            base_url=server,
            headers={"Authorization": f"Bearer {made.secret}"},
            timeout=120,
            trust_env=False,
        )
        clients.append(opened)
        return opened

    async def found(*, connected: bool = True) -> Company:
        """Without a channel's key where it is not `connected`; then its channel is Tina's."""
        async with desk.stores.across() as workspaces:
            workspace = (await workspaces.create(f"company {new_id()}")).id
        return Company(
            workspace_id=workspace,
            channel=(
                await client(workspace, Role.CHANNEL, None)
                if connected
                else await client(workspace, Role.TEAMMATE, "Tina")
            ),
            tina=await client(workspace, Role.TEAMMATE, "Tina"),
            tom=await client(workspace, Role.TEAMMATE, "Tom"),
            admin=await client(workspace, Role.ADMIN, "Ada"),
        )

    yield found
    for opened in clients:
        await opened.aclose()


@pytest.fixture
async def acme(founding: Callable[..., Awaitable[Company]]) -> Company:
    return await founding()


@pytest.fixture
async def new_company(founding: Callable[..., Awaitable[Company]]) -> Company:
    """One that has not begun yet."""
    return await founding(connected=False)


@pytest.fixture
async def globex(founding: Callable[..., Awaitable[Company]]) -> Company:
    """Another company, which must not see anything of the first."""
    return await founding()


@pytest.fixture
async def stranger(server: str) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a key."""
    async with httpx.AsyncClient(base_url=server, trust_env=False) as client:
        yield client


def problem(response: httpx.Response, status: int, kind: str) -> Json:
    """Asserts that it is this problem, well-formed, and returns it."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = dict(response.json())
    assert body["type"] == f"/problems/{kind}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


@pytest.fixture
async def target(desk: Desk, acme: Company) -> AsyncIterator[Target]:
    app = create_app(desk, max_body_bytes=MAX_BODY_BYTES)
    me = Principal(workspace_id=acme.workspace_id, role=Role.ADMIN, name="Sweeper", member_id=None)
    app.dependency_overrides[principal] = lambda: me
    asked = await acme.asks("What is this?")
    induced = await acme.induces()
    found = tuple(o for o in operations(app.openapi()) if o.path.startswith("/v1/"))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        yield Target(
            client=client,
            operations=found,
            workspace_id=acme.workspace_id,
            ids={
                "conversation_id": asked["conversation_id"],
                "turn_id": asked["turn_id"],
                "escalation_id": asked["escalation_id"],
                "resolution_id": (await acme.teaches("Who are you?", "Acme."))["id"],
                "intent_id": (await acme.tina.post("/v1/intents", json={"name": "swept"})).json()[
                    "id"
                ],
                "document_id": (await acme.ingests(title="Title", text="Some text."))["id"],
                "induction_id": induced["id"],
                "induced_id": induced["proposals"][0]["id"],
                "member_id": (await acme.tina.get("/v1/members")).json()["items"][0]["id"],
                "proposal_id": (await acme.doubts())["id"],
                "key_id": (await acme.admin.get("/v1/keys")).json()["items"][0]["id"],
            },
        )
