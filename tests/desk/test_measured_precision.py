"""Audits measure how often answers are right; the gate asks for more when that is too rarely."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

import pytest

from support_graph.desk import analytics, resolutions, signals
from support_graph.desk.parts import Desk
from support_graph.desk.resolutions import Edit
from support_graph.domain.errors import Invalid
from support_graph.domain.evidence import EvidenceKind, Label, LabelSource
from support_graph.domain.ids import WorkspaceId
from support_graph.domain.turns import Turn, TurnStatus
from support_graph.learning.features import EXTENDED_NAMES
from support_graph.learning.measuring import measure
from support_graph.learning.revise import Author
from tests.desk.conftest import Answerer, Customer

QUESTION = "How do I reset my API key?"
UNSURE = "The integration says my key is not valid any more"
ANSWER = "Open Settings, choose API keys, and press Regenerate."


@dataclass(frozen=True, slots=True, kw_only=True)
class Strangers:
    """Customers who write once: who comes back was not helped, which is another story."""

    desk: Desk
    workspace: WorkspaceId

    async def asks(self, text: str) -> Turn:
        somebody = Customer(desk=self.desk, workspace=self.workspace, name=f"customer-{uuid4()}")
        return await somebody.asks(text)


@pytest.fixture
async def bold(desk: Desk, workspace: WorkspaceId) -> WorkspaceId:
    """A workspace that answers UNSURE, because it promises little."""
    edit = Edit(answer=ANSWER, phrasings=[QUESTION], intent="api_key")
    await resolutions.create(desk, workspace, edit, author=Author(name="Tina"))
    async with desk.stores.within(workspace).begin() as tx:
        settings = (await tx.workspace.read()).settings
        await tx.workspace.set(replace(settings, target_precision=0.55))
    return workspace


async def _audited(customer: Strangers, turns: Sequence[Turn], *, right: bool) -> None:
    """As if these answers had been audited, with a chance of one in five each, and come out so."""
    async with customer.desk.stores.within(customer.workspace).begin() as tx:
        for turn in turns:
            judged = turn.explanation["resolution"]
            await tx.turns.finish(
                turn.id,
                status=TurnStatus.ESCALATED,
                was=TurnStatus.ANSWERED,
                explanation=turn.explanation,
                confidence=judged["confidence"],
                audit_chance=0.2,
            )
            await tx.labels.add(
                turn.id,
                Label(
                    kind=EvidenceKind.RESOLUTION,
                    source=LabelSource.AUDIT,
                    right=right,
                    weight=1.0,
                    features=tuple(judged["features"][name] for name in EXTENDED_NAMES),
                    confidence=judged["confidence"],
                ),
            )
    async with customer.desk.stores.within(customer.workspace).begin() as tx:
        await measure(tx)


async def test_a_workspace_whose_audits_come_out_wrong_answers_less_until_they_are_better(
    desk: Desk, bold: WorkspaceId
) -> None:
    ana = Strangers(desk=desk, workspace=bold)
    turns = [await ana.asks(UNSURE) for _ in range(40)]
    assert {turn.status for turn in turns} == {TurnStatus.ANSWERED}
    before = (await analytics.precision(desk, bold)).total
    assert (before.required, before.is_tightened, before.measured) == (0.55, False, None)

    await _audited(ana, turns, right=False)

    tightened = (await analytics.precision(desk, bold)).total
    assert tightened.is_tightened
    again = await ana.asks(UNSURE)
    assert again.status is TurnStatus.ESCALATED
    verdict = again.explanation["verdict"]
    assert verdict["confidence"] == pytest.approx(turns[-1].explanation["verdict"]["confidence"])
    assert verdict["confidence"] < verdict["threshold"]
    assert "Audits found 0% of the answers right" in " ".join(verdict["words"])
    assert (await ana.asks(QUESTION)).status is TurnStatus.ANSWERED

    good = [await ana.asks(QUESTION) for _ in range(90)]
    await _audited(ana, good, right=True)

    assert not (await analytics.precision(desk, bold)).total.is_tightened
    assert (await ana.asks(UNSURE)).status is TurnStatus.ANSWERED


async def test_one_intents_bad_audits_are_its_own(desk: Desk, bold: WorkspaceId) -> None:
    edit = Edit(answer="Yes, we do.", phrasings=["Do you ship to Norway?"], intent="shipping")
    await resolutions.create(desk, bold, edit, author=Author(name="Tina"))
    ana = Strangers(desk=desk, workspace=bold)
    keys = [await ana.asks(QUESTION) for _ in range(20)]
    ships = [await ana.asks("Do you ship to Norway?") for _ in range(60)]
    await _audited(ana, ships, right=True)
    await _audited(ana, keys, right=False)

    report = await analytics.precision(desk, bold)
    by_intent = {one.intent: one for one in report.intents}
    assert by_intent["api_key"].is_tightened
    assert not by_intent["shipping"].is_tightened
    assert not report.total.is_tightened
    assert report.total.measured is not None
    assert report.total.measured.audits == 80
    assert report.total.measured.estimate == pytest.approx(0.75)


async def test_a_real_audit_is_counted_once_it_is_answered(desk: Desk, bold: WorkspaceId) -> None:
    ana, tina = Strangers(desk=desk, workspace=bold), Answerer(desk=desk, workspace=bold)
    for _ in range(50):
        await ana.asks("hello")
    async with desk.stores.within(bold).begin() as tx:
        settings = (await tx.workspace.read()).settings
        await tx.workspace.set(replace(settings, audit_ceiling=0.3))
    audit: Turn | None = None
    for _ in range(120):
        turn = await ana.asks(UNSURE)
        if turn.status is TurnStatus.ESCALATED:
            audit = turn
            break
    assert audit is not None
    assert audit.explanation["verdict"]["reason"] == "audit"
    assert (await analytics.precision(desk, bold)).total.waiting == 1

    await tina.answers(audit, "Ask your administrator for a new one.")
    await signals.settle(desk, bold)

    total = (await analytics.precision(desk, bold)).total
    assert total.waiting == 0
    assert total.measured is not None
    assert (total.measured.audits, total.measured.wrong) == (1, 1)
    assert total.interval is None  # one audit says nothing


async def test_a_reliability_table_needs_labels(desk: Desk, bold: WorkspaceId) -> None:
    ana = Strangers(desk=desk, workspace=bold)
    turns = [await ana.asks(UNSURE) for _ in range(20)]
    within = analytics.span(desk, start=None, end=None)
    kind = EvidenceKind.RESOLUTION
    empty = await analytics.calibration(desk, bold, within, kind=kind)
    assert (empty.labels, empty.unlabelled, empty.brier) == (0, 20, None)
    assert {one.right for one in empty.bins} == {None}

    await _audited(ana, turns[:5], right=False)
    await _audited(ana, turns[5:], right=True)

    within = analytics.span(desk, start=None, end=None)
    report = await analytics.calibration(desk, bold, within, kind=kind)
    assert (report.labels, report.unlabelled) == (20, 0)
    (told,) = [one for one in report.bins if one.labels]
    p = turns[0].explanation["resolution"]["confidence"]
    assert told.low <= p < told.high
    assert told.right == pytest.approx(0.75)
    assert told.weight == pytest.approx(100)
    assert told.confidence == pytest.approx(p, abs=0.01)
    assert report.brier == pytest.approx(0.75 * (1 - p) ** 2 + 0.25 * p**2, abs=0.01)


def test_a_span_has_a_beginning_before_its_end(idle_desk: Desk) -> None:
    now = idle_desk.clock()
    with pytest.raises(Invalid):
        analytics.span(idle_desk, start=now, end=now)
    with pytest.raises(Invalid):
        analytics.span(idle_desk, start=now - timedelta(days=800), end=now)
    assert analytics.span(idle_desk, start=None, end=None).start < now
