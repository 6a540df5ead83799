"""Answers an escalation as a teammate, and shows what was learned from it."""

from dataclasses import dataclass

from support_graph.cli import console
from support_graph.cli.session import Session, session
from support_graph.cli.short_ids import found, short
from support_graph.cli.working import hands
from support_graph.desk import decisions
from support_graph.desk.decisions import Resolve, Teammate
from support_graph.domain.ids import EscalationId, ResolutionId, TurnId
from support_graph.domain.turns import Action, Learned


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was typed: ids may be shortened."""

    escalation: str
    action: Action
    text: str | None
    learn: bool
    resolution: str | None
    teammate: str


async def answer(workspace: str, answer: Answer, *, wait: float, as_json: bool) -> None:
    async with session(workspace, listen=True) as at:
        escalation_id, asked = await _asked(at, answer)
        by = Teammate(member_id=None, name=answer.teammate, surface="cli")
        turn_id = await decisions.resolve(at.desk, at.id, escalation_id, asked, by)
        with console.waiting("Learning from it"):
            async with hands(at.desk):
                learned = await decisions.learned(at.desk, at.id, turn_id, wait=wait)
        if as_json:
            console.dump(_as_response(turn_id, learned))
        else:
            _show(answer, learned)


async def _asked(at: Session, answer: Answer) -> tuple[EscalationId, Resolve]:
    async with at.scope.begin() as tx:
        escalation_id = await found("escalation", answer.escalation, tx.escalations.ids_like)
        resolution_id = (
            ResolutionId(await found("resolution", answer.resolution, tx.resolutions.ids_like))
            if answer.resolution
            else None
        )
    asked = Resolve(
        action=answer.action, text=answer.text, learn=answer.learn, resolution_id=resolution_id
    )
    return EscalationId(escalation_id), asked


def _as_response(turn_id: TurnId, learned: Learned | None) -> dict[str, object]:
    """What `POST /v1/escalations/{id}/resolve` answers."""
    resolution = None
    if learned is not None and learned.resolution_id is not None:
        resolution = {
            "id": learned.resolution_id,
            "revision": learned.revision,
            "merged": learned.merged,
        }
    return {"turn_id": turn_id, "resolution": resolution}


def _show(answer: Answer, learned: Learned | None) -> None:
    done = "The customer has your answer." if answer.action.replies else "Dismissed."
    console.say(done, "green")
    if learned is None:
        console.say("It is still being learned from; a worker will finish that.")
    elif learned.resolution_id is None:
        console.say(f"Nothing was learned: {learned.how}.")
    else:
        name = short(learned.resolution_id)
        console.say(f"Learned: {learned.how} (resolution {name}, revision {learned.revision}).")
