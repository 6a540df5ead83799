"""Proposals: what the desk would change in what was learned, to be accepted or declined."""

from typing import Annotated

from fastapi import APIRouter, Query

from support_graph.desk import proposals
from support_graph.desk.parts import Desk
from support_graph.domain.ids import ProposalId
from support_graph.domain.proposals import Proposal as Proposed
from support_graph.domain.proposals import ProposalKind, ProposalStatus
from support_graph.web import proposed
from support_graph.web.auth import AsTeammate, AtDesk, Principal
from support_graph.web.paging import Listed, Paged
from support_graph.web.shapes.proposals import Proposal

router = APIRouter(prefix="/v1/proposals", tags=["Proposals"])


@router.get("")
async def list_proposals(
    desk: AtDesk,
    by: AsTeammate,
    window: Paged,
    status: Annotated[ProposalStatus | None, Query()] = None,
    kind: Annotated[ProposalKind | None, Query()] = None,
) -> Listed[Proposal]:
    """Newest first."""
    async with desk.stores.within(by.workspace_id).begin() as tx:
        page = await tx.proposals.list(
            status=status, kind=kind, cursor=window.cursor, limit=window.limit
        )
        items = await proposed.shown(tx, page.items)
    return Listed[Proposal](items=items, next_cursor=page.next_cursor)


@router.get("/{proposal_id}")
async def get_proposal(proposal_id: ProposalId, desk: AtDesk, by: AsTeammate) -> Proposal:
    """With both sides as they stand now."""
    async with desk.stores.within(by.workspace_id).begin() as tx:
        found = await tx.proposals.get(proposal_id)
    return await _shown(desk, by, found)


@router.post("/{proposal_id}/accept")
async def accept_proposal(proposal_id: ProposalId, desk: AtDesk, by: AsTeammate) -> Proposal:
    """Does what is proposed, by the next revisions; 409 says who decided before."""
    accepted = await proposals.accept(desk, by.workspace_id, proposal_id, author=by.author)
    return await _shown(desk, by, accepted)


@router.post("/{proposal_id}/decline")
async def decline_proposal(proposal_id: ProposalId, desk: AtDesk, by: AsTeammate) -> Proposal:
    """Leaves things as they are; the same is not proposed again."""
    declined = await proposals.decline(desk, by.workspace_id, proposal_id, author=by.author)
    return await _shown(desk, by, declined)


async def _shown(desk: Desk, by: Principal, one: Proposed) -> Proposal:
    async with desk.stores.within(by.workspace_id).begin() as tx:
        return (await proposed.shown(tx, [one]))[0]
