"""gate: whether the draft is sent, or a human answers."""

from typing import Any

from support_graph.domain.evidence import Judgement
from support_graph.domain.messages import MessageKind
from support_graph.domain.workspaces import Mode
from support_graph.graph.state import Judged, State
from support_graph.graph.tools import Tools, scope
from support_graph.learning import gate as rules


async def gate(state: State, *, tools: Tools) -> dict[str, Any]:
    async with scope(tools, state).begin() as tx:
        settings = (await tx.workspace.read()).settings
        intent = state.get("intent")
        mode = await tx.intents.mode(intent) if intent else Mode.AUTO
    drafted = state.get("draft")
    if drafted is not None and drafted["rests_on"] == "courtesy" and settings.mode is Mode.AUTO:
        return {"verdict": _courtesy()}
    case = rules.Case(
        kind=_kind(state),
        mode=settings.mode if settings.mode is not Mode.AUTO else mode,
        target_precision=settings.target_precision,
        resolution=_judgement(state.get("resolution")),
        brain=_judgement(state.get("brain")),
        has_draft=drafted is not None,
        uses_resolution=drafted is not None and drafted["rests_on"] == "resolution",
        quotes_internal=drafted is not None and drafted["quotes_internal"],
        pinned_rival=drafted is not None and drafted["pinned_rival"],
        failures=tuple(f"{node}: {why}" for node, why in state.get("failures", {}).items()),
    )
    verdict = rules.judge(case)
    return {
        "verdict": {
            "send": verdict.send,
            "confidence": verdict.confidence,
            "threshold": verdict.threshold,
            "reason": verdict.reason.value if verdict.reason else None,
            "words": list(verdict.words),
        }
    }


def _kind(state: State) -> MessageKind:
    """A run whose `understand` failed has no kind; the failure decides, so any will do."""
    understood = state.get("understood")
    return MessageKind(understood["kind"]) if understood else MessageKind.QUESTION


def _judgement(judged: Judged | None) -> Judgement | None:
    if judged is None:
        return None
    return Judgement(confidence=judged["confidence"], features=judged["features"])


def _courtesy() -> dict[str, Any]:
    words = ["A greeting or thanks is answered with a courtesy."]
    return {"send": True, "confidence": 1.0, "threshold": 0.0, "reason": None, "words": words}
