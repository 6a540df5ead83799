"""Finds where answers hold: the same question, different answers, and a fact that tells them apart.

After each human answer its rivals are looked at: resolutions that are asked for in nearly the same
words, and ones that the gate keeps mistaking for it. A fact that separates them is proposed to a
teammate as their scope, or becomes it when it is certain enough.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from support_graph.domain.ids import ResolutionId, TurnId
from support_graph.domain.proposals import Proposal, ProposalStatus, Scoping
from support_graph.domain.resolutions import Change, Resolution
from support_graph.domain.scope import facts_of, told_apart, values_of
from support_graph.domain.workspaces import WorkspaceSettings
from support_graph.learning.discriminate import (
    Course,
    Observation,
    Separation,
    course,
    discriminate,
)
from support_graph.learning.revise import Author, revise
from support_graph.models.base import Embedder
from support_graph.store.database import Transaction
from support_graph.store.filed import Filed
from support_graph.store.neighbours import Neighbours

DESK = "support-graph"
"""Whose name stands in the log where no teammate decided."""

_NEAREST = 64
_MISTAKES = 2.0
_OBSERVED = 400
_SEED = 0


async def discover(
    tx: Transaction,
    embedder: Embedder,
    neighbours: Neighbours,
    turn_id: TurnId,
    *,
    settings: WorkspaceSettings,
    now: datetime,
) -> Proposal | None:
    """What the answer to this turn shows about where its rivals hold, if it does.

    The proposal is made, or has taken effect. Doing it again changes nothing.
    """
    # Most answers have no rival, and whoever learns need not wait for that to be found out. A
    # rival that is learned meanwhile is looked at for its own turn.
    if not await _rivals(tx, neighbours, turn_id, settings):
        return None
    await tx.workspace.lock_store()
    rivals = await _rivals(tx, neighbours, turn_id, settings)
    if not rivals or told_apart([r.content.scope for r in rivals.values()]):
        return None
    precedents = await tx.precedents.of(sorted(rivals), limit=_OBSERVED)
    observations = [
        Observation(answer=p.resolution_id, facts=facts_of(p.context))
        for p in precedents
        if p.resolution_id is not None
    ]
    found = await asyncio.to_thread(discriminate, observations, seed=_SEED)
    if found is None or found.values.keys() != rivals.keys():
        return None
    what = course(found, enough=settings.scope_support)
    if what is Course.WAIT:
        return None
    scoping = Scoping(attribute=found.attribute, values=found.values)
    words = _in_words(found)
    proposal = await tx.proposals.make(scoping, words=words, evidence=_in_numbers(found))
    if proposal.status is not ProposalStatus.OPEN:
        return None
    if what is Course.ACT and not await _undone(tx, found.attribute, list(rivals)):
        author = Author(name=DESK, note=" ".join(words))
        await set_scopes(tx, embedder, scoping, author)
        await tx.proposals.decide(proposal.id, ProposalStatus.ACCEPTED, by=DESK, now=now)
    await tx.events.tell("proposals")
    return await tx.proposals.get(proposal.id)


async def contested(
    tx: Transaction, neighbours: Neighbours, filed: Sequence[Filed], *, near_duplicate: float
) -> Sequence[TurnId]:
    """The turns whose question seems to have other answers too; most have none.

    Looked at together, they cost little more than one. Without a fact about it, a question shows
    nothing about where answers hold.
    """
    told = await tx.precedents.with_context([one.turn_id for one in filed])
    answered = [one for one in filed if one.resolution_id is not None and one.turn_id in told]
    if not answered:
        return []
    near = await neighbours.phrasings_of_many(tx, [one.vector for one in answered], _NEAREST)
    own = sorted({one.resolution_id for one in answered if one.resolution_id is not None})
    mistaken = await tx.records.mistaken(own, mistakes=_MISTAKES)
    return [
        one.turn_id
        for one, hits in zip(answered, near, strict=True)
        if one.resolution_id in mistaken
        or any(
            hit.similarity >= near_duplicate and hit.resolution_id != one.resolution_id
            for hit in hits
        )
    ]


async def set_scopes(tx: Transaction, embedder: Embedder, scoping: Scoping, author: Author) -> None:
    """A revision of each answer that does not hold just there already. Raises NotFound."""
    for resolution_id in scoping.resolutions:
        current = await tx.resolutions.get(resolution_id)
        scope = current.content.scope
        before = values_of(scope[scoping.attribute]) if scoping.attribute in scope else []
        new = [value for value in scoping.values[resolution_id] if value not in before]
        if not new:
            continue
        content = replace(current.content, scope={**scope, scoping.attribute: [*before, *new]})
        await revise(tx, embedder, current, content, author=author, change=Change.SCOPED)


async def _rivals(
    tx: Transaction, neighbours: Neighbours, turn_id: TurnId, settings: WorkspaceSettings
) -> dict[ResolutionId, Resolution]:
    """The answer to this turn and the others to the same question; empty without any other."""
    filed = await tx.filed.of_turn(turn_id)
    if filed is None or filed.resolution_id is None:
        return {}
    near = await neighbours.phrasings(tx, filed.vector, _NEAREST)
    same = [hit.resolution_id for hit in near if hit.similarity >= settings.near_duplicate]
    mistaken = await tx.records.rivals(filed.resolution_id, mistakes=_MISTAKES)
    found = await tx.resolutions.among([filed.resolution_id, *same, *mistaken])
    usable = {i: r for i, r in found.items() if r.usable}
    return usable if filed.resolution_id in usable and len(usable) > 1 else {}


async def _undone(tx: Transaction, attribute: str, ids: Sequence[ResolutionId]) -> bool:
    """Whether a teammate took such a scope away from one of them: then only they may set it."""
    for resolution_id in ids:
        newest, *earlier = await tx.resolutions.revisions(resolution_id)
        if attribute not in newest.content.scope and any(
            entry.change is Change.SCOPED and attribute in entry.content.scope for entry in earlier
        ):
            return True
    return False


def _in_words(found: Separation) -> list[str]:
    answers = len(found.values)
    told = [
        (
            f"The same question got {answers} different answers, and the fact “{found.attribute}” "
            f"tells them apart: seen in {found.observations} human answers, of each at least "
            f"{found.support}."
        ),
        (
            f"Luck does as well with a probability of {found.chance:.1%} "
            f"(facts that were tried: {found.tried})."
        ),
    ]
    if found.others:
        told.append(f"So do: {', '.join(found.others)}; only a person can say what decides.")
    return told


def _in_numbers(found: Separation) -> dict[str, object]:
    return {
        "observations": found.observations,
        "support": found.support,
        "gain": round(found.gain, 4),
        "chance": found.chance,
        "facts_tried": found.tried,
        "others": list(found.others),
    }
