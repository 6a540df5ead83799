"""The gate: whether a draft is sent, or a human answers."""

from dataclasses import dataclass

from support_graph.domain.evidence import HandoffReason, Judgement, Verdict
from support_graph.domain.messages import MessageKind
from support_graph.domain.workspaces import Mode

SOMETHING = 0.25
"""Below this confidence the evidence is not about the question: knowledge is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that the gate looks at; judgements are None where nothing was found.

    `uses_resolution` says which of the two judgements the draft rests on; `pinned_rival` that the
    draft rests on passages although a pinned resolution may apply.
    """

    kind: MessageKind
    mode: Mode
    target_precision: float
    resolution: Judgement | None
    brain: Judgement | None
    has_draft: bool
    uses_resolution: bool
    quotes_internal: bool
    pinned_rival: bool
    failures: tuple[str, ...]

    @property
    def confidence(self) -> float:
        """In the draft, or in the best evidence when nothing was worth drafting."""
        if self.has_draft:
            judgement = self.resolution if self.uses_resolution else self.brain
            return judgement.confidence if judgement else 0.0
        return max((j.confidence for j in (self.resolution, self.brain) if j), default=0.0)


def judge(case: Case) -> Verdict:
    """The verdict. It never sends more when the confidence is less, or the target is higher."""
    reason, words = _forbidden(case) or _unsure(case) or (None, _assured(case))
    return Verdict(
        send=reason is None,
        confidence=case.confidence,
        threshold=case.target_precision,
        reason=reason,
        words=words,
    )


_Reason = tuple[HandoffReason, tuple[str, ...]]


def _forbidden(case: Case) -> _Reason | None:
    """What is never answered automatically, however good the evidence."""
    if case.failures:
        return HandoffReason.TOOL_FAILURE, tuple(f"A tool failed: {f}" for f in case.failures)
    if case.kind is MessageKind.HUMAN_REQUEST:
        return HandoffReason.CUSTOMER_REQUEST, ("The customer asked for a human.",)
    if case.kind is MessageKind.INSTRUCTION:
        words = ("The message tries to instruct the assistant instead of asking something.",)
        return HandoffReason.POLICY, words
    if case.mode is not Mode.AUTO:
        words = (f"The assistant's mode here is {case.mode.value}, so a teammate sends.",)
        return HandoffReason.POLICY, words
    if case.has_draft and case.quotes_internal:
        return HandoffReason.POLICY, ("The draft quotes internal documents.",)
    return None


def _unsure(case: Case) -> _Reason | None:
    if not case.has_draft or case.confidence < SOMETHING:
        words = "Nothing that was answered before or is in the documents is likely to answer this."
        return HandoffReason.MISSING_KNOWLEDGE, (words,)
    if case.pinned_rival:
        words = "The documents say something, but a pinned answer may apply instead."
        return HandoffReason.LOW_CONFIDENCE, (words,)
    if case.confidence < case.target_precision:
        kind = "past answer" if case.uses_resolution else "passage"
        words = (
            f"The best {kind} is right with a probability of {case.confidence:.0%}, "
            f"and {case.target_precision:.0%} is asked for."
        )
        return HandoffReason.LOW_CONFIDENCE, (words,)
    return None


def _assured(case: Case) -> tuple[str, ...]:
    kind = "A past answer" if case.uses_resolution else "A passage of the documents"
    words = (
        f"{kind} fits with a probability of {case.confidence:.1%}, "
        f"and {case.target_precision:.0%} is asked for."
    )
    return (words,)
