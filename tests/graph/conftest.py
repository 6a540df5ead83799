"""The flow in Studio's clothes: compiled in this process, and served by `langgraph dev`."""

import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx
import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient

import support_graph
from support_graph.desk import studio
from support_graph.desk.parts import Desk
from support_graph.domain.ids import ConversationId, TurnId, WorkspaceId, new_id
from support_graph.domain.messages import Message
from support_graph.domain.turns import Turn
from support_graph.settings import Settings
from support_graph.store.database import Transaction

T = TypeVar("T")

QUESTION = "How do I reset my API key?"
UNSURE = "The integration says my key is not valid any more"
"""Near enough to QUESTION for a draft, and not for an answer."""
REWORDED = "How can I reset the API key I have?"
ANSWER = "Open Settings, choose API keys, and press Regenerate."
UNRELATED = "What is the weather in Berlin?"

REPOSITORY = Path(__file__).parents[2]
LANGGRAPH = [sys.executable, "-m", "langgraph_cli"]
STARTS_WITHIN = 180.0


async def name_of(desk: Desk, workspace: WorkspaceId) -> str:
    async with desk.stores.within(workspace).begin() as tx:
        return (await tx.workspace.read()).name


@dataclass(kw_only=True)
class Rows:
    """What the desk knows of a Studio run, from the state that it ended in."""

    desk: Desk
    state: Mapping[str, Any]

    async def _read(self, look: Callable[[Transaction], Awaitable[T]]) -> T:
        workspace = WorkspaceId(UUID(self.state["workspace_id"]))
        async with self.desk.stores.within(workspace).begin() as tx:
            return await look(tx)

    async def turn(self) -> Turn:
        turn_id = TurnId(UUID(self.state["turn_id"]))
        return await self._read(lambda tx: tx.turns.get(turn_id))

    async def conversation_id(self) -> ConversationId:
        return (await self.turn()).conversation_id

    async def messages(self) -> list[Message]:
        conversation = await self.conversation_id()
        return list(await self._read(lambda tx: tx.messages.of_conversation(conversation)))


@dataclass(kw_only=True)
class Thread:
    """A thread of the Studio graph in this process."""

    graph: CompiledStateGraph[Any, Any, Any, Any]
    workspace: str
    id: str = field(default_factory=lambda: str(new_id()))

    async def asks(self, question: str, **more: Any) -> dict[str, Any]:
        return await self._run({"question": question, **more})

    async def resumes(self, answer: Any) -> dict[str, Any]:
        return await self._run(Command(resume=answer))

    async def _run(self, given: Any) -> dict[str, Any]:
        config: Any = {"configurable": {"thread_id": self.id}}
        context = studio.Context(workspace=self.workspace)
        state: dict[str, Any] = await self.graph.ainvoke(given, config, context=context)
        return state


@pytest.fixture
def studio_graph(idle_desk: Desk) -> CompiledStateGraph[Any, Any, Any, Any]:
    async def do(act: Callable[[Desk], Awaitable[T]]) -> T:
        return await act(idle_desk)

    return studio.build(do).compile(checkpointer=InMemorySaver())


@pytest.fixture
async def thread(
    studio_graph: CompiledStateGraph[Any, Any, Any, Any], idle_desk: Desk, workspace: WorkspaceId
) -> Thread:
    return Thread(graph=studio_graph, workspace=await name_of(idle_desk, workspace))


@pytest.fixture(scope="session")
def dev_server(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a `langgraph dev` that serves this checkout, on the tests' data folder."""
    with langgraph_dev(settings.data, tmp_path_factory.mktemp("dev")) as address:
        yield address


@contextmanager
def langgraph_dev(data: Path, place: Path) -> Iterator[str]:
    """Runs in `place`, where it keeps its threads and would read an `.env`."""
    if importlib.util.find_spec("langgraph_api") is None:
        pytest.skip("needs the dev extra: pip install -e '.[dev]'")
    for name in ("graphs", "langgraph.json"):
        (place / name).symlink_to(REPOSITORY / name)
    port = _free_port()
    log = place / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*LANGGRAPH, "dev", "--no-browser", "--no-reload", "--port", str(port)],
            cwd=place,
            env=_environment(data),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _await_ok(address, server, log)
        yield address
    finally:
        _stop(server)
    assert "BlockingError" not in log.read_text(), "something blocks the event loop"


def _environment(data: Path) -> dict[str, str]:
    ours = ("SUPPORT_GRAPH_", "DATABASE_URL", "CHROMA_URL", "LANGSMITH_", "LANGCHAIN_", "OPENAI_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return inherited | {
        "PYTHONPATH": str(Path(support_graph.__file__).parents[1]),
        "SUPPORT_GRAPH_DATA": str(data),
        "LANGSMITH_TRACING": "false",
        "LANGGRAPH_CLI_NO_ANALYTICS": "1",
        "LANGGRAPH_NO_VERSION_CHECK": "true",
    }


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _await_ok(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if httpx.get(f"{address}/ok", timeout=2).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"langgraph dev did not start:\n{log.read_text()[-4000:]}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(timeout=60)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
        pytest.fail("langgraph dev did not stop when it was told to")


@pytest.fixture
async def client(dev_server: str) -> AsyncIterator[LangGraphClient]:
    async with get_client(url=dev_server) as client:
        yield client


@dataclass(kw_only=True)
class Studio:
    """Somebody who works with the dev server through LangGraph's SDK."""

    client: LangGraphClient
    workspace: str

    async def opens_thread(self) -> str:
        return str((await self.client.threads.create())["thread_id"])

    async def asks(self, question: str, *, thread: str | None = None, **more: Any) -> Any:
        """The state in which the run stops, of a thread of its own unless one is given."""
        thread = thread or await self.opens_thread()
        return await self.client.runs.wait(
            thread,
            "support",
            input={"question": question, **more},
            context={"workspace": self.workspace},
        )

    async def waits_with(self, question: str) -> str:
        """A thread that is interrupted at the question."""
        thread = await self.opens_thread()
        stopped = await self.asks(question, thread=thread)
        assert stopped["__interrupt__"]
        return thread

    async def resumes(self, thread: str, answer: Any) -> Any:
        """As Agent Inbox does it: without input, and without context."""
        return await self.client.runs.wait(thread, "support", command={"resume": answer})

    async def status(self, thread: str) -> str:
        return str((await self.client.threads.get(thread))["status"])


@pytest.fixture
async def person(client: LangGraphClient, idle_desk: Desk, workspace: WorkspaceId) -> Studio:
    return Studio(client=client, workspace=await name_of(idle_desk, workspace))
