"""What the desk proposes about what was learned, and what teammates make of it."""

from dataclasses import replace
from typing import assert_never

from support_graph.desk.parts import Desk
from support_graph.domain.errors import Invalid, ProposalDecided
from support_graph.domain.ids import ProposalId, TurnId, WorkspaceId
from support_graph.domain.proposals import Merge, Proposal, ProposalStatus, Scoping
from support_graph.domain.resolutions import ResolutionStatus
from support_graph.learning import joining, scoping
from support_graph.learning.revise import Author
from support_graph.store.database import Transaction
from support_graph.store.neighbours import Neighbours
from support_graph.store.outbox import RESOLUTIONS

_AT_ONCE = 200

SUBJECT = "proposals"
"""Told whenever one is made, renewed or decided."""


async def discover(desk: Desk, workspace_id: WorkspaceId, turn_id: TurnId) -> Proposal | None:
    """What a human's answer shows about where answers hold: proposed, or in force."""
    neighbours = Neighbours(desk.vectors, desk.embedder.name)
    async with desk.stores.within(workspace_id).begin() as tx:
        settings = (await tx.workspace.read()).settings
        return await scoping.discover(
            tx, desk.embedder, neighbours, turn_id, settings=settings, now=desk.clock()
        )


async def discover_all(desk: Desk, workspace_id: WorkspaceId) -> None:
    """`discover` for all answers since it was last looked. Stopped, it begins there again."""
    neighbours = Neighbours(desk.vectors, desk.embedder.name)
    scope = desk.stores.within(workspace_id)
    while True:
        async with scope.begin() as tx:
            newest = await tx.workspace.store_version()
            seen = await tx.workspace.discovered_version()
            filed = await tx.filed.next_after(seen, least=_AT_ONCE)
            if not filed:
                await tx.workspace.set_discovered_version(newest)
                return
            near_duplicate = (await tx.workspace.read()).settings.near_duplicate
            suspects = await scoping.contested(tx, neighbours, filed, near_duplicate=near_duplicate)
        for turn_id in suspects:
            await discover(desk, workspace_id, turn_id)
        async with scope.begin() as tx:
            await tx.workspace.set_discovered_version(filed[-1].store_version)


async def accept(
    desk: Desk, workspace_id: WorkspaceId, proposal_id: ProposalId, *, author: Author
) -> Proposal:
    """Does what is proposed. Raises NotFound, ProposalDecided, or Invalid where it can't be done
    any more."""
    async with desk.stores.within(workspace_id).begin() as tx:
        await tx.workspace.lock_store()
        proposal = await _undecided(tx, proposal_id)
        await _check_all_there(tx, proposal)
        note = author.note or f"accepted proposal {proposal_id}"
        await _carry_out(desk, tx, proposal, replace(author, note=note))
        await desk.queue.sync_index(tx, RESOLUTIONS)
        return await _decide(desk, tx, proposal, ProposalStatus.ACCEPTED, author)


async def decline(
    desk: Desk, workspace_id: WorkspaceId, proposal_id: ProposalId, *, author: Author
) -> Proposal:
    """It is not proposed again. Raises NotFound or ProposalDecided."""
    async with desk.stores.within(workspace_id).begin() as tx:
        await tx.workspace.lock_store()
        proposal = await _undecided(tx, proposal_id)
        if isinstance(proposal.what, Merge):
            await tx.resolutions.settle_duplicate(proposal.what.source)
        return await _decide(desk, tx, proposal, ProposalStatus.DECLINED, author)


async def _carry_out(desk: Desk, tx: Transaction, proposal: Proposal, author: Author) -> None:
    match proposal.what:
        case Merge() as what:
            await joining.merge(
                tx,
                desk.embedder,
                what.source,
                what.into,
                author=author,
                proposal_id=proposal.id,
            )
        case Scoping() as what:
            await scoping.set_scopes(tx, desk.embedder, what, author)
        case never:
            assert_never(never)


async def _check_all_there(tx: Transaction, proposal: Proposal) -> None:
    known = await tx.resolutions.among(proposal.what.resolutions)
    for resolution in known.values():
        if resolution.content.status is ResolutionStatus.DELETED:
            problem = f"Resolution {resolution.id} is deleted; restore it first, or decline."
            raise Invalid(field="proposal", problem=problem)


async def _undecided(tx: Transaction, proposal_id: ProposalId) -> Proposal:
    proposal = await tx.proposals.get(proposal_id, lock=True)
    if proposal.status is ProposalStatus.OPEN:
        return proposal
    assert proposal.decided_by is not None
    assert proposal.decided_at is not None
    raise ProposalDecided(
        proposal_id=proposal_id,
        status=proposal.status.value,
        decided_by=proposal.decided_by,
        decided_at=proposal.decided_at,
    )


async def _decide(
    desk: Desk, tx: Transaction, proposal: Proposal, status: ProposalStatus, author: Author
) -> Proposal:
    await tx.proposals.decide(proposal.id, status, by=author.name, now=desk.clock())
    await tx.events.tell(SUBJECT)
    return await tx.proposals.get(proposal.id)
