"""The graph under `langgraph dev`: Studio, Agent Inbox and LangGraph's SDK see the same desk."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient

from support_graph.desk.parts import Desk
from support_graph.domain.ids import WorkspaceId
from support_graph.domain.turns import TurnStatus
from tests.desk.conftest import Customer, teach
from tests.graph.conftest import (
    ANSWER,
    LANGGRAPH,
    QUESTION,
    REPOSITORY,
    REWORDED,
    UNRELATED,
    UNSURE,
    Rows,
    Studio,
    langgraph_dev,
)
from tests.graph.test_flow import STEPS

pytestmark = pytest.mark.dev_server

EDITED = "Ask the sky."


def test_the_configuration_is_valid() -> None:
    checked = subprocess.run(
        [*LANGGRAPH, "validate"],
        cwd=REPOSITORY,
        env={"LANGGRAPH_CLI_NO_ANALYTICS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stderr
    assert "warning" not in checked.stdout.lower()


async def test_the_graph_is_offered_with_the_steps_of_the_picture(client: LangGraphClient) -> None:
    (assistant,) = await client.assistants.search()
    drawn = await client.assistants.get_graph("support")

    assert (assistant["graph_id"], assistant["name"]) == ("support", "support")
    names = {node["id"] for node in drawn["nodes"]}
    assert names == STEPS | {"receive", "record", "__start__", "__end__"}
    edges = {(edge["source"], edge["target"]) for edge in drawn["edges"]}
    assert edges >= {("__start__", "receive"), ("gate", "record"), ("learn", "record")}


async def test_a_question_is_all_there_is_to_give_and_a_workspace_to_choose(
    client: LangGraphClient,
) -> None:
    (assistant,) = await client.assistants.search()
    schemas: Any = await client.assistants.get_schemas(assistant["assistant_id"])

    assert schemas["input_schema"]["properties"].keys() == {"question", "context"}
    assert schemas["input_schema"]["required"] == ["question"]
    assert schemas["context_schema"]["properties"] == {
        "workspace": {"default": "default", "title": "Workspace", "type": "string"}
    }
    assert schemas["state_schema"]["properties"].keys() >= {"understood", "verdict", "draft"}


async def test_a_human_answer_is_given_next_time_in_studio_and_at_the_desk(
    person: Studio, idle_desk: Desk, desk: Desk, workspace: WorkspaceId
) -> None:
    thread = await person.opens_thread()
    stopped = await person.asks(QUESTION, thread=thread, context={"plan": "scale"})
    (interrupt,) = stopped["__interrupt__"]
    asked = interrupt["value"]
    assert asked["action_requests"][0]["args"] == {"text": ""}
    assert QUESTION in asked["action_requests"][0]["description"]
    assert asked["review_configs"][0]["allowed_decisions"] == ["respond", "reject"]
    assert asked["turn_id"] == stopped["turn_id"]
    assert await person.status(thread) == "interrupted"

    taught = await person.resumes(thread, ANSWER)
    assert taught["learned"]["how"] == "a new answer"
    assert await person.status(thread) == "idle"

    again = await person.asks(REWORDED)
    assert again["verdict"]["send"] is True
    messages = await Rows(desk=idle_desk, state=again).messages()
    assert [m.text for m in messages] == [REWORDED, ANSWER]

    ana = Customer(desk=desk, workspace=workspace)
    turn = await ana.asks(REWORDED)
    assert turn.status is TurnStatus.ANSWERED
    assert await ana.reply_to(turn) == ANSWER


async def test_what_the_desk_learned_is_given_in_studio(
    person: Studio, desk: Desk, workspace: WorkspaceId
) -> None:
    await teach(desk, workspace, QUESTION, ANSWER)

    state = await person.asks(REWORDED)

    assert (state["verdict"]["send"], state["draft"]["text"]) == (True, ANSWER)


SHAPES: list[Any] = [
    [{"type": "response", "args": ANSWER}],
    {"decisions": [{"type": "respond", "message": ANSWER}]},
    {"action": "answer", "text": ANSWER, "member_name": "Tina"},
]


@pytest.mark.parametrize("shape", SHAPES, ids=json.dumps)
async def test_an_answer_is_learned_in_every_shape(
    person: Studio, idle_desk: Desk, shape: Any
) -> None:
    thread = await person.waits_with(QUESTION)

    state = await person.resumes(thread, shape)

    assert state["learned"]["how"] == "a new answer"
    messages = await Rows(desk=idle_desk, state=state).messages()
    assert [m.text for m in messages] == [QUESTION, ANSWER]


_EDIT = {"text": EDITED}
DRAFT_SHAPES: list[tuple[Any, str | None]] = [
    ([{"type": "accept", "args": None}], ANSWER),
    ([{"type": "edit", "args": {"action": "reply_to_customer", "args": _EDIT}}], EDITED),
    ([{"type": "ignore", "args": None}], None),
    ({"decisions": [{"type": "approve"}]}, ANSWER),
    (
        {
            "decisions": [
                {"type": "edit", "edited_action": {"name": "reply_to_customer", "args": _EDIT}}
            ]
        },
        EDITED,
    ),
    ({"decisions": [{"type": "reject"}]}, None),
]


@pytest.mark.parametrize(("shape", "said"), DRAFT_SHAPES, ids=json.dumps)
async def test_a_draft_is_decided_in_every_shape(
    person: Studio, desk: Desk, workspace: WorkspaceId, shape: Any, said: str | None
) -> None:
    known = await teach(desk, workspace, QUESTION, ANSWER)
    thread = await person.waits_with(UNSURE)

    state = await person.resumes(thread, shape)

    assert state["reply"] == said
    assert state["learned"]["resolution_id"] == (str(known) if said else None)
    messages = await Rows(desk=desk, state=state).messages()
    assert [m.text for m in messages[1:]] == ([said] if said else [])


@pytest.mark.parametrize("nonsense", [{"action": "shout"}, {}, None], ids=str)
async def test_an_unreadable_resume_is_explained_and_loses_nothing(
    person: Studio, client: LangGraphClient, nonsense: Any
) -> None:
    thread = await person.waits_with(QUESTION)

    await client.runs.wait(thread, "support", command={"resume": nonsense}, raise_error=False)

    # Inboxes list the threads of this status; one in error would be gone from them.
    assert await person.status(thread) == "interrupted"
    (task,) = (await client.threads.get_state(thread))["tasks"]
    (interrupt,) = task["interrupts"]
    if nonsense:
        assert "Resume with {'action': 'answer'" in interrupt["value"]["error"]
    state = await person.resumes(thread, ANSWER)
    assert state["learned"]["how"] == "a new answer"


async def test_resuming_twice_changes_nothing(person: Studio, client: LangGraphClient) -> None:
    thread = await person.waits_with(QUESTION)
    await person.resumes(thread, ANSWER)
    before = await client.threads.get_state(thread)

    again = await person.resumes(thread, "Something else.")

    after = await client.threads.get_state(thread)
    assert again["decision"]["text"] == ANSWER
    assert after["checkpoint"] == before["checkpoint"]
    # The second answer must not lie in wait for the thread's next question either.
    assert "__interrupt__" in await person.asks(UNRELATED, thread=thread)


async def test_of_two_people_who_answer_at_once_the_first_holds(
    person: Studio, client: LangGraphClient, idle_desk: Desk
) -> None:
    thread = await person.waits_with(QUESTION)

    runs = [
        await client.runs.create(thread, "support", command={"resume": text})
        for text in (ANSWER, "Something else.")
    ]
    for run in runs:
        state = await client.runs.join(thread, run["run_id"])

    assert state["decision"]["text"] == ANSWER
    messages = await Rows(desk=idle_desk, state=state).messages()
    assert [m.text for m in messages] == [QUESTION, ANSWER]


async def test_a_mistake_in_the_input_is_said(person: Studio, client: LangGraphClient) -> None:
    failed: Any = await client.runs.wait(
        await person.opens_thread(),
        "support",
        input={"question": QUESTION},
        context={"workspace": "nowhere"},
        raise_error=False,
    )

    assert failed["__error__"]["message"] == "There is no workspace named 'nowhere'"


@pytest.fixture
def new_folder() -> Iterator[Path]:
    """Short, because a socket's path may have 107 characters."""
    folder = Path(tempfile.mkdtemp(prefix="sg"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _processes_in(folder: Path) -> list[str]:
    found: list[str] = []
    for process in psutil.process_iter(["cmdline"]):
        line = " ".join(process.info["cmdline"] or ())
        if str(folder) in line:
            found.append(line)
    return found


async def test_alone_it_opens_the_stores_when_asked_and_leaves_nothing_running(
    new_folder: Path, tmp_path: Path
) -> None:
    data = new_folder / "data"
    with langgraph_dev(data, tmp_path) as address:
        assert not data.exists(), "loading the graph opens nothing"
        async with get_client(url=address) as client:
            state: Any = await client.runs.wait(None, "support", input={"question": "Hello"})
        assert state["draft"]["rests_on"] == "courtesy"
        assert _processes_in(data)

    assert _processes_in(data) == []
