"""gate: whether the draft is sent, or a human answers."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from support_graph.domain.evidence import Verdict
from support_graph.domain.ids import ResolutionId
from support_graph.domain.intents import Policies, Policy
from support_graph.domain.messages import MessageKind
from support_graph.domain.sentences import Told, dump, told
from support_graph.domain.workspaces import Mode, WorkspaceSettings
from support_graph.graph.remembering import tried_before
from support_graph.graph.state import State, VerdictGiven, intent_id, judgement
from support_graph.graph.tools import Tools, scope
from support_graph.learning import gate as rules
from support_graph.learning.standard import Standard

_SETTLED = 50
"""Before so many messages were judged, humans see nearly all of them anyway: nothing to audit."""


_COURTESY = Verdict(
    send=True,
    confidence=1.0,
    threshold=0.0,
    reason=None,
    sentences=(told(Told.COURTESY),),
    audit_chance=None,
)


async def gate(state: State, *, tools: Tools) -> dict[str, Any]:
    async with scope(tools, state).begin() as tx:
        settings = (await tx.workspace.read()).settings
        policies = await tx.intents.policies(intent_id(state), _given(state))
        drafted = state.get("draft")
        courtesy = drafted is not None and drafted["rests_on"] == "courtesy"
        if courtesy and settings.mode is Mode.AUTO:
            return {"verdict": _written(_COURTESY)}
        asked = policies.of_turn(sent=False)
        standard = await Standard.of(tx, settings, policies, intent=asked.name if asked else None)
    case = _case(state, settings, policies, promised=standard.promised)
    case = rules.tightened(case, standard.measured)
    threshold = _threshold(standard, case)
    verdict = rules.judge(case, threshold=threshold)
    if verdict.send:
        # A draft that is too weak to be sent says nothing of what the customer wants.
        verdict = rules.judge(_restrained(case, policies, sending=True), threshold=threshold)
    verdict = rules.audited(
        verdict,
        luck=_luck(state),
        ceiling=settings.audit_ceiling if len(standard.recent) >= _SETTLED else 0.0,
    )
    return {
        **_intent(policies.of_turn(sent=verdict.send)),
        "verdict": _written(verdict),
    }


def _luck(state: State) -> float:
    """A question that is only tried is never audited: nothing would be measured."""
    turn = state.get("turn_id")
    return rules.luck(turn) if turn else 1.0


def _given(state: State) -> ResolutionId | None:
    """The resolution that the draft would give to the customer."""
    drafted = state.get("draft")
    given = drafted["resolution_id"] if drafted else None
    return ResolutionId(UUID(given)) if given else None


def _intent(policy: Policy | None) -> dict[str, Any]:
    """The turn's intent, with its name as it is now."""
    if policy is None:
        return {}
    return {"intent_id": str(policy.part), "intent": policy.name}


def _case(
    state: State, settings: WorkspaceSettings, policies: Policies, *, promised: float
) -> rules.Case:
    drafted = state.get("draft")
    case = rules.Case(
        kind=_kind(state),
        mode=settings.mode,
        target_precision=promised,
        resolution=judgement(state.get("resolution")),
        brain=judgement(state.get("brain")),
        has_draft=drafted is not None,
        uses_resolution=drafted is not None and drafted["rests_on"] == "resolution",
        quotes_internal=drafted is not None and drafted["quotes_internal"],
        pinned_rival=drafted is not None and drafted["pinned_rival"],
        failures=tuple(f"{node}: {why}" for node, why in state.get("failures", {}).items()),
        missing=tuple(state.get("missing") or ()),
        tried=tried_before(state),
    )
    return _restrained(case, policies, sending=False)


def _restrained(case: rules.Case, policies: Policies, *, sending: bool) -> rules.Case:
    """With the mode of an intent, where the workspace leaves it to its intents."""
    restraint = policies.restraint(sending=sending)
    if restraint is None or case.mode is not Mode.AUTO:
        return case
    return replace(case, mode=restraint.mode, restrained=restraint.name)


def _threshold(standard: Standard, case: rules.Case) -> float:
    judged = case.resolution if case.uses_resolution else None
    return standard.threshold(
        case.confidence,
        case.target_precision,
        kind=case.rests_on,
        similarity=judged.features["similarity"] if judged else None,
    )


def _kind(state: State) -> MessageKind:
    """A run whose `understand` failed has no kind; the failure decides, so any will do."""
    understood = state.get("understood")
    return MessageKind(understood["kind"]) if understood else MessageKind.QUESTION


def _written(verdict: Verdict) -> VerdictGiven:
    return {
        "send": verdict.send,
        "confidence": verdict.confidence,
        "threshold": verdict.threshold,
        "reason": verdict.reason.value if verdict.reason else None,
        "words": list(verdict.words),
        "sentences": [dump(sentence) for sentence in verdict.sentences],
        "audit_chance": verdict.audit_chance,
    }
