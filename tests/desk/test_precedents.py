"""What a human answered is kept with all that was known at that moment; doubts are asked about."""

from dataclasses import replace

import pytest

from support_graph.desk import inbox, proposals, resolutions
from support_graph.desk.parts import Desk
from support_graph.desk.resolutions import Edit
from support_graph.domain.errors import Invalid, NotFound
from support_graph.domain.evidence import HandoffReason
from support_graph.domain.ids import ProposalId, ResolutionId, WorkspaceId, new_id
from support_graph.domain.precedents import Precedent
from support_graph.domain.proposals import Merge, Proposal, ProposalStatus
from support_graph.domain.resolutions import ResolutionStatus
from support_graph.domain.turns import Action, DecisionOutcome, TurnStatus
from support_graph.learning.revise import Author
from tests.desk.conftest import Answerer, Customer, teach

QUESTION = "Can I send my order back?"
ANSWER = "You can return it within 14 days."
DOUBTFUL = "You can return it within 30 days."
TINA = Author(name="Tina")


async def _precedents(
    desk: Desk, workspace: WorkspaceId, resolution_id: ResolutionId
) -> list[Precedent]:
    async with desk.stores.within(workspace).begin() as tx:
        return list(await tx.precedents.of([resolution_id], limit=10))


async def _open(desk: Desk, workspace: WorkspaceId) -> list[Proposal]:
    async with desk.stores.within(workspace).begin() as tx:
        page = await tx.proposals.list(status=ProposalStatus.OPEN, kind=None, cursor=None, limit=10)
    return list(page.items)


async def _doubt(ana: Customer) -> tuple[ResolutionId, ResolutionId, Proposal]:
    """Two answers that may be the same, and the question whether they are."""
    known = await teach(ana.desk, ana.workspace, QUESTION, ANSWER)
    other = await teach(ana.desk, ana.workspace, "What about a parcel I sent?", DOUBTFUL)
    (proposal,) = await _open(ana.desk, ana.workspace)
    return known, other, proposal


async def test_everything_about_an_answer_is_kept(ana: Customer, tina: Answerer) -> None:
    asking = replace(ana, context={"page_title": "Returns", "plan": "scale"})
    turn = await asking.asks(QUESTION)
    assert turn.escalation_id is not None
    await inbox.reply(
        ana.desk, ana.workspace, turn.escalation_id, "One moment, please.", tina.as_teammate()
    )
    learned = await tina.answers(turn, ANSWER)
    assert learned.resolution_id is not None

    (kept,) = await _precedents(ana.desk, ana.workspace, learned.resolution_id)
    assert (kept.turn_id, kept.conversation_id) == (turn.id, turn.conversation_id)
    assert (kept.question, kept.standalone, kept.answer) == (QUESTION, QUESTION, ANSWER)
    assert kept.before == ("One moment, please.",)
    assert (kept.author, kept.surface) == ("Tina", "test")
    assert (kept.action, kept.outcome) == (Action.ANSWER, DecisionOutcome.RESOLVED)
    assert kept.reason is HandoffReason.MISSING_KNOWLEDGE
    assert kept.words == tuple(turn.explanation["verdict"]["words"])
    assert kept.context == {"page_title": "Returns", "plan": "scale"}


async def test_each_answer_is_kept_once_however_often_it_is_learned(
    ana: Customer, tina: Answerer
) -> None:
    first = await tina.answers(await ana.asks(QUESTION), ANSWER)
    assert first.resolution_id is not None
    second = await tina.answers(
        await ana.asks("Somebody tell me about refunds"), ANSWER, resolution_id=first.resolution_id
    )

    kept = await _precedents(ana.desk, ana.workspace, first.resolution_id)
    assert second.merged
    assert [p.question for p in kept] == ["Somebody tell me about refunds", QUESTION]


async def test_a_doubtful_merge_is_proposed(ana: Customer) -> None:
    known, other, proposal = await _doubt(ana)

    assert known != other
    assert proposal.what == Merge(source=other, into=known)
    assert proposal.evidence["similarity"] > 0.8
    assert proposal.evidence["same_numbers"] is False


async def test_an_accepted_merge_merges(ana: Customer) -> None:
    known, other, proposal = await _doubt(ana)

    done = await proposals.accept(ana.desk, ana.workspace, proposal.id, author=TINA)

    assert done.status is ProposalStatus.ACCEPTED
    async with ana.desk.stores.within(ana.workspace).begin() as tx:
        kept, gone = await tx.resolutions.get(known), await tx.resolutions.get(other)
        newest, *_ = await tx.resolutions.revisions(known)
    assert kept.content.answer == ANSWER
    assert len(kept.content.phrasings) == 2
    assert gone.content.status is ResolutionStatus.DELETED
    assert newest.actor == "Tina"
    assert len(await _precedents(ana.desk, ana.workspace, known)) == 2
    assert await _open(ana.desk, ana.workspace) == []


async def test_a_declined_merge_is_remembered(ana: Customer, tina: Answerer) -> None:
    _, other, proposal = await _doubt(ana)
    await proposals.decline(ana.desk, ana.workspace, proposal.id, author=TINA)

    async with ana.desk.stores.within(ana.workspace).begin() as tx:
        assert (await tx.resolutions.get(other)).duplicate_of is None
        again = await tx.proposals.make(proposal.what, words=["again"], evidence={})
    assert again.status is ProposalStatus.DECLINED
    assert again.words == proposal.words


async def test_what_is_deleted_meanwhile_can_not_be_merged(ana: Customer) -> None:
    _, other, proposal = await _doubt(ana)
    await resolutions.delete(ana.desk, ana.workspace, other, author=TINA)

    with pytest.raises(Invalid, match="restore it first"):
        await proposals.accept(ana.desk, ana.workspace, proposal.id, author=TINA)
    with pytest.raises(NotFound):
        await proposals.accept(ana.desk, ana.workspace, ProposalId(new_id()), author=TINA)


async def test_merged_answers_hold_where_either_did(desk: Desk, workspace: WorkspaceId) -> None:
    made = [
        await resolutions.create(
            desk, workspace, Edit(answer=a, phrasings=[a], scope={"page": page}), author=TINA
        )
        for a, page in (("One.", "/a"), ("Two.", ["/b", "/c"]))
    ]
    merged = await resolutions.merge(desk, workspace, made[0].id, made[1].id, author=TINA)
    assert merged.content.scope == {"page": ["/b", "/c", "/a"]}
    assert (await Customer(desk=desk, workspace=workspace).asks("One.")).status is (
        TurnStatus.ESCALATED
    )
