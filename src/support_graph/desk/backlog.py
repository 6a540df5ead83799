"""A backlog becomes intents: proposed by a job, taken, renamed or dismissed by teammates."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from support_graph.desk import inducing, intents
from support_graph.desk.intents import NewIntent
from support_graph.desk.parts import Desk
from support_graph.domain.errors import IntentDecided, Invalid
from support_graph.domain.ids import InducedId, InductionId, WorkspaceId
from support_graph.domain.inductions import Induced, InducedStatus, InductionStatus
from support_graph.domain.intents import Intent
from support_graph.learning import induction
from support_graph.learning.revise import Author
from support_graph.store.database import Scope

SUBJECT: Final = "inductions"
"""Told whenever one goes on, ends, or is decided about."""
MOST_GIVEN: Final = 10_000
_AT_ONCE: Final = 64


async def start(
    desk: Desk, workspace_id: WorkspaceId, messages: Sequence[str] | None, *, by: str
) -> InductionId:
    """Proposes intents for `messages`, or for the newest ones that have none, in the background.

    The one that is running already, if there is one. Raises ExtraMissing, or Invalid for too many.
    """
    induction.check_installed()
    if messages is not None and not 0 < len(messages) <= MOST_GIVEN:
        raise Invalid(field="messages", problem=f"Give 1 to {MOST_GIVEN:,} messages.")
    async with desk.stores.within(workspace_id).begin() as tx:
        await tx.serialise("inductions")
        newest = await tx.inductions.newest()
        if newest is not None and newest.status is InductionStatus.RUNNING:
            return newest.id
        started = await tx.inductions.start(given=messages, by=by)
        await desk.queue.induce(tx, started)
        await tx.events.tell(SUBJECT)
    return started


async def run_induction(desk: Desk, workspace_id: WorkspaceId, induction_id: InductionId) -> None:
    """Doing it again is a no-op once it is done; nothing is half suggested."""
    scope = desk.stores.within(workspace_id)
    async with scope.begin() as tx:
        asked = await tx.inductions.get(induction_id)
        if asked.status is not InductionStatus.RUNNING:
            return
        texts, taken = await inducing.backlog(tx, asked.given)
        await tx.inductions.progress(induction_id, done=0, messages=len(texts))
    proposals = []
    if len(texts) >= induction.FEWEST:
        vectors = []
        for at in range(0, len(texts), _AT_ONCE):
            vectors.append(await desk.embedder.embed(texts[at : at + _AT_ONCE]))
            await _went_on(scope, induction_id, min(at + _AT_ONCE, len(texts)), len(texts))
        proposals = await inducing.propose(texts, np.concatenate(vectors), taken)
    async with scope.begin() as tx:
        asked = await tx.inductions.get(induction_id, lock=True)
        if asked.status is not InductionStatus.RUNNING:
            return
        for one in proposals:
            await tx.inductions.suggest(
                induction_id,
                name=one.name,
                description=one.description,
                examples=one.examples,
                messages=one.messages,
            )
        await tx.inductions.finish(induction_id, InductionStatus.DONE, now=desk.clock())
        await tx.events.tell(SUBJECT)


async def _went_on(scope: Scope, induction_id: InductionId, done: int, messages: int) -> None:
    async with scope.begin() as tx:
        await tx.inductions.progress(induction_id, done=done, messages=messages)
        await tx.events.tell(SUBJECT)


async def give_up_inducing(
    desk: Desk, workspace_id: WorkspaceId, induction_id: InductionId
) -> None:
    """After the last try: whoever started it must see that it is not running any more."""
    problem = "It failed several times; the server's log says why."
    async with desk.stores.within(workspace_id).begin() as tx:
        await tx.inductions.finish(
            induction_id, InductionStatus.FAILED, now=desk.clock(), problem=problem
        )
        await tx.events.tell(SUBJECT)


async def accept(
    desk: Desk,
    workspace_id: WorkspaceId,
    induced_id: InducedId,
    *,
    name: str | None,
    description: str | None,
    author: Author,
) -> Intent:
    """Makes it an intent; what is None stays as it was proposed.

    Raises NotFound, IntentDecided, or NameTaken.
    """
    author = replace(author, note=author.note or "proposed from a backlog")
    scope = desk.stores.within(workspace_id)
    async with scope.begin() as tx:
        one = await tx.inductions.one(induced_id)
    vectors = await desk.embedder.embed(list(one.examples))
    async with scope.begin() as tx:
        _open(await tx.inductions.one(induced_id))
        new = NewIntent(
            name=one.name if name is None else name,
            description=one.description if description is None else description,
            examples=one.examples,
        )
        made = await intents.create_within(tx, desk, new, vectors, author=author)
        await tx.inductions.decide(
            induced_id, InducedStatus.ACCEPTED, by=author.name, intent_id=made.id
        )
        await tx.events.tell(SUBJECT)
    return made


async def dismiss(
    desk: Desk, workspace_id: WorkspaceId, induced_id: InducedId, *, author: Author
) -> None:
    """It can be taken up again. Raises NotFound or IntentDecided."""
    async with desk.stores.within(workspace_id).begin() as tx:
        _open(await tx.inductions.one(induced_id))
        await tx.inductions.decide(induced_id, InducedStatus.DISMISSED, by=author.name)
        await tx.events.tell(SUBJECT)


async def take_up(desk: Desk, workspace_id: WorkspaceId, induced_id: InducedId) -> None:
    """Undoes a dismissal. Raises NotFound."""
    async with desk.stores.within(workspace_id).begin() as tx:
        one = await tx.inductions.one(induced_id)
        if one.status is InducedStatus.DISMISSED:
            await tx.inductions.decide(induced_id, InducedStatus.OPEN, by=None)
            await tx.events.tell(SUBJECT)


def _open(one: Induced) -> None:
    if one.status is not InducedStatus.OPEN:
        assert one.decided_by is not None
        raise IntentDecided(proposal_id=one.id, status=one.status.value, decided_by=one.decided_by)
