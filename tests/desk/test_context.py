"""Context decides between answers: it is found out, it can be undone, and nobody guesses."""

from dataclasses import replace
from typing import Any

import pytest

from support_graph.desk import proposals, resolutions
from support_graph.desk.parts import Desk
from support_graph.desk.resolutions import Edit
from support_graph.domain.errors import ProposalDecided
from support_graph.domain.ids import ResolutionId, WorkspaceId
from support_graph.domain.proposals import Proposal, ProposalKind, ProposalStatus, Scoping
from support_graph.domain.resolutions import Change, Resolution
from support_graph.domain.turns import Turn, TurnStatus
from support_graph.domain.workspaces import Mode
from support_graph.learning.revise import Author
from tests.desk.conftest import Answerer, Customer

QUESTION = "How do I turn batching off?"
PYTHON, NODE = "/libraries/python", "/libraries/node"
ANSWERS = {
    PYTHON: "Set sync_mode to True when you make the client; then nothing waits in a queue.",
    NODE: "Give the constructor a flushAt of one, and each event leaves by itself.",
}
TINA = Author(name="Tina")


async def _set(desk: Desk, workspace: WorkspaceId, **changes: Any) -> None:
    async with desk.stores.within(workspace).begin() as tx:
        settings = (await tx.workspace.read()).settings
        await tx.workspace.set(replace(settings, **changes))


def _on(customer: Customer, page: str | None, **more: Any) -> Customer:
    context = {"page_url": f"https://docs.example.com{page}?from=search"} if page else {}
    return replace(customer, context={**context, **more})


async def _teach(
    ana: Customer, tina: Answerer, times: int, **more: Any
) -> tuple[dict[str, ResolutionId], Proposal | None]:
    """Each page's answer so many times, while teammates send everything; and what was found.

    A worker looks too; whoever comes second finds nothing left to do.
    """
    await _set(ana.desk, ana.workspace, mode=Mode.DRAFT)
    learned: dict[str, ResolutionId] = {}
    for n in range(times):
        for page, answer in ANSWERS.items():
            customer = _on(replace(ana, name=f"{n}{page}"), page, **more)
            turn = await customer.asks(QUESTION)
            taught = await tina.answers(turn, answer)
            assert taught.resolution_id is not None
            learned[page] = taught.resolution_id
            await proposals.discover(ana.desk, ana.workspace, turn.id)
    await _set(ana.desk, ana.workspace, mode=Mode.AUTO)
    listed = await _listed(ana.desk, ana.workspace)
    return learned, listed[0] if listed else None


async def _asks(customer: Customer, page: str | None, name: str = "bob", **more: Any) -> Turn:
    return await _on(replace(customer, name=name), page, **more).asks(QUESTION)


async def _resolution(desk: Desk, workspace: WorkspaceId, one: ResolutionId) -> Resolution:
    async with desk.stores.within(workspace).begin() as tx:
        return await tx.resolutions.get(one)


async def _listed(desk: Desk, workspace: WorkspaceId, **only: Any) -> list[Proposal]:
    wanted = {"status": None, "kind": None} | only
    async with desk.stores.within(workspace).begin() as tx:
        page = await tx.proposals.list(cursor=None, limit=50, **wanted)
    return list(page.items)


async def test_each_page_gets_its_own_answer(ana: Customer, tina: Answerer) -> None:
    await _teach(ana, tina, 5)

    for page, answer in ANSWERS.items():
        turn = await _asks(ana, page, name=page)
        assert turn.status is TurnStatus.ANSWERED, turn.explanation["verdict"]
        assert await ana.reply_to(turn) == answer


async def test_without_the_page_a_human_is_asked_for_it(ana: Customer, tina: Answerer) -> None:
    await _teach(ana, tina, 5)

    turn = await _asks(ana, None)

    assert turn.status is TurnStatus.ESCALATED
    verdict = turn.explanation["verdict"]
    assert verdict["reason"] == "missing_context"
    assert "On which page?" in verdict["words"][0]
    assert turn.explanation["missing"] == ["page"]


async def test_on_another_page_neither_is_given(ana: Customer, tina: Answerer) -> None:
    await _teach(ana, tina, 5)

    turn = await _asks(ana, "/libraries/ruby")

    assert turn.status is TurnStatus.ESCALATED
    assert turn.explanation["verdict"]["reason"] == "missing_knowledge"


async def test_the_answer_to_a_similar_question_does_not_stand_in(ana: Customer) -> None:
    """It is known, and its answer holds elsewhere: the next best one is another question's."""
    for asked, answer, scope in (
        ("How do you determine the app name?", "From the manifest.", {"page": [PYTHON]}),
        ("How do you determine the app version?", "From the build.", {}),
    ):
        edit = Edit(answer=answer, phrasings=[asked], scope=scope)
        await resolutions.create(ana.desk, ana.workspace, edit, author=TINA)

    turn = await _on(ana, NODE).asks("How do you determine the app name?")

    assert turn.status is TurnStatus.ESCALATED
    assert turn.explanation["draft"] is None
    version = await _on(ana, NODE).asks("How do you determine the app version?")
    assert await ana.reply_to(version) == "From the build."


