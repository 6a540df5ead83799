"""Proposes intents for a backlog of messages; nothing is kept until somebody creates them."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from support_graph.desk.parts import Desk
from support_graph.domain.ids import WorkspaceId
from support_graph.learning import induction
from support_graph.learning.classify import free_name
from support_graph.learning.induction import Proposal
from support_graph.store.database import Transaction
from support_graph.store.embeddings import Vector

MOST_UNSORTED = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Induced:
    """Proposals, and the number of messages that they were made from (without courtesies)."""

    proposals: Sequence[Proposal]
    messages: int


async def induce(desk: Desk, workspace_id: WorkspaceId, messages: Sequence[str] | None) -> Induced:
    """From `messages`, or from the workspace's newest ones that have no intent yet.

    Names that the workspace has already get a number. Raises ExtraMissing.
    """
    induction.check_installed()
    async with desk.stores.within(workspace_id).begin() as tx:
        texts, taken = await backlog(tx, messages)
    if len(texts) < induction.FEWEST:
        return Induced(proposals=[], messages=len(texts))
    vectors = await desk.embedder.embed(texts)
    return Induced(proposals=await propose(texts, vectors, taken), messages=len(texts))


async def backlog(tx: Transaction, messages: Sequence[str] | None) -> tuple[list[str], set[str]]:
    """The messages that are worth reading, and the names that are taken."""
    if messages is None:
        messages = await tx.turns.without_intent(MOST_UNSORTED)
    return induction.worth_reading(messages), {one.name for one in await tx.intents.all()}


async def propose(texts: Sequence[str], vectors: Vector, taken: Collection[str]) -> list[Proposal]:
    """In a thread: comparing all with all takes seconds."""
    names = set(taken)
    proposals = []
    for one in await asyncio.to_thread(induction.induce, texts, vectors):
        proposals.append(replace(one, name=free_name(one.name, taken=names)))
        names.add(proposals[-1].name)
    return proposals
