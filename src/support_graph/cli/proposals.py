"""Lists proposals, and accepts or declines them."""

import getpass
from collections.abc import Mapping

from support_graph.cli import console
from support_graph.cli.resolutions import in_words
from support_graph.cli.session import Session, session
from support_graph.cli.short_ids import found, short
from support_graph.desk import proposals
from support_graph.domain.ids import ProposalId, ResolutionId
from support_graph.domain.proposals import (
    Merge,
    Proposal,
    ProposalKind,
    ProposalStatus,
)
from support_graph.domain.resolutions import Resolution
from support_graph.learning.revise import Author


async def list_all(
    workspace: str,
    *,
    status: ProposalStatus,
    kind: ProposalKind | None,
    limit: int,
    as_json: bool,
) -> None:
    async with session(workspace) as at, at.scope.begin() as tx:
        page = await tx.proposals.list(status=status, kind=kind, cursor=None, limit=limit)
        known = await tx.resolutions.among([i for p in page.items for i in p.what.resolutions])
    if as_json:
        console.dump({"items": [_as_response(one) for one in page.items]})
    elif page.items:
        for one in page.items:
            _show(one, known)
    else:
        console.say(f"No proposals are {status.value}.")


async def accept(workspace: str, typed: str, *, note: str | None, as_json: bool) -> None:
    async with session(workspace) as at:
        proposal_id = await _found(at, typed)
        done = await proposals.accept(at.desk, at.id, proposal_id, author=_author(note))
    _tell(done, as_json)


async def decline(workspace: str, typed: str, *, note: str | None, as_json: bool) -> None:
    async with session(workspace) as at:
        proposal_id = await _found(at, typed)
        done = await proposals.decline(at.desk, at.id, proposal_id, author=_author(note))
    _tell(done, as_json)


async def _found(at: Session, typed: str) -> ProposalId:
    async with at.scope.begin() as tx:
        return ProposalId(await found("proposal", typed, tx.proposals.ids_like))


def _author(note: str | None) -> Author:
    return Author(name=getpass.getuser(), note=note)


def _tell(done: Proposal, as_json: bool) -> None:
    if as_json:
        console.dump(_as_response(done))
    else:
        console.say(f"{done.status.value.capitalize()}: {short(done.id)}.")


def _show(one: Proposal, known: Mapping[ResolutionId, Resolution]) -> None:
    console.say(f"{short(one.id)} · {one.kind.value} · {one.status.value}", "bold")
    for sentence in one.words:
        console.say(f"  {sentence}")
    for resolution_id in one.what.resolutions:
        resolution = known[resolution_id]
        console.say(f"  · {_becomes(one, resolution_id)}", "dim")
        console.say(f"    asked as: {resolution.content.phrasings[0].text}")
        console.say(f"    answer: {resolution.content.answer}")


def _becomes(one: Proposal, resolution_id: ResolutionId) -> str:
    what = one.what
    if isinstance(what, Merge):
        role = "would go into the other" if resolution_id == what.source else "would stay"
        return f"{short(resolution_id)} {role}"
    condition = in_words({what.attribute: list(what.values[resolution_id])})
    return f"{short(resolution_id)} would hold where {condition}"


def _as_response(one: Proposal) -> dict[str, object]:
    what: dict[str, object]
    if isinstance(one.what, Merge):
        what = {"source": one.what.source, "into": one.what.into}
    else:
        values = {str(i): list(v) for i, v in one.what.values.items()}
        what = {"attribute": one.what.attribute, "values": values}
    return {
        "id": one.id,
        "kind": one.kind,
        "status": one.status,
        **what,
        "words": list(one.words),
        "evidence": one.evidence,
        "decided_by": one.decided_by,
        "decided_at": one.decided_at,
        "created_at": one.created_at,
    }
