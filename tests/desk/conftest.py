"""People at the desk: a customer who asks, and a teammate who answers."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import text

from support_graph.desk import decisions, documents, receive
from support_graph.desk.auditing import OPERATOR
from support_graph.desk.decisions import Resolve, Teammate
from support_graph.desk.documents import NewDocument
from support_graph.desk.parts import Desk
from support_graph.domain.documents import DocumentStatus, Visibility
from support_graph.domain.ids import MemberId, ResolutionId, WorkspaceId
from support_graph.domain.messages import Message
from support_graph.domain.turns import Action, Learned, Turn, TurnStatus

PATIENCE = 120.0


@dataclass(kw_only=True)
class Customer:
    desk: Desk
    workspace: WorkspaceId
    name: str = "ana"
    conversation: str | None = None
    context: Mapping[str, Any] = field(default_factory=dict)

    async def writes(self, text: str, **details: Any) -> receive.Received:
        incoming = receive.Incoming(
            channel="api",
            text=text,
            conversation=self.conversation,
            contact_ids=[f"email:{self.name}@example.com"],
            context=self.context,
            **details,
        )
        return await receive.receive(self.desk, self.workspace, incoming)

    async def asks(self, text: str, **details: Any) -> Turn:
        """The turn, once it is done."""
        received = await self.writes(text, **details)
        return await self.done(received)

    async def done(self, received: receive.Received) -> Turn:
        async def look() -> Turn | None:
            async with self.desk.stores.within(self.workspace).begin() as tx:
                turn = await tx.turns.get(received.turn_id)
            return None if turn.status is TurnStatus.PROCESSING else turn

        subject = f"turn:{received.turn_id}"
        turn = await self.desk.listener.until(subject, look, seconds=PATIENCE)
        assert turn is not None, "the turn did not finish"
        return turn

    async def reads(self, turn: Turn) -> list[Message]:
        """The whole conversation of that turn."""
        async with self.desk.stores.within(self.workspace).begin() as tx:
            return list(await tx.messages.of_conversation(turn.conversation_id))

    async def reply_to(self, turn: Turn) -> str | None:
        """What the turn's reply says, if there is one."""
        async with self.desk.stores.within(self.workspace).begin() as tx:
            current = await tx.turns.get(turn.id)
            if current.reply_id is None:
                return None
            return (await tx.messages.get(current.reply_id)).text


@dataclass(kw_only=True)
class Answerer:
    desk: Desk
    workspace: WorkspaceId
    name: str = "Tina"
    member_id: MemberId | None = None

    async def decides(self, turn: Turn, action: Action, **details: Any) -> None:
        assert turn.escalation_id is not None
        asked = Resolve(action=action, **details)
        await decisions.resolve(
            self.desk, self.workspace, turn.escalation_id, asked, self.as_teammate()
        )

    async def answers(self, turn: Turn, text: str, **details: Any) -> Learned:
        """What was learned from it, once it is."""
        await self.decides(turn, Action.ANSWER, text=text, **details)
        return await self.taught(turn)

    async def taught(self, turn: Turn) -> Learned:
        learned = await decisions.learned(self.desk, self.workspace, turn.id, wait=PATIENCE)
        assert learned is not None, "nothing was learned in time"
        return learned

    def as_teammate(self) -> Teammate:
        return Teammate(member_id=self.member_id, name=self.name, surface="test")


async def teach(desk: Desk, workspace: WorkspaceId, question: str, answer: str) -> ResolutionId:
    """A question that is escalated and answered, and so learned."""
    turn = await Customer(desk=desk, workspace=workspace).asks(question)
    learned = await Answerer(desk=desk, workspace=workspace).answers(turn, answer)
    assert learned.resolution_id is not None
    return learned.resolution_id


async def indexed(desk: Desk, workspace: WorkspaceId) -> None:
    """Waits until neighbours are found by the index, whose floats are not quite Postgres'."""
    async with asyncio.timeout(120):
        while await _unindexed(desk, workspace):
            await asyncio.sleep(0.05)


async def _unindexed(desk: Desk, workspace: WorkspaceId) -> int:
    async with desk.stores.within(workspace).begin() as tx:
        found = await tx.connection.execute(text("SELECT count(*) FROM index_outbox"))
        return int(found.scalar_one())


async def document(desk: Desk, workspace: WorkspaceId, title: str, text: str) -> None:
    """A document, once it has been read into the Brain."""
    new = NewDocument(
        source=f"{title}.md",
        title=title,
        url=None,
        media_type="text/markdown",
        filename=f"{title}.md",
        content=text.encode(),
        visibility=Visibility.PUBLIC,
    )
    added = await documents.add(desk, workspace, new, by=OPERATOR)

    async def read() -> bool | None:
        async with desk.stores.within(workspace).begin() as tx:
            return (await tx.documents.get(added.id)).status is DocumentStatus.READY or None

    assert await desk.listener.until(f"document:{added.id}", read, seconds=PATIENCE)


@pytest.fixture
def ana(desk: Desk, workspace: WorkspaceId) -> Customer:
    return Customer(desk=desk, workspace=workspace)


@pytest.fixture
def tina(desk: Desk, workspace: WorkspaceId) -> Answerer:
    return Answerer(desk=desk, workspace=workspace)
