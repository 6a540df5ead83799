"""A turn with its explanation, filled with words: for the API, and for the pages."""

from typing import Any

from support_graph.desk.needed import Needed, needed_for
from support_graph.desk.parts import Desk
from support_graph.domain.signals import SignalKind
from support_graph.domain.turns import Turn as Handled
from support_graph.domain.turns import TurnStatus
from support_graph.store.database import Transaction
from support_graph.web.evidence import filled
from support_graph.web.shapes.signals import Outcome, Signal
from support_graph.web.shapes.turns import Draft, Evidence, Judgements, Turn


async def explained(
    desk: Desk, tx: Transaction, turn: Handled, *, teammate: bool, suppose: bool = True
) -> Turn:
    """What customers may not read is there for teammates only; what would have been needed is left
    out unless `suppose`, because it takes a search of everything known for each step."""
    found = turn.explanation.get("evidence", {})
    evidence = await filled(
        tx,
        resolutions=found.get("resolutions", []),
        passages=found.get("passages", []),
        internal=teammate,
    )
    needed = await needed_for(desk, tx, turn) if teammate and suppose else None
    signals = await tx.signals.of_turn(turn.id)
    outcome = await tx.outcomes.of_turn(turn.id)
    # An edit shows the draft that was not sent.
    visible = [one for one in signals if teammate or one.kind is not SignalKind.EDIT]
    may_see_draft = teammate or turn.status is TurnStatus.ANSWERED
    return _shown(
        turn,
        evidence,
        turn.explanation.get("draft") if may_see_draft else None,
        needed=needed,
        signals=[Signal.of(one) for one in visible],
        outcome=Outcome.of(outcome) if outcome else None,
    )


def _shown(
    turn: Handled,
    evidence: Evidence,
    draft: dict[str, Any] | None,
    *,
    needed: Needed | None,
    signals: list[Signal],
    outcome: Outcome | None,
) -> Turn:
    said = turn.explanation
    return Turn.model_validate(
        {
            "id": turn.id,
            "conversation_id": turn.conversation_id,
            "message_id": turn.message_id,
            "status": turn.status,
            "question": turn.question,
            "standalone": said.get("standalone"),
            "kind": said.get("kind"),
            "intent": turn.intent,
            "verdict": said.get("verdict"),
            "judgements": Judgements.model_validate(
                {"resolution": said.get("resolution"), "brain": said.get("brain")}
            ),
            "evidence": evidence,
            "draft": Draft.model_validate(draft) if draft else None,
            "needed": needed,
            "history": said.get("history", []),
            "missing": said.get("missing", []),
            "failures": said.get("failures", {}),
            "store_version": said.get("store_version"),
            "timings_ms": said.get("timings_ms", {}),
            "models": said.get("models", {}),
            "reply_id": turn.reply_id,
            "escalation_id": turn.escalation_id,
            "signals": signals,
            "outcome": outcome,
            "created_at": turn.created_at,
            "finished_at": turn.finished_at,
        }
    )
