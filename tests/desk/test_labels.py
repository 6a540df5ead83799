"""The gate learns from what people make of its answers, and asks now and then all the same."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from support_graph.desk import resolutions, signals
from support_graph.desk.parts import Desk
from support_graph.desk.resolutions import Edit
from support_graph.domain.calibration import REFIT_EVERY
from support_graph.domain.errors import Invalid
from support_graph.domain.evidence import EvidenceKind, Label, LabelSource
from support_graph.domain.ids import WorkspaceId
from support_graph.domain.signals import Rating
from support_graph.domain.turns import Action, Turn, TurnStatus
from support_graph.learning.calibrating import PRIOR, refit
from support_graph.learning.features import EXTENDED_NAMES
from support_graph.learning.revise import Author
from tests.conftest import new_workspace
from tests.desk.conftest import Answerer, Customer, teach

QUESTION = "How do I reset my API key?"
REWORDED = "How can I reset the API key I have?"
UNSURE = "The integration says my key is not valid any more"
ANSWER = "Open Settings, choose API keys, and press Regenerate."


async def _labels(desk: Desk, workspace: WorkspaceId) -> Sequence[Label]:
    """Newest first."""
    async with desk.stores.within(workspace).begin() as tx:
        return await tx.labels.last(EvidenceKind.RESOLUTION, 100)


async def _rated(customer: Customer, turn: Turn, rating: Rating) -> None:
    async with customer.desk.stores.within(customer.workspace).begin() as tx:
        current = await tx.turns.get(turn.id)
    assert current.reply_id is not None
    await signals.rate(customer.desk, customer.workspace, current.reply_id, rating, comment=None)


async def test_an_accepted_draft_says_that_the_candidate_was_right(
    ana: Customer, tina: Answerer
) -> None:
    await teach(ana.desk, ana.workspace, QUESTION, ANSWER)
    turn = await ana.asks(UNSURE)
    await tina.decides(turn, Action.ACCEPT)
    await tina.taught(turn)

    (label,) = await _labels(ana.desk, ana.workspace)
    assert (label.right, label.source) == (True, LabelSource.HUMAN)
    assert len(label.features) == len(EXTENDED_NAMES)


@pytest.mark.parametrize(("text", "right"), [("Press Regenerate!", False), (ANSWER.lower(), True)])
async def test_another_answer_says_that_the_candidate_was_wrong(
    ana: Customer, tina: Answerer, text: str, right: bool
) -> None:
    await teach(ana.desk, ana.workspace, QUESTION, ANSWER)
    turn = await ana.asks(UNSURE)
    await tina.answers(turn, text)

    (label,) = await _labels(ana.desk, ana.workspace)
    assert label.right is right


async def test_a_dismissed_question_says_nothing(ana: Customer, tina: Answerer) -> None:
    await teach(ana.desk, ana.workspace, QUESTION, ANSWER)
    turn = await ana.asks(UNSURE)
    await tina.decides(turn, Action.DISMISS)
    await tina.taught(turn)

    assert await _labels(ana.desk, ana.workspace) == []


async def test_a_complaint_says_that_the_answer_was_wrong(ana: Customer, tina: Answerer) -> None:
    known = await teach(ana.desk, ana.workspace, QUESTION, ANSWER)
    await _rated(ana, await ana.asks(REWORDED), Rating.DOWN)

    (label,) = await _labels(ana.desk, ana.workspace)
    assert (label.right, label.source) == (False, LabelSource.RATING)
    async with ana.desk.stores.within(ana.workspace).begin() as tx:
        record = await tx.records.of(known, None)
    assert (record.ok, record.bad) == (0.0, 1.0)


async def test_silence_is_consent_after_the_set_time(ana: Customer, tina: Answerer) -> None:
    await teach(ana.desk, ana.workspace, QUESTION, ANSWER)
    await ana.asks(REWORDED)
    assert await signals.settle(ana.desk, ana.workspace) == 0

    async with ana.desk.stores.within(ana.workspace).begin() as tx:
        settings = (await tx.workspace.read()).settings
        await tx.workspace.set(replace(settings, silence_hours=0.0))
    assert await signals.settle(ana.desk, ana.workspace) == 1
    assert await signals.settle(ana.desk, ana.workspace) == 0

    (label,) = await _labels(ana.desk, ana.workspace)
    assert (label.right, label.source) == (True, LabelSource.SILENCE)


async def test_a_late_complaint_overrules_silence(ana: Customer, tina: Answerer) -> None:
    await teach(ana.desk, ana.workspace, QUESTION, ANSWER)
    turn = await ana.asks(REWORDED)
    async with ana.desk.stores.within(ana.workspace).begin() as tx:
        settings = (await tx.workspace.read()).settings
        await tx.workspace.set(replace(settings, silence_hours=0.0))
    await signals.settle(ana.desk, ana.workspace)

    await _rated(ana, turn, Rating.DOWN)

    (label,) = await _labels(ana.desk, ana.workspace)
    assert (label.right, label.source) == (False, LabelSource.RATING)


async def test_only_replies_can_be_rated(ana: Customer) -> None:
    turn = await ana.asks(QUESTION)
    with pytest.raises(Invalid):
        await signals.rate(ana.desk, ana.workspace, turn.message_id, Rating.UP, comment=None)


async def test_the_gate_is_fitted_again_after_enough_labels(ana: Customer, tina: Answerer) -> None:
    """The same question, complained about again and again, is not answered any more."""
    await teach(ana.desk, ana.workspace, QUESTION, ANSWER)
    sure = await ana.asks(REWORDED)
    assert sure.status is TurnStatus.ANSWERED
    async with ana.desk.stores.within(ana.workspace).begin() as tx:
        judged = sure.explanation["resolution"]
        for n in range(REFIT_EVERY):
            await tx.labels.add((await _copy(ana, n)).id, _rating(judged, right=False))
    async with ana.desk.stores.within(ana.workspace).begin() as tx:
        assert await refit(tx, EvidenceKind.RESOLUTION, prior=PRIOR)
        assert not await refit(tx, EvidenceKind.RESOLUTION, prior=PRIOR)

    again = await ana.asks(REWORDED)
    assert again.status is TurnStatus.ESCALATED
    assert again.explanation["resolution"]["confidence"] < judged["confidence"]


async def test_what_humans_said_lately_counts_more(desk: Desk) -> None:
    """As often right as wrong: what matters is which of them came last."""
    half = REFIT_EVERY // 2 + 1
    better, worse = [False] * half + [True] * half, [True] * half + [False] * half

    assert await _sure_after(desk, better) > await _sure_after(desk, worse)


async def _sure_after(desk: Desk, rights: Sequence[bool]) -> float:
    """The confidence in a workspace whose teammates took the answer like this, one by one."""
    workspace = await new_workspace(desk)
    ana = Customer(desk=desk, workspace=workspace)
    await teach(desk, workspace, QUESTION, ANSWER)
    judged = (await ana.asks(REWORDED)).explanation["resolution"]
    for n, right in enumerate(rights):
        turn = await _copy(ana, n)
        async with desk.stores.within(workspace).begin() as tx:
            label = replace(_rating(judged, right=right), source=LabelSource.HUMAN)
            await tx.labels.add(turn.id, label)
    async with desk.stores.within(workspace).begin() as tx:
        await refit(tx, EvidenceKind.RESOLUTION, prior=PRIOR)
    after = (await ana.asks(REWORDED)).explanation["resolution"]
    return float(after["confidence"])


def _rating(judged: dict[str, Any], *, right: bool) -> Label:
    return Label(
        kind=EvidenceKind.RESOLUTION,
        source=LabelSource.RATING,
        right=right,
        weight=1.0,
        features=tuple(judged["features"][name] for name in EXTENDED_NAMES),
        confidence=judged["confidence"],
    )


async def _copy(customer: Customer, number: int) -> Turn:
    """Some turn for a label to be about."""
    return await customer.asks(f"hello {number}")


async def test_some_of_what_could_be_answered_goes_to_a_human(desk: Desk) -> None:
    workspace = await new_workspace(desk, audits=True)
    async with desk.stores.within(workspace).begin() as tx:
        settings = (await tx.workspace.read()).settings
        await tx.workspace.set(replace(settings, target_precision=0.2))
    edit = Edit(answer=ANSWER, phrasings=[QUESTION])
    await resolutions.create(desk, workspace, edit, author=Author(name="Tina"))
    customers = [Customer(desk=desk, workspace=workspace, name=f"{n}") for n in range(1_000)]
    for customer in customers[:50]:
        assert (await customer.asks(UNSURE)).status is TurnStatus.ANSWERED

    turns = [await customer.asks(UNSURE) for customer in customers[50:110]]
    for customer in customers[110:]:  # until chance, which is 1 in 130 at least, has taken one
        if any(turn.status is TurnStatus.ESCALATED for turn in turns):
            break
        turns.append(await customer.asks(UNSURE))

    verdicts = [turn.explanation["verdict"] for turn in turns]
    for verdict in verdicts:
        chance = min(0.3, max(0.0075, 1 - verdict["confidence"]))
        assert verdict["audit_chance"] == pytest.approx(chance)
    audited = [turn for turn in turns if turn.status is TurnStatus.ESCALATED]
    assert {turn.explanation["verdict"]["reason"] for turn in audited} == {"audit"}
    assert 0 < len(audited) < 40


async def test_what_was_learned_goes_with_the_resolution_it_was_learned_for(
    ana: Customer, tina: Answerer
) -> None:
    """Deleting takes a resolution's messages out of what is familiar; restoring brings them in."""
    known = await teach(ana.desk, ana.workspace, QUESTION, ANSWER)
    other = await teach(ana.desk, ana.workspace, "Do you ship to Norway?", "Yes.")
    before = (await ana.asks(REWORDED)).explanation["resolution"]

    await resolutions.delete(ana.desk, ana.workspace, known, author=Author(name="Tina"))
    gone = (await ana.asks(REWORDED)).explanation
    assert gone["evidence"]["resolutions"][0]["id"] == str(other)
    await resolutions.restore(ana.desk, ana.workspace, known, 1, author=Author(name="Tina"))

    after = (await ana.asks(REWORDED)).explanation["resolution"]
    for name in ("likelihood_lead", "familiarity"):
        assert after["features"][name] == pytest.approx(before["features"][name], abs=0.05)
