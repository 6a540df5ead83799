"""Every field of every operation meets every line that is known to break programs.

The fields are read from the OpenAPI document, so a new operation is covered the day it is there.
Requests go into the app without a socket, and with the key's look-up done once: there are tens of
thousands of them.
"""

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from support_graph.desk.parts import Desk
from support_graph.domain.ids import ConversationId
from tests.conftest import Rows
from tests.web.operations import Leaf, Operation
from tests.web.sweep import Target, drained, kinds, together, valid

pytestmark = [pytest.mark.data, pytest.mark.timeout(600)]

PACK = 12
LONG = 20_000
PACKED = {
    "POST /v1/resolutions",
    "PATCH /v1/resolutions/{resolution_id}",
    "POST /v1/brain/documents",
    "POST /v1/messages",
    "POST /v1/escalations/{escalation_id}/replies",
}
"""Each of these makes jobs or vectors, so the lines come to them by the dozen."""


@pytest.fixture(scope="session")
def lines(rows: Rows) -> list[str]:
    found = [row["text"] for row in rows("security_naughty_strings")]
    assert len(found) > 500
    return found


def _streams(operation: Operation) -> bool:
    """An answer that never ends, if the conversation is there."""
    return operation.path.endswith("/events")


def _with_text(line: str, target: Target, leaf: Leaf) -> Any:
    if leaf.schema.get("type") == "object":
        return {"key": line, line: "value"}
    return line if leaf.free and leaf.name != "if-match" else valid(leaf, target)


def _with_junk(line: str, target: Target, leaf: Leaf) -> Any:
    """The line where it has no business to be."""
    takes_text = leaf.free or leaf.binary or leaf.schema.get("type") == "object"
    return valid(leaf, target) if takes_text else line


async def test_free_text_is_taken_or_refused_line_by_line(
    target: Target, lines: list[str], desk: Desk
) -> None:
    def requests() -> Iterator[Callable[[], Any]]:
        for operation, line in itertools.product(target.operations, lines):
            if operation.name in PACKED or _streams(operation):
                continue
            for kind in kinds(operation):
                leaves = operation.leaves(kind)
                if any(leaf.free or leaf.schema.get("type") == "object" for leaf in leaves):
                    filled = operation.fill(kind, partial(_with_text, line, target))
                    yield partial(target.send, operation, kind, filled)

    await together(requests())
    await drained(desk, target.workspace_id)


async def test_what_is_written_is_kept_as_it_was_said(
    target: Target, lines: list[str], desk: Desk
) -> None:
    """To a teammate's conversation, so that no turn is run for each."""
    said: list[str] = []

    async def say(line: str) -> None:
        body = {"text": line, "conversation": target.ids["conversation_id"], "wait": 0}
        response = await target.client.post("/v1/messages", json=body)
        assert response.status_code in {200, 422}, response.text
        if response.status_code == 200:
            said.append(line)

    await together(partial(say, line) for line in lines)
    assert len(said) > len(lines) - 20
    async with desk.stores.within(target.workspace_id).begin() as tx:
        conversation = ConversationId(UUID(target.ids["conversation_id"]))
        messages = await tx.messages.of_conversation(conversation, last=10_000)
    kept = [message.text for message in messages]
    assert sorted(kept) == sorted([*said, "What is this?"])


async def test_the_whole_loop_takes_the_lines_by_the_dozen(
    target: Target, lines: list[str], desk: Desk
) -> None:
    packs = [lines[start : start + PACK] for start in range(0, len(lines), PACK)]
    chosen = [o for o in target.operations if o.name in PACKED]
    assert len(chosen) == len(PACKED)

    def requests() -> Iterator[Callable[[], Any]]:
        for operation, (number, pack) in itertools.product(chosen, enumerate(packs)):
            for kind in kinds(operation):
                yield partial(_send_pack, target, operation, kind, pack, number)

    await together(requests())
    await drained(desk, target.workspace_id)
    waiting = await target.client.get("/v1/escalations", params={"limit": 20})
    for item, pack in zip(waiting.json()["items"], packs, strict=False):
        body = {"action": "answer", "text": "\n".join(pack)}
        response = await target.client.post(f"/v1/escalations/{item['id']}/resolve", json=body)
        assert response.status_code == 200, response.text
    await drained(desk, target.workspace_id)


async def _send_pack(
    target: Target, operation: Operation, kind: str | None, pack: list[str], number: int
) -> None:
    """Long fields get the pack whole, lists get it piece by piece, short ones take turns."""
    turn = itertools.count(number)

    def fill(leaf: Leaf) -> Any:
        if leaf.schema.get("type") == "object":
            return {line[:50]: line for line in pack}
        if leaf.name.endswith("/0"):
            return [line[:200] for line in pack if line.strip()] or ["fine"]
        if leaf.binary or (leaf.free and leaf.schema.get("maxLength", 0) >= LONG):
            return "\n".join(pack)
        if leaf.free and leaf.name != "if-match":
            return pack[next(turn) % len(pack)]
        return valid(leaf, target)

    await target.send(operation, kind, operation.fill(kind, fill))


async def test_ids_enums_and_numbers_refuse_the_lines(
    target: Target, lines: list[str], desk: Desk
) -> None:
    def requests() -> Iterator[Callable[[], Any]]:
        for operation, line in itertools.product(target.operations, lines):
            for kind in kinds(operation):
                if all(leaf.free for leaf in operation.leaves(kind)):
                    continue
                filled = operation.fill(kind, partial(_with_junk, line, target))
                yield partial(target.send, operation, kind, filled)

    await together(requests())
    await drained(desk, target.workspace_id)
