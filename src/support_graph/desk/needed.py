"""What would have been needed for the assistant to answer, as the workspace stands now.

Steps are tried on the evidence and judged by the models and the threshold in force, so what is
named here is enough by itself. It takes some 20 ms, and only readers of an explanation wait for it.
"""

import math
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from support_graph.desk.parts import Desk
from support_graph.domain.documents import Visibility
from support_graph.domain.evidence import EvidenceKind, HandoffReason
from support_graph.domain.ids import IntentId, PassageId
from support_graph.domain.messages import MessageKind
from support_graph.domain.needs import Need, Step
from support_graph.domain.scope import facts_of
from support_graph.domain.turns import Turn, TurnStatus
from support_graph.domain.workspaces import Mode
from support_graph.learning.aim import REPEATED, promised
from support_graph.learning.needed import teachings
from support_graph.learning.precision import strictest
from support_graph.learning.standard import Standard
from support_graph.store.database import Transaction

_WORTH_LESS = 0.8
"""Nobody would want to be content with less."""

_NOTHING = {
    HandoffReason.CUSTOMER_REQUEST: "Nothing: a customer who asks for a human gets one.",
    HandoffReason.TOOL_FAILURE: "Nothing that can be taught: a tool failed.",
    HandoffReason.AUDIT: "Nothing: it could have been answered.",
}
_INSTRUCTED = "Nothing: a message that instructs the assistant is never answered by it."
_KNOWN_NOW = "Nothing any more: asked again now, it would be answered."
_NO_STEP = "No single step would be enough."


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """Each of `steps` is enough; the fewest and surest first. `words` say it in sentences."""

    steps: tuple[Need, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """A question that went to a teammate, or would have gone: its explanation, and its facts."""

    explanation: Mapping[str, Any]
    facts: dict[str, Any]
    intent_id: IntentId | None


async def needed_for(desk: Desk, tx: Transaction, turn: Turn) -> Needed | None:
    """None for a turn that did not go to a teammate."""
    if turn.status is not TurnStatus.ESCALATED or turn.explanation.get("verdict") is None:
        return None
    conversation = await tx.conversations.get(turn.conversation_id)
    handoff = Handoff(
        explanation=turn.explanation,
        facts=facts_of({**conversation.contact.attributes, **turn.context}),
        intent_id=turn.intent_id,
    )
    return await needed_by(desk, tx, handoff)


async def needed_by(desk: Desk, tx: Transaction, handoff: Handoff) -> Needed:
    verdict = handoff.explanation["verdict"]
    reason = HandoffReason(verdict["reason"])
    if reason in _NOTHING:
        return _without(_NOTHING[reason])
    if handoff.explanation["kind"] == MessageKind.INSTRUCTION:
        return _without(_INSTRUCTED)
    case = await _Case.of(desk, tx, handoff)
    if case.manual:
        sure = verdict["confidence"] >= verdict["threshold"]
        return _with([Need(step=Step.AUTOMATIC, confidence=verdict["confidence"])] if sure else [])
    if await case.known_now():
        return _without(_KNOWN_NOW)
    return _with([need async for need in case.steps()])


def _without(words: str) -> Needed:
    return Needed(steps=(), words=(words,))


def _with(steps: Sequence[Need]) -> Needed:
    ordered = sorted(steps, key=lambda n: (n.step is Step.LOWER_TARGET, n.times, -n.confidence))
    return Needed(steps=tuple(ordered), words=tuple(need.words for need in ordered) or (_NO_STEP,))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A handoff, and the numbers by which it would be judged now.

    `manual`: a teammate sends here, whatever is found.
    """

    desk: Desk
    tx: Transaction
    handoff: Handoff
    target: float
    manual: bool
    standard: Standard

    @classmethod
    async def of(cls, desk: Desk, tx: Transaction, handoff: Handoff) -> "_Case":
        settings = (await tx.workspace.read()).settings
        policies = await tx.intents.policies(handoff.intent_id, None)
        intent = handoff.explanation["intent"]
        standard = await Standard.of(tx, settings, policies, intent=intent)
        restraint = policies.restraint(sending=False)
        return cls(
            desk=desk,
            tx=tx,
            handoff=handoff,
            target=strictest(standard.promised, standard.measured)[0],
            manual=restraint is not None or settings.mode is not Mode.AUTO,
            standard=standard,
        )

    @property
    def question(self) -> str:
        return str(self.handoff.explanation["standalone"])

    @property
    def documented(self) -> float:
        brain = self.handoff.explanation["brain"]
        return float(brain["confidence"]) if brain else 0.0

    async def known_now(self) -> bool:
        """What was taught since may be enough."""
        recall, facts = self.desk.tools.recall, self.handoff.facts
        judged = (await recall.search(self.tx, self.question, facts=facts)).judgement
        return judged is not None and self._past_answer_wins(
            judged.confidence, similarity=judged.features["similarity"]
        )

    async def steps(self) -> AsyncIterator[Need]:
        look = await self.desk.tools.recall.look(self.tx, self.question, facts=self.handoff.facts)
        taken: set[Step] = set()
        for need in await teachings(self.tx, look):
            # The best past answer may be far from the question; nobody would give it.
            drafted = self._draft("rests_on") == "resolution"
            likely = drafted or need.step in {Step.TAUGHT, Step.MERGED}
            fewest = need.step not in taken
            near = self._nearness(need.step)
            if likely and fewest and self._past_answer_wins(need.confidence, similarity=near):
                taken.add(need.step)
                yield need
        on_page = await self._on_page()
        if on_page is not None:
            yield on_page
        confidence = self.handoff.explanation["verdict"]["confidence"]
        target = math.floor(promised(confidence) * 100) / 100
        if _WORTH_LESS <= target < self.target and not self._overruled():
            yield Need(step=Step.LOWER_TARGET, confidence=confidence, target=target)

    async def _on_page(self) -> Need | None:
        """If the customer were on the page of the best passage."""
        hits = self.handoff.explanation["evidence"]["passages"]
        if not hits or self.handoff.facts.get("page_title") or self._overruled():
            return None
        best = PassageId(UUID(hits[0]["id"]))
        passage = (await self.tx.passages.among([best])).get(best)
        if passage is None or passage.visibility is Visibility.INTERNAL:
            return None
        found = await self.desk.tools.brain.search(self.tx, self.question, page_title=passage.title)
        p = found.judgement.confidence if found.judgement else 0.0
        past = self.handoff.explanation["resolution"]
        if p <= (past["confidence"] if past else 0.0) or not self._sends(p, EvidenceKind.BRAIN):
            return None
        return Need(step=Step.PAGE, confidence=p, page=passage.title)

    def _past_answer_wins(self, p: float, *, similarity: float | None) -> bool:
        """Whether the draft would rest on it, and be sent."""
        if p < self.documented:
            return False
        return self._sends(p, EvidenceKind.RESOLUTION, similarity=similarity)

    def _sends(self, p: float, kind: EvidenceKind, *, similarity: float | None = None) -> bool:
        return p >= self.standard.threshold(p, self.target, kind=kind, similarity=similarity)

    def _nearness(self, step: Step) -> float | None:
        """After a step that makes the question a phrasing, it is as near as can be."""
        judged = self.handoff.explanation["resolution"]
        if step in {Step.TAUGHT, Step.REPEATED} or not judged:
            return REPEATED
        return float(judged["features"]["similarity"])

    def _overruled(self) -> bool:
        """Whether the draft would not be sent however sure it is."""
        return bool(
            self.handoff.explanation["draft"] is None
            or self._draft("pinned_rival")
            or self._draft("quotes_internal")
        )

    def _draft(self, name: str) -> Any:
        draft = self.handoff.explanation["draft"]
        return draft[name] if draft else None
