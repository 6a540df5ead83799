"""Tries a question: judged as a customer's would be, and nothing is kept, counted or learned.

The graph's own nodes run, up to the verdict, over stores that Postgres lets nobody write to.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, cast

from support_graph.desk.explanations import explanation
from support_graph.desk.needed import Handoff, Needed, needed_by
from support_graph.desk.parts import Desk
from support_graph.domain.ids import WorkspaceId
from support_graph.domain.scope import facts_of
from support_graph.graph.state import Input, State, intent_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What to ask, and as whom: `context` holds the attributes and the page of the customer."""

    question: str
    context: Mapping[str, Any] = field(default_factory=dict)


class Stage(StrEnum):
    BEGUN = "begun"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A node of the graph began, or is done after `ms` milliseconds; `failed` says why."""

    node: str
    stage: Stage
    ms: float | None = None
    failed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """The explanation that a turn would have kept, and what it would take to be answered."""

    trial: Trial
    explanation: Mapping[str, Any]
    needed: Needed | None


async def attempt(desk: Desk, workspace_id: WorkspaceId, trial: Trial) -> Tried:
    async for seen in follow(desk, workspace_id, trial):
        if isinstance(seen, Tried):
            return seen
    raise AssertionError("a run ends with its verdict")


async def follow(
    desk: Desk, workspace_id: WorkspaceId, trial: Trial
) -> AsyncIterator[Step | Tried]:
    """Each node as it begins and ends; at last what came of it."""
    given: Input = {
        "question": trial.question,
        "context": dict(trial.context),
        "workspace_id": str(workspace_id),
    }
    state: State = cast("State", given)
    async for mode, seen in desk.judging.astream(given, stream_mode=["tasks", "values"]):
        if mode == "values":
            state = cast("State", seen)
        else:
            yield _step(cast("dict[str, Any]", seen))
    yield await _tried(desk, workspace_id, trial, state)


def _step(task: Mapping[str, Any]) -> Step:
    """LangGraph tells of a task twice: with its input, and with its result."""
    node = task["name"]
    if "result" not in task:
        return Step(node=node, stage=Stage.BEGUN)
    change = task["result"] or {}
    return Step(
        node=node,
        stage=Stage.DONE,
        ms=change.get("timings_ms", {}).get(node),
        failed=change.get("failures", {}).get(node),
    )


async def _tried(desk: Desk, workspace_id: WorkspaceId, trial: Trial, state: State) -> Tried:
    told = explanation(desk, state)
    needed = None
    if not state["verdict"]["send"]:
        handoff = Handoff(
            explanation=told, facts=facts_of(trial.context), intent_id=intent_id(state)
        )
        async with desk.stores.within(workspace_id, reading=True).begin() as tx:
            needed = await needed_by(desk, tx, handoff)
    return Tried(trial=trial, explanation=told, needed=needed)
