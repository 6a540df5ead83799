"""gate: whether the draft is sent, or a human answers."""

from collections.abc import Sequence
from typing import Any

from support_graph.domain.evidence import EvidenceKind
from support_graph.domain.messages import MessageKind
from support_graph.domain.workspaces import Mode, WorkspaceSettings
from support_graph.graph.state import State, judgement
from support_graph.graph.tools import Tools, scope
from support_graph.learning import gate as rules
from support_graph.learning.aim import aim, close_enough
from support_graph.learning.calibration import CONFIDENCES_USED, cautious_threshold

_SETTLED = 50
"""Before so many messages were judged, humans see nearly all of them anyway: nothing to audit."""


async def gate(state: State, *, tools: Tools) -> dict[str, Any]:
    async with scope(tools, state).begin() as tx:
        settings = (await tx.workspace.read()).settings
        intent = state.get("intent")
        mode = await tx.intents.mode(intent) if intent else Mode.AUTO
        drafted = state.get("draft")
        courtesy = drafted is not None and drafted["rests_on"] == "courtesy"
        if courtesy and settings.mode is Mode.AUTO:
            return {"verdict": _courtesy()}
        case = _case(state, settings, mode)
        recent = await tx.turns.recent_confidences(CONFIDENCES_USED - 1)
        fit = await tx.fits.newest(EvidenceKind.RESOLUTION)
    labels = fit.labels if fit else 0
    verdict = rules.audited(
        rules.judge(case, threshold=_threshold(recent, case, labels=labels)),
        luck=rules.luck(state["turn_id"]),
        ceiling=settings.audit_ceiling if len(recent) >= _SETTLED else 0.0,
    )
    return {
        "verdict": {
            "send": verdict.send,
            "confidence": verdict.confidence,
            "threshold": verdict.threshold,
            "reason": verdict.reason.value if verdict.reason else None,
            "words": list(verdict.words),
            "audit_chance": verdict.audit_chance,
        }
    }


def _case(state: State, settings: WorkspaceSettings, mode: Mode) -> rules.Case:
    drafted = state.get("draft")
    return rules.Case(
        kind=_kind(state),
        mode=settings.mode if settings.mode is not Mode.AUTO else mode,
        target_precision=settings.target_precision,
        resolution=judgement(state.get("resolution")),
        brain=judgement(state.get("brain")),
        has_draft=drafted is not None,
        uses_resolution=drafted is not None and drafted["rests_on"] == "resolution",
        quotes_internal=drafted is not None and drafted["quotes_internal"],
        pinned_rival=drafted is not None and drafted["pinned_rival"],
        failures=tuple(f"{node}: {why}" for node, why in state.get("failures", {}).items()),
    )


def _threshold(recent: Sequence[float], case: rules.Case, *, labels: int) -> float:
    """From which confidence on the recent messages, this one among them, meet the target.

    Never above what is aimed at: a message that is as sure as that meets it by itself. Only a
    workspace with few labels wants more than confidence, and then none is enough.
    """
    if case.uses_resolution and case.resolution is not None:
        similarity = case.resolution.features["similarity"]
        if not close_enough(similarity, target=case.target_precision, labels=labels):
            return 1.0
    target = aim(case.target_precision)
    level = cautious_threshold([*reversed(recent), case.confidence], target, labels=labels)
    return min(target, level)


def _kind(state: State) -> MessageKind:
    """A run whose `understand` failed has no kind; the failure decides, so any will do."""
    understood = state.get("understood")
    return MessageKind(understood["kind"]) if understood else MessageKind.QUESTION


def _courtesy() -> dict[str, Any]:
    words = ["A greeting or thanks is answered with a courtesy."]
    return {
        "send": True,
        "confidence": 1.0,
        "threshold": 0.0,
        "reason": None,
        "words": words,
        "audit_chance": None,
    }
