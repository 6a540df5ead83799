"""Values that can't be kept leave no trace, and values of the wrong type are refused as such."""

import itertools
from typing import Any

import httpx
import pytest

from support_graph.desk.parts import Desk
from tests.web.operations import Filled, Leaf, Operation
from tests.web.sweep import Target, drained, kinds, rows, valid

pytestmark = pytest.mark.timeout(600)

UNKEEPABLE = ("nul \x00", "half \ud83d", "\udfff", "x" * 1_000_000)
WRONG: tuple[Any, ...] = (
    7,
    -1.5,
    True,
    None,
    [],
    {},
    [[]],
    [{}],
    {"": {}},
    2**70,
    float("nan"),
    float("inf"),
)


def _nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


async def test_what_cannot_be_kept_leaves_no_trace(target: Target, desk: Desk) -> None:
    await drained(desk, target.workspace_id)
    before = await rows(desk, target.workspace_id)
    for operation in target.operations:
        for kind in kinds(operation):
            for leaf, value in itertools.product(operation.leaves(kind), UNKEEPABLE):
                if leaf.binary or (leaf.place != "body" and not value.isascii()):
                    continue  # a file may hold anything, and only JSON can spell half a character
                if leaf.place == "header" or (leaf.place in {"path", "query"} and len(value) > 99):
                    continue  # HTTP itself forbids the one, and servers the other
                response = await _send_one(target, operation, kind, leaf, value)
                assert 400 <= response.status_code < 500, (operation.name, leaf, response.text)
    assert await rows(desk, target.workspace_id) == before


async def test_wrong_types_are_never_a_failure_of_ours(target: Target, desk: Desk) -> None:
    for operation in target.operations:
        if "application/json" not in operation.kinds:
            continue
        values = (*WRONG, _nested(50), {"a": _nested(500)})
        for leaf, value in itertools.product(operation.leaves("application/json"), values):
            if leaf.place == "body":
                await _send_one(target, operation, "application/json", leaf, value)
        for whole in values:
            body = Filled(path={}, query={}, headers={"if-match": '"1"'}, body=whole, form={})
            response = await target.send(operation, "application/json", body)
            assert response.status_code >= 400 or whole == {}
    await drained(desk, target.workspace_id)


async def _send_one(
    target: Target, operation: Operation, kind: str | None, hit: Leaf, value: Any
) -> httpx.Response:
    """A request that is right but for one value."""

    def fill(leaf: Leaf) -> Any:
        if leaf == hit:
            return {"key": value, "list": [value]} if leaf.schema.get("type") == "object" else value
        return valid(leaf, target)

    return await target.send(operation, kind, operation.fill(kind, fill))
