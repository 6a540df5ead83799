"""What people make of an answer from the documents, as labels that the Brain's gate learns from."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from support_graph.brain.evidence import NAMES, PRIOR
from support_graph.desk import signals
from support_graph.desk.parts import Desk
from support_graph.domain.calibration import REFIT_EVERY
from support_graph.domain.evidence import EvidenceKind, Label, LabelSource
from support_graph.domain.ids import WorkspaceId
from support_graph.domain.signals import Rating
from support_graph.domain.turns import Action, Turn, TurnStatus
from support_graph.domain.workspaces import Mode
from support_graph.learning.calibrating import refit
from support_graph.store.labels import Fit
from tests.desk.conftest import Answerer, Customer, document, teach

GUIDE = """# Refunds

A refund is paid to your bank account within 5 working days after we approve it.

# Invoices

Invoices are sent on the first day of each month to the billing contact.

# Teams

Invite a teammate by e-mail; they choose a password of their own.
"""
QUESTION = "When does a refund get to my bank?"


@pytest.fixture(autouse=True)
async def guide(desk: Desk, workspace: WorkspaceId) -> None:
    await document(desk, workspace, "Guide", GUIDE)


async def _labels(customer: Customer) -> Sequence[Label]:
    async with customer.desk.stores.within(customer.workspace).begin() as tx:
        return await tx.labels.last(EvidenceKind.BRAIN, 100)


async def _drafted(customer: Customer) -> Turn:
    """A turn whose draft is from the documents, and waits for a teammate."""
    turn = await customer.asks(QUESTION)
    assert turn.status is TurnStatus.ESCALATED
    assert turn.explanation["draft"]["rests_on"] == "brain"
    return turn


async def _answered(customer: Customer) -> Turn:
    """A turn that was answered from the documents."""
    await _set(customer, target_precision=0.3)
    turn = await customer.asks(QUESTION)
    assert turn.status is TurnStatus.ANSWERED
    async with customer.desk.stores.within(customer.workspace).begin() as tx:
        return await tx.turns.get(turn.id)


async def _set(customer: Customer, **changes: Any) -> None:
    async with customer.desk.stores.within(customer.workspace).begin() as tx:
        settings = (await tx.workspace.read()).settings
        await tx.workspace.set(replace(settings, **changes))


async def test_an_accepted_draft_says_that_the_passage_was_right(
    ana: Customer, tina: Answerer
) -> None:
    turn = await _drafted(ana)
    await tina.decides(turn, Action.ACCEPT)
    await tina.taught(turn)

    (label,) = await _labels(ana)
    assert (label.right, label.source) == (True, LabelSource.HUMAN)
    stored = turn.explanation["brain"]["features"]
    assert label.features == tuple(stored[name] for name in NAMES)
    assert PRIOR.knowing(0).confidence(label.features) == pytest.approx(label.confidence)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Hi! A refund is paid to your bank account within 5 working days of approval.", True),
        ("A refund is paid to your bank account within 9 working days after we approve.", False),
        ("We don't do refunds.", False),
    ],
)
async def test_an_edit_says_whether_the_passage_was_right(
    ana: Customer, tina: Answerer, text: str, right: bool
) -> None:
    turn = await _drafted(ana)
    await tina.decides(turn, Action.EDIT, text=text)
    await tina.taught(turn)

    (label,) = await _labels(ana)
    assert label.right is right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("A refund is paid to your bank account within 5 working days after we approve it.",
         [True]),
        ("Please call us, then we look into your case.", [False]),
        ("Refunds reach the bank account 5 working days after they are approved.", []),
    ],
)  # fmt: skip
async def test_an_answer_in_own_words_says_so_only_if_it_can_be_told(
    ana: Customer, tina: Answerer, text: str, right: list[bool]
) -> None:
    turn = await _drafted(ana)
    await tina.answers(turn, text)

    assert [label.right for label in await _labels(ana)] == right


async def test_a_past_answer_says_nothing_about_the_passage_that_came_second(
    ana: Customer, tina: Answerer
) -> None:
    await teach(ana.desk, ana.workspace, "When is my refund there?", "After five days.")
    before = len(await _labels(ana))
    await _set(ana, mode=Mode.DRAFT)
    turn = await ana.asks("When is my refund there?")
    assert turn.explanation["brain"] is not None
    assert turn.explanation["draft"]["rests_on"] == "resolution"

    await tina.answers(turn, "After five days.")

    assert len(await _labels(ana)) == before


async def test_silence_and_complaints_are_about_the_passage(ana: Customer) -> None:
    turn = await _answered(ana)
    await _set(ana, silence_hours=0.0)
    await signals.settle(ana.desk, ana.workspace)
    (label,) = await _labels(ana)
    assert (label.right, label.source) == (True, LabelSource.SILENCE)

    assert turn.reply_id is not None
    await signals.rate(ana.desk, ana.workspace, turn.reply_id, Rating.DOWN, comment=None)
    (label,) = await _labels(ana)
    assert (label.right, label.source, label.weight) == (False, LabelSource.RATING, 1.0)


@pytest.mark.parametrize("right", [True, False])
async def test_the_brain_is_trusted_as_it_proves(ana: Customer, right: bool) -> None:
    """Labels of passages move the confidence in passages, and that in nothing else."""
    turn = await _drafted(ana)
    judged = turn.explanation["brain"]
    features = tuple(judged["features"][name] for name in NAMES)
    async with ana.desk.stores.within(ana.workspace).begin() as tx:
        for number in range(REFIT_EVERY):
            about = await ana.asks(f"hello {number}")
            await tx.labels.add(
                about.id,
                Label(
                    kind=EvidenceKind.BRAIN,
                    source=LabelSource.HUMAN,
                    right=right,
                    weight=1.0,
                    features=features,
                    confidence=judged["confidence"],
                ),
            )
    async with ana.desk.stores.within(ana.workspace).begin() as tx:
        assert await refit(tx, EvidenceKind.BRAIN, prior=PRIOR)
        assert await tx.fits.newest(EvidenceKind.RESOLUTION) is None

    other = replace(ana, name="bea")
    again = (await other.asks(QUESTION)).explanation["brain"]
    assert again["features"] == pytest.approx(judged["features"])
    assert (again["confidence"] > judged["confidence"]) is right


async def test_a_fit_that_is_stored_is_the_fit_that_judges(ana: Customer) -> None:
    fitted = Fit(
        labels=25,
        beta=tuple(PRIOR.beta.tolist()),
        hessian=tuple((PRIOR.hessian * 3).ravel().tolist()),
    )
    async with ana.desk.stores.within(ana.workspace).begin() as tx:
        await tx.fits.add(EvidenceKind.BRAIN, fitted)
        stored = await tx.fits.newest(EvidenceKind.BRAIN)

    brain = (await ana.asks(QUESTION)).explanation["brain"]
    x = [brain["features"][name] for name in NAMES]
    assert brain["confidence"] == pytest.approx(Fit.applied(stored, PRIOR).confidence(x))


def test_features_are_in_the_order_in_which_labels_keep_them() -> None:
    assert list(NAMES) == sorted(NAMES)
