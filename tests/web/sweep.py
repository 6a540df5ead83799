"""What a sweep over all operations needs: the app as a target, and whether it stands afterwards."""

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
from sqlalchemy import func, select, text

from support_graph.desk.parts import Desk
from support_graph.domain.ids import WorkspaceId
from support_graph.store.tables import WORKSPACE_TABLES
from tests.web.operations import LEAVE_OUT, Filled, Json, Leaf, Operation

SIDE_BY_SIDE = 8


@dataclass(frozen=True, kw_only=True)
class Target:
    """The app as one workspace's admin sees it, and something of everything to aim at."""

    client: httpx.AsyncClient
    operations: tuple[Operation, ...]
    ids: dict[str, str]
    workspace_id: WorkspaceId

    async def send(self, operation: Operation, kind: str | None, filled: Filled) -> httpx.Response:
        path = operation.path
        for name, value in {**self.ids, **filled.path}.items():
            path = path.replace(f"{{{name}}}", quote(raw(value), safe=""))
        options: dict[str, Any] = {"headers": {k: raw(v) for k, v in filled.headers.items()}}
        if kind == "application/json":
            options["content"] = json.dumps(filled.body)
            options["headers"]["Content-Type"] = kind
        elif kind is not None:
            file = filled.form.pop("file", "text")
            options["files"] = {"file": (f"{file}.md"[-200:], raw(file), "text/markdown")}
            options["data"] = {k: raw(v) for k, v in filled.form.items()}
        query = "&".join(f"{k}={quote(raw(v), safe='')}" for k, v in filled.query.items())
        response = await self.client.request(operation.method, f"{path}?{query}", **options)
        assert response.status_code < 500, (operation.name, filled, response.text)
        if response.status_code >= 400:
            assert response.headers["content-type"] == "application/problem+json"
            assert response.json()["detail"], (operation.name, filled)
        return response


def raw(value: Any) -> bytes:
    return str(value).encode("utf-8", "surrogatepass")


def valid(leaf: Leaf, target: Target) -> Any:
    """Something that the field takes; what may be left out is, where it narrows things down."""
    if leaf.name == "if-match":
        return '"1"'
    if leaf.place == "path":
        return target.ids.get(leaf.name, str(uuid4()))
    if leaf.name == "/url" or (leaf.place in {"query", "header"} and not leaf.free):
        return LEAVE_OUT
    return leaf.schema.get("enum", [_of_type(leaf.schema)])[0]


def _of_type(schema: Json) -> Any:
    return {
        "string": str(uuid4()) if schema.get("format") == "uuid" else "fine",
        "integer": schema.get("minimum", 1),
        "number": schema.get("minimum", 0),
        "boolean": False,
    }.get(schema.get("type", ""), {"key": "fine"})


async def together(jobs: Iterable[Callable[[], Any]]) -> None:
    """A few at a time."""
    waiting = iter(jobs)

    async def worker() -> None:
        for job in waiting:
            await job()

    await asyncio.gather(*(worker() for _ in range(SIDE_BY_SIDE)))


def kinds(operation: Operation) -> list[str | None]:
    return list(operation.kinds) or [None]


async def rows(desk: Desk, workspace_id: WorkspaceId) -> dict[str, int]:
    async with desk.stores.within(workspace_id).begin() as tx:
        return {
            table.name: (
                await tx.connection.execute(
                    select(func.count())
                    .select_from(table)
                    .where(table.c.workspace_id == workspace_id)
                )
            ).scalar_one()
            for table in WORKSPACE_TABLES
        }


_JOBS = text("""
    SELECT task_name, status::text, count(*) FROM procrastinate_jobs
    WHERE args ->> 'workspace_id' = :workspace_id GROUP BY 1, 2
""")


async def drained(desk: Desk, workspace_id: WorkspaceId) -> None:
    """Waits until the jobs of the workspace are done, every one of them well."""
    async with asyncio.timeout(120):
        while True:
            async with desk.stores.across() as workspaces:
                counted = await workspaces._connection.execute(
                    _JOBS, {"workspace_id": str(workspace_id)}
                )
                jobs = {(task, status): count for task, status, count in counted}
            if not any(status in {"todo", "doing"} for _, status in jobs):
                break
            await asyncio.sleep(0.1)
    assert {key: n for key, n in jobs.items() if key[1] != "succeeded"} == {}
    assert (await rows(desk, workspace_id))["document_uploads"] == 0
    async with desk.stores.within(workspace_id).begin() as tx:
        undone = "SELECT count(*) FROM {} WHERE status = 'processing'"
        for table in ("turns", "documents"):
            assert (await tx.connection.execute(text(undone.format(table)))).scalar_one() == 0
