"""Fills proposals with the resolutions they are about, as those stand now."""

from collections.abc import Sequence
from typing import assert_never

from support_graph.domain.ids import ResolutionId
from support_graph.domain.proposals import Merge, Scoping
from support_graph.domain.proposals import Proposal as Proposed
from support_graph.domain.resolutions import Resolution
from support_graph.store.database import Transaction
from support_graph.web.shapes.proposals import Concerned, Proposal


async def shown(tx: Transaction, proposals: Sequence[Proposed]) -> list[Proposal]:
    known = await tx.resolutions.among([i for p in proposals for i in p.what.resolutions])
    return [_shown(proposal, known) for proposal in proposals]


def _shown(proposal: Proposed, known: dict[ResolutionId, Resolution]) -> Proposal:
    what = proposal.what
    return Proposal(
        id=proposal.id,
        kind=proposal.kind,
        status=proposal.status,
        attribute=what.attribute if isinstance(what, Scoping) else None,
        resolutions=[_concerned(known[i], what) for i in what.resolutions],
        words=list(proposal.words),
        evidence=proposal.evidence,
        decided_by=proposal.decided_by,
        decided_at=proposal.decided_at,
        created_at=proposal.created_at,
        updated_at=proposal.updated_at,
    )


def _concerned(one: Resolution, what: Merge | Scoping) -> Concerned:
    match what:
        case Merge():
            role, values = ("source" if one.id == what.source else "into"), None
        case Scoping():
            role, values = "scoped", list(what.values[one.id])
        case never:
            assert_never(never)
    return Concerned(
        id=one.id,
        role=role,
        revision=one.revision,
        answer=one.content.answer,
        phrasings=[phrasing.text for phrasing in one.content.phrasings],
        status=one.content.status,
        scope=one.content.scope,
        values=values,
    )
