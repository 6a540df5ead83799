"""What is kept of a run: enough to say why it was answered, or why it was not."""

from typing import Any

from support_graph.brain.explain import VOCABULARY as OF_PASSAGES
from support_graph.desk.parts import Desk
from support_graph.domain.explanations import Vocabulary
from support_graph.graph.state import Judged, State, standalone
from support_graph.learning.explain import VOCABULARY as OF_ANSWERS


def explanation(desk: Desk, state: State) -> dict[str, Any]:
    understood = state.get("understood")
    verdict = state["verdict"]
    return {
        "kind": understood["kind"] if understood else None,
        "standalone": standalone(state),
        "intent": state.get("intent"),
        "evidence": {
            "resolutions": state.get("resolutions") or [],
            "passages": state.get("passages") or [],
        },
        "resolution": _judged(state.get("resolution"), OF_ANSWERS),
        "brain": _judged(state.get("brain"), OF_PASSAGES),
        "draft": state.get("draft"),
        "verdict": verdict,
        "history": state.get("history") or [],
        "missing": state.get("missing") or [],
        "failures": state.get("failures") or {},
        "store_version": state.get("store_version"),
        "timings_ms": state.get("timings_ms") or {},
        "models": {
            "language": desk.tools.language.name,
            "embeddings": desk.embedder.name,
        },
    }


def _judged(judged: Judged | None, vocabulary: Vocabulary) -> dict[str, Any] | None:
    if judged is None:
        return None
    return {**judged, "words": vocabulary.in_words(judged["features"], judged.get("weights", {}))}
