"""The gate: whether a draft is sent, or a human answers."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from support_graph.domain.evidence import EvidenceKind, HandoffReason, Judgement, Verdict
from support_graph.domain.messages import MessageKind
from support_graph.domain.precision import Precision
from support_graph.domain.scope import PAGE
from support_graph.domain.sentences import Sentence, Told, told
from support_graph.domain.workspaces import Mode
from support_graph.learning.precision import in_words, strictest
from support_graph.learning.threshold import NEVER, audit_probability

SOMETHING = 0.25
"""Below this confidence the evidence is not about the question: knowledge is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that the gate looks at; judgements are None where nothing was found.

    `restrained` names the intent that `mode` belongs to, None where it is the workspace's;
    `uses_resolution` says which of the two judgements the draft rests on; `pinned_rival` that the
    draft rests on passages although a pinned resolution may apply. `tightening` says why
    `target_precision` is higher than what is promised; `missing` names the facts without which it
    is not known which answer holds; `tried` says why this contact must not be told the same again.
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
    tightening: tuple[Sentence, ...] = ()
    restrained: str | None = None
    missing: tuple[str, ...] = ()
    tried: Sentence | None = None

    @property
    def rests_on(self) -> EvidenceKind:
        """What the draft rests on, or the better evidence when nothing was worth drafting."""
        if self.has_draft:
            return EvidenceKind.RESOLUTION if self.uses_resolution else EvidenceKind.BRAIN
        documented = _confidence(self.brain) > _confidence(self.resolution)
        return EvidenceKind.BRAIN if documented else EvidenceKind.RESOLUTION

    @property
    def confidence(self) -> float:
        """In what it rests on."""
        rests_on_past = self.rests_on is EvidenceKind.RESOLUTION
        return _confidence(self.resolution if rests_on_past else self.brain)


def _confidence(judgement: Judgement | None) -> float:
    return judgement.confidence if judgement else 0.0


def tightened(case: Case, measured: Sequence[Precision]) -> Case:
    """The case with a higher target, while audits find fewer answers right than promised."""
    target = case.target_precision
    level, because = strictest(target, measured)
    if because is None:
        return case
    said = in_words(because, target=target, level=level)
    return replace(case, target_precision=level, tightening=(said,))


def judge(case: Case, *, threshold: float) -> Verdict:
    """The verdict. It never sends more when the confidence is less, or the threshold is higher."""
    reason, sentences = (
        _forbidden(case)
        or _undecided(case)
        or _unsure(case, threshold)
        or _tried(case)
        or (None, _assured(case, threshold))
    )
    return Verdict(
        send=reason is None,
        confidence=case.confidence,
        threshold=threshold,
        reason=reason,
        sentences=sentences,
        audit_chance=None,
    )


def audited(verdict: Verdict, *, luck: float, ceiling: float) -> Verdict:
    """Gives some of what could be answered to a human all the same, so that errors are measured.

    `luck` in [0, 1) decides; `ceiling` is the most that may be audited (0: nothing).
    """
    if not verdict.send:
        return verdict
    chance = min(ceiling, audit_probability(verdict.confidence))
    if luck >= chance:
        return replace(verdict, audit_chance=chance)
    return replace(
        verdict,
        send=False,
        reason=HandoffReason.AUDIT,
        sentences=(told(Told.AUDIT),),
        audit_chance=chance,
    )


def luck(turn_id: str) -> float:
    """A number in [0, 1) that a turn keeps: run again after a crash, it is decided the same."""
    digest = hashlib.sha256(turn_id.encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


_Reason = tuple[HandoffReason, tuple[Sentence, ...]]

_BY_KIND: dict[MessageKind, _Reason] = {
    MessageKind.HUMAN_REQUEST: (HandoffReason.CUSTOMER_REQUEST, (told(Told.ASKED_FOR_HUMAN),)),
    MessageKind.COMPLAINT: (HandoffReason.LOW_CONFIDENCE, (told(Told.DID_NOT_HELP),)),
    MessageKind.INSTRUCTION: (HandoffReason.POLICY, (told(Told.INSTRUCTS),)),
}


def _forbidden(case: Case) -> _Reason | None:
    """What is never answered automatically, however good the evidence."""
    if case.failures:
        failed = tuple(told(Told.TOOL_FAILED, what=what) for what in case.failures)
        return HandoffReason.TOOL_FAILURE, failed
    if case.kind in _BY_KIND:
        return _BY_KIND[case.kind]
    if case.mode is not Mode.AUTO:
        mode = case.mode.value
        if case.restrained is not None:
            said = told(Told.MODE_OF_INTENT, intent=case.restrained, mode=mode)
        else:
            said = told(Told.MODE, mode=mode)
        return HandoffReason.POLICY, (said,)
    if case.has_draft and case.quotes_internal:
        return HandoffReason.POLICY, (told(Told.QUOTES_INTERNAL),)
    return None


def _undecided(case: Case) -> _Reason | None:
    """What may be right, if only it were known where the customer is."""
    if not case.missing:
        return None
    return HandoffReason.MISSING_CONTEXT, tuple(_unknown(name) for name in case.missing)


def _tried(case: Case) -> _Reason | None:
    """What would be sent, had this customer not been told the same already."""
    return None if case.tried is None else (HandoffReason.ALREADY_TRIED, (case.tried,))


def _unknown(name: str) -> Sentence:
    return told(Told.PAGE_UNKNOWN if name == PAGE else Told.FACT_UNKNOWN, name=name)


def _unsure(case: Case, threshold: float) -> _Reason | None:
    if not case.has_draft or case.confidence < SOMETHING:
        return HandoffReason.MISSING_KNOWLEDGE, (told(Told.NOTHING_LIKELY),)
    if case.pinned_rival:
        return HandoffReason.LOW_CONFIDENCE, (told(Told.PINNED_RIVAL),)
    if threshold >= NEVER:
        return HandoffReason.LOW_CONFIDENCE, (told(Told.TOO_FAR), *case.tightening)
    if case.confidence < threshold:
        name = Told.PAST_ANSWER_UNSURE if case.uses_resolution else Told.PASSAGE_UNSURE
        return HandoffReason.LOW_CONFIDENCE, _compared(name, case, threshold)
    return None


def _assured(case: Case, threshold: float) -> tuple[Sentence, ...]:
    name = Told.PAST_ANSWER_SURE if case.uses_resolution else Told.PASSAGE_SURE
    return _compared(name, case, threshold)


def _compared(name: Told, case: Case, threshold: float) -> tuple[Sentence, ...]:
    said = told(
        name, confidence=case.confidence, threshold=threshold, promise=case.target_precision
    )
    return (said, *case.tightening)