async def test_a_human_who_says_the_same_elsewhere_widens_it(ana: Customer, tina: Answerer) -> None:
    learned, _ = await _teach(ana, tina, 5)
    await tina.answers(await _asks(ana, "/libraries/ruby"), ANSWERS[PYTHON])

    widened = await _resolution(ana.desk, ana.workspace, learned[PYTHON])
    assert widened.content.scope == {"page": [PYTHON, "/libraries/ruby"]}
    again = await _asks(ana, "/libraries/ruby", name="carl")
    assert again.status is TurnStatus.ANSWERED
    assert await ana.reply_to(again) == ANSWERS[PYTHON]


async def test_what_a_human_says_without_context_is_no_mark_against_anyone(
    ana: Customer, tina: Answerer
) -> None:
    learned, _ = await _teach(ana, tina, 5)
    before = [await _resolution(ana.desk, ana.workspace, one) for one in learned.values()]
    await tina.answers(await _asks(ana, None), "It depends; which library do you use?")

    after = [await _resolution(ana.desk, ana.workspace, one) for one in learned.values()]
    assert [(r.ok, r.bad) for r in after] == [(r.ok, r.bad) for r in before]


async def test_what_takes_effect_by_itself_is_in_the_log_and_can_be_undone(
    ana: Customer, tina: Answerer
) -> None:
    learned, found = await _teach(ana, tina, 5)

    assert found is not None
    assert (found.status, found.decided_by) == (ProposalStatus.ACCEPTED, "support-graph")
    async with ana.desk.stores.within(ana.workspace).begin() as tx:
        newest, before, *_ = await tx.resolutions.revisions(learned[NODE])
    assert (newest.change, newest.actor) == (Change.SCOPED, "support-graph")
    assert newest.note is not None
    assert "page" in newest.note
    for one in learned.values():
        log = await _resolution(ana.desk, ana.workspace, one)
        undone = await resolutions.restore(
            ana.desk, ana.workspace, one, log.revision - 1, author=TINA
        )
        assert undone.content.scope == {} == before.content.scope

    for page, answer in ANSWERS.items():  # and is not done again
        await tina.answers(await _asks(ana, page, name=f"again {page}"), answer)
    assert (await _resolution(ana.desk, ana.workspace, learned[NODE])).content.scope == {}


async def test_where_it_is_not_automatic_a_teammate_decides(ana: Customer, tina: Answerer) -> None:
    await _set(ana.desk, ana.workspace, scope_support=0)
    learned, found = await _teach(ana, tina, 6)

    assert found is not None
    assert found.status is ProposalStatus.OPEN
    assert isinstance(found.what, Scoping)
    assert found.what.values == {learned[PYTHON]: (PYTHON,), learned[NODE]: (NODE,)}
    assert found.evidence["support"] == 6
    assert found.evidence["chance"] < 0.01
    assert (await _asks(ana, PYTHON)).status is TurnStatus.ESCALATED

    done = await proposals.accept(ana.desk, ana.workspace, found.id, author=TINA)

    assert (done.status, done.decided_by) == (ProposalStatus.ACCEPTED, "Tina")
    turn = await _asks(ana, PYTHON, name="dora")
    assert await ana.reply_to(turn) == ANSWERS[PYTHON]
    with pytest.raises(ProposalDecided, match="Tina accepted"):
        await proposals.decline(ana.desk, ana.workspace, found.id, author=TINA)


async def test_what_was_declined_is_not_proposed_again(ana: Customer, tina: Answerer) -> None:
    await _set(ana.desk, ana.workspace, scope_support=0)
    _, found = await _teach(ana, tina, 4)
    assert found is not None
    await proposals.decline(ana.desk, ana.workspace, found.id, author=TINA)

    await _set(ana.desk, ana.workspace, scope_support=5)
    learned, again = await _teach(replace(ana, name="later"), tina, 4)

    assert again is not None
    assert (again.id, again.status) == (found.id, ProposalStatus.DECLINED)
    assert (await _resolution(ana.desk, ana.workspace, learned[NODE])).content.scope == {}


async def test_few_observations_are_nothing_to_ask_about(ana: Customer, tina: Answerer) -> None:
    _, found = await _teach(ana, tina, 2)

    assert found is None
    assert await _listed(ana.desk, ana.workspace) == []


async def test_two_facts_that_fit_alike_are_a_teammates_to_choose(
    ana: Customer, tina: Answerer
) -> None:
    await _set(ana.desk, ana.workspace, mode=Mode.DRAFT)
    for n in range(7):
        for page, plan in ((PYTHON, "scale"), (NODE, "free")):
            customer = _on(replace(ana, name=f"{n}{page}"), page, plan=plan)
            turn = await customer.asks(QUESTION)
            await tina.answers(turn, ANSWERS[page])
            await proposals.discover(ana.desk, ana.workspace, turn.id)

    (found,) = await _listed(ana.desk, ana.workspace)
    assert found.status is ProposalStatus.OPEN
    assert "only a person can say" in " ".join(found.words)


async def test_a_proposal_about_what_is_deleted_is_not_shown(ana: Customer, tina: Answerer) -> None:
    await _set(ana.desk, ana.workspace, scope_support=0)
    learned, _ = await _teach(ana, tina, 4)
    assert len(await _listed(ana.desk, ana.workspace, kind=ProposalKind.SCOPE)) == 1

    await resolutions.delete(ana.desk, ana.workspace, learned[NODE], author=TINA)

    assert await _listed(ana.desk, ana.workspace) == []
