"""Customers say what they think of an answer, mostly without being asked; all of it is heard."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import permutations
from uuid import uuid4

import pytest

from support_graph.desk import signals
from support_graph.desk.parts import Desk
from support_graph.domain.evidence import EvidenceKind, Label, LabelSource
from support_graph.domain.ids import ResolutionId, WorkspaceId
from support_graph.domain.signals import OutcomeKind, Rating, Signal, SignalKind
from support_graph.domain.turns import Action, DecisionOutcome, Turn, TurnStatus
from support_graph.learning.signals import take
from support_graph.store.records import Record
from tests.desk.conftest import Answerer, Customer, teach

QUESTION = "How do I reset my API key?"
REWORDED = "How can I reset the API key I have?"
AGAIN = "How can I reset my API key?"
OTHER = "Do you ship to Norway?"
UNSURE = "The integration says my key is not valid any more"
ANSWER = "Open Settings, choose API keys, and press Regenerate."


@pytest.fixture
async def known(desk: Desk, workspace: WorkspaceId) -> ResolutionId:
    return await teach(desk, workspace, QUESTION, ANSWER)


@pytest.fixture
def ana(desk: Desk, workspace: WorkspaceId) -> Customer:
    """In one conversation."""
    return Customer(desk=desk, workspace=workspace, conversation="ana's chat")


async def _heard(customer: Customer, turn: Turn) -> dict[SignalKind, Signal]:
    async with customer.desk.stores.within(customer.workspace).begin() as tx:
        return {signal.kind: signal for signal in await tx.signals.of_turn(turn.id)}


async def _outcome(customer: Customer, turn: Turn) -> OutcomeKind | None:
    async with customer.desk.stores.within(customer.workspace).begin() as tx:
        found = await tx.outcomes.of_turn(turn.id)
    return found.kind if found else None


async def _label(customer: Customer, turn: Turn) -> Label | None:
    async with customer.desk.stores.within(customer.workspace).begin() as tx:
        return await tx.labels.of(turn.id, EvidenceKind.RESOLUTION)


async def _record(customer: Customer, answer: ResolutionId) -> Record:
    async with customer.desk.stores.within(customer.workspace).begin() as tx:
        return await tx.records.of(answer, None)


async def _patient(customer: Customer) -> None:
    """In a workspace where silence is consent at once."""
    async with customer.desk.stores.within(customer.workspace).begin() as tx:
        settings = (await tx.workspace.read()).settings
        await tx.workspace.set(replace(settings, silence_hours=0.0))
    await signals.settle(customer.desk, customer.workspace)


async def _answered(customer: Customer) -> Turn:
    turn = await customer.asks(REWORDED)
    assert turn.status is TurnStatus.ANSWERED
    return turn


async def test_thanks_that_it_worked_confirm_the_answer(ana: Customer, known: ResolutionId) -> None:
    turn = await _answered(ana)
    thanks = await ana.asks("Thanks, that worked!")

    heard = await _heard(ana, turn)
    assert set(heard) == {SignalKind.THANKS}
    assert heard[SignalKind.THANKS].message_id == thanks.message_id
    assert await _outcome(ana, turn) is OutcomeKind.CONFIRMED
    label = await _label(ana, turn)
    assert label is not None
    assert (label.right, label.source) == (True, LabelSource.THANKS)
    assert (await _record(ana, known)).ok == 1.0


@pytest.mark.parametrize("polite", ["Thanks!", "ok", "Hello again"])
async def test_being_polite_says_nothing(ana: Customer, known: ResolutionId, polite: str) -> None:
    turn = await _answered(ana)
    await ana.asks(polite)

    assert await _heard(ana, turn) == {}
    assert await _outcome(ana, turn) is None


async def test_a_customer_says_that_it_did_not_help(ana: Customer, known: ResolutionId) -> None:
    turn = await _answered(ana)
    after = await ana.asks("That didn't work.")

    assert after.status is TurnStatus.ESCALATED  # and not answered with the same again
    assert set(await _heard(ana, turn)) == {SignalKind.COMPLAINT}
    assert await _outcome(ana, turn) is OutcomeKind.UNRESOLVED
    assert (await _record(ana, known)).bad == 1.0


async def test_asking_the_same_again_in_other_words_is_a_complaint(
    ana: Customer, known: ResolutionId
) -> None:
    turn = await _answered(ana)
    again = await ana.asks(AGAIN)

    rephrase = (await _heard(ana, turn))[SignalKind.REPHRASE]
    assert rephrase.message_id == again.message_id
    assert rephrase.score is not None
    assert rephrase.score >= 0.85
    label = await _label(ana, turn)
    assert label is not None
    assert (label.right, label.source) == (False, LabelSource.REPHRASE)
    assert label.weight == pytest.approx(rephrase.score)
    assert await _outcome(ana, turn) is OutcomeKind.UNRESOLVED


@pytest.mark.parametrize("text", [OTHER, "And how often can I do that?"])
async def test_asking_something_else_is_none(ana: Customer, known: ResolutionId, text: str) -> None:
    turn = await _answered(ana)
    await ana.asks(text)

    assert await _heard(ana, turn) == {}


async def test_the_same_question_in_another_conversation_is_none(
    ana: Customer, known: ResolutionId
) -> None:
    turn = await _answered(ana)
    await Customer(desk=ana.desk, workspace=ana.workspace, name="ben").asks(AGAIN)

    assert await _heard(ana, turn) == {}


async def test_a_message_that_was_sent_before_the_answer_came_is_none(
    ana: Customer, known: ResolutionId
) -> None:
    first, second = await ana.writes(REWORDED), await ana.writes(AGAIN)
    turn = await ana.done(first)
    await ana.done(second)

    assert await _heard(ana, turn) == {}


async def test_wanting_a_human_after_an_answer_is_a_complaint(
    ana: Customer, known: ResolutionId
) -> None:
    turn = await _answered(ana)
    await ana.asks("Can I talk to a human please?")

    assert set(await _heard(ana, turn)) == {SignalKind.HUMAN_REQUEST}
    label = await _label(ana, turn)
    assert label is not None
    assert not label.right
    assert label.weight == pytest.approx(0.5)


async def test_what_was_taken_for_solved_is_reopened(ana: Customer, known: ResolutionId) -> None:
    turn = await _answered(ana)
    await _patient(ana)
    assert await _outcome(ana, turn) is OutcomeKind.ASSUMED
    await ana.asks(AGAIN)

    assert set(await _heard(ana, turn)) == {SignalKind.SILENCE, SignalKind.REOPENED}
    assert await _outcome(ana, turn) is OutcomeKind.UNRESOLVED
    record = await _record(ana, known)
    assert [record.ok, record.bad] == pytest.approx([0.0, 1.0])


async def test_what_a_teammate_solved_is_reopened(ana: Customer, tina: Answerer) -> None:
    turn = await ana.asks(QUESTION)
    assert await _outcome(ana, turn) is OutcomeKind.HANDED_OFF
    await tina.answers(turn, ANSWER)
    await ana.asks(AGAIN)

    assert set(await _heard(ana, turn)) == {SignalKind.REOPENED}
    assert await _outcome(ana, turn) is OutcomeKind.UNRESOLVED
    assert await _label(ana, turn) is None  # nothing was suggested that could be wrong


async def test_a_teammates_answer_is_confirmed(ana: Customer, tina: Answerer) -> None:
    turn = await ana.asks(QUESTION)
    await tina.answers(turn, ANSWER)
    await ana.asks("That fixed it, thank you so much")

    assert await _outcome(ana, turn) is OutcomeKind.CONFIRMED


async def test_a_customer_who_leaves_a_teammates_question_unanswered_has_left(
    ana: Customer, tina: Answerer
) -> None:
    turn = await ana.asks(QUESTION)
    await tina.answers(turn, "Which version is it?", outcome=DecisionOutcome.UNRESOLVED)
    await _patient(ana)

    assert set(await _heard(ana, turn)) == {SignalKind.ABANDONED}
    assert await _outcome(ana, turn) is OutcomeKind.ABANDONED
    assert await signals.settle(ana.desk, ana.workspace) == 0

    await ana.asks("Version 7, sorry for the delay")
    assert await _outcome(ana, turn) is OutcomeKind.HANDED_OFF


async def test_a_customer_who_waits_for_a_teammate_has_not_left(ana: Customer) -> None:
    turn = await ana.asks(QUESTION)
    await _patient(ana)

    assert await _heard(ana, turn) == {}


@pytest.mark.parametrize(
    ("text", "kind", "right"),
    [
        ("Open Settings, choose API keys and press Regenerate!", "polish", True),
        ("Keys can't be reset; make a new one and delete the old.", "correction", False),
    ],
)
async def test_an_edit_is_kept_and_weighed(
    ana: Customer, tina: Answerer, known: ResolutionId, text: str, kind: str, right: bool
) -> None:
    turn = await ana.asks(UNSURE)
    await tina.decides(turn, Action.EDIT, text=text)
    await tina.taught(turn)

    edit = (await _heard(ana, turn))[SignalKind.EDIT]
    assert edit.value == kind
    assert edit.detail["delta"]
    assert edit.score is not None
    assert (edit.score > 0.5) is right
    label = await _label(ana, turn)
    assert label is not None
    assert (label.right, label.source) == (right, LabelSource.HUMAN)


def _said(turn: Turn, kind: SignalKind, value: str | None, score: float | None) -> Signal:
    assert turn.reply_id is not None
    return Signal(turn_id=turn.id, kind=kind, message_id=turn.reply_id, value=value, score=score)


async def test_the_order_of_signals_and_their_number_do_not_matter(
    ana: Customer, known: ResolutionId
) -> None:
    ana.conversation = None
    told = [
        (SignalKind.SILENCE, None, None),
        (SignalKind.REPHRASE, None, 0.97),
        (SignalKind.THANKS, None, None),
        (SignalKind.CSAT, "2", None),
        (SignalKind.RATING, "up", None),
    ]
    ends = set()
    for order in list(permutations(told))[::17]:
        before = await _record(ana, known)
        turn = await _answered(replace(ana, name=f"customer-{uuid4()}"))
        async with ana.desk.stores.within(ana.workspace).begin() as tx:
            turn = await tx.turns.get(turn.id)
            for one in (*order, *order[::2]):
                await take(tx, turn, _said(turn, *one))
        label, after = await _label(ana, turn), await _record(ana, known)
        assert label is not None
        assert after.ok == pytest.approx(before.ok)
        assert after.bad == pytest.approx(before.bad * 0.9 + 1)
        ends.add((label.source, label.right, await _outcome(ana, turn)))
    assert ends == {(LabelSource.CSAT, False, OutcomeKind.UNRESOLVED)}


async def test_a_customer_who_thinks_better_of_it_leaves_no_trace_in_the_record(
    ana: Customer, known: ResolutionId
) -> None:
    turn = await _answered(ana)
    async with ana.desk.stores.within(ana.workspace).begin() as tx:
        turn = await tx.turns.get(turn.id)
    assert turn.reply_id is not None
    for rating in (Rating.DOWN, Rating.UP, Rating.DOWN, Rating.UP):
        await signals.rate(ana.desk, ana.workspace, turn.reply_id, rating, comment=None)

    record = await _record(ana, known)
    assert [record.ok, record.bad] == pytest.approx([1.0, 0.0])
    assert await _outcome(ana, turn) is OutcomeKind.CONFIRMED


async def test_a_neutral_satisfaction_takes_back_a_bad_one(
    ana: Customer, known: ResolutionId
) -> None:
    turn = await _answered(ana)
    async with ana.desk.stores.within(ana.workspace).begin() as tx:
        turn = await tx.turns.get(turn.id)
    assert turn.reply_id is not None
    for csat in (1, 3):
        await signals.judge(
            ana.desk, ana.workspace, turn.reply_id, rating=None, csat=csat, comment=None
        )

    assert await _label(ana, turn) is None
    assert await _outcome(ana, turn) is None
    assert (await _record(ana, known)).bad == pytest.approx(0.0)


Reaction = Callable[[Customer], Awaitable[object]]


async def _until_escalated(
    desk: Desk, workspace: WorkspaceId, reaction: Reaction | None, *, most: int
) -> int:
    """How many customers were answered before one was not."""
    for number in range(most):
        customer = Customer(
            desk=desk, workspace=workspace, name=f"c{number}", conversation=f"chat {number}"
        )
        if (await customer.asks(REWORDED)).status is not TurnStatus.ANSWERED:
            return number
        if reaction is not None:
            await reaction(customer)
    return most


@pytest.mark.parametrize(
    "reaction",
    [
        lambda customer: customer.asks(AGAIN),
        lambda customer: customer.asks("That didn't help"),
    ],
    ids=["rephrase", "complaint"],
)
async def test_a_question_that_is_asked_again_and_again_soon_goes_to_a_human(
    desk: Desk, workspace: WorkspaceId, known: ResolutionId, reaction: Reaction
) -> None:
    assert await _until_escalated(desk, workspace, reaction, most=10) < 10


async def test_a_question_whose_answer_satisfies_goes_on_being_answered(
    desk: Desk, workspace: WorkspaceId, known: ResolutionId
) -> None:
    async def content(customer: Customer) -> object:
        return await customer.asks("Great, that worked, thanks")

    assert await _until_escalated(desk, workspace, content, most=10) == 10
