"""What a teammate's text is: the draft as it stood, the draft put right, or an answer of their own.

The text decides, because an answer that shares nothing with the draft must not overwrite the
resolution that the draft came from.
"""

from support_graph.desk.decisions import Resolve
from support_graph.domain.ids import ResolutionId
from support_graph.domain.turns import Action, DecisionOutcome, Escalation
from support_graph.learning.merging import Likeness, compare


def decided_by(
    escalation: Escalation,
    text: str,
    *,
    taken: tuple[ResolutionId, str] | None,
    outcome: DecisionOutcome,
    learn: bool,
) -> Resolve:
    """`taken` is the resolution, with its answer, that the teammate began from instead of the
    draft."""
    text = text.strip()
    if taken is None and escalation.draft is not None and text == escalation.draft.strip():
        return Resolve(action=Action.ACCEPT, outcome=outcome, learn=learn)
    base = taken[1] if taken else escalation.draft
    rests_on = taken[0] if taken else escalation.draft_resolution_id
    if base is None or rests_on is None or _another(text, base):
        return Resolve(action=Action.ANSWER, text=text, outcome=outcome, learn=learn)
    action = Action.ANSWER if text == base.strip() else Action.EDIT
    return Resolve(action=action, text=text, outcome=outcome, learn=learn, resolution_id=rests_on)


def _another(text: str, base: str) -> bool:
    """By their words alone: no vector is worth the wait while somebody types."""
    return bool(text) and compare(text, base, cosine=0.0) is Likeness.DIFFERENT
