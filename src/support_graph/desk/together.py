"""One answer for many who ask the same: each customer gets it exactly once."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from support_graph.desk.decisions import Resolve, Teammate, decide
from support_graph.desk.parts import Desk
from support_graph.domain.errors import AlreadyDecided, Invalid
from support_graph.domain.ids import EscalationId, TurnId, WorkspaceId
from support_graph.domain.turns import Action

MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Who was answered: the turn of the first, which others, and how many more somebody else had
    answered meanwhile."""

    turn_id: TurnId
    also: tuple[EscalationId, ...]
    missed: int

    @property
    def others(self) -> int:
        return len(self.also)


async def resolve_together(
    desk: Desk,
    workspace_id: WorkspaceId,
    first: EscalationId,
    others: Sequence[EscalationId],
    asked: Resolve,
    by: Teammate,
) -> Together:
    """Decides all of them in one transaction, so that a crash leaves all or none, and a repetition
    finds them decided. The others get the text that the first one gets.

    Raises as `resolve` does, for the first one; one of the others that is decided is left alone.
    """
    others = [one for one in dict.fromkeys(others) if one != first]
    if len(others) > MOST:
        raise Invalid(field="also", problem=f"At most {MOST} can be answered together.")
    also: list[EscalationId] = []
    async with desk.stores.within(workspace_id).begin() as tx:
        await tx.escalations.lock([first, *others])
        turn_id, text = await decide(desk, tx, first, asked, by)
        same = replace(asked, action=Action.ANSWER, text=text, resolution_id=None)
        for one in others:
            with suppress(AlreadyDecided):
                await decide(desk, tx, one, same, by)
                also.append(one)
    return Together(turn_id=turn_id, also=tuple(also), missed=len(others) - len(also))
