"""What customers say about answers, what they do after them, and what their silence says."""

from collections.abc import Sequence
from datetime import timedelta

from support_graph.desk.everywhere import AT_ONCE, everywhere
from support_graph.desk.parts import Desk
from support_graph.domain.errors import Invalid
from support_graph.domain.ids import MessageId, TurnId, WorkspaceId
from support_graph.domain.messages import Author, MessageKind
from support_graph.domain.signals import OutcomeKind, Rating, Signal, SignalKind
from support_graph.domain.turns import Turn
from support_graph.graph.state import State, standalone
from support_graph.learning.measuring import measure
from support_graph.learning.noticing import LOOKED_BACK, Answered, Said, noticed
from support_graph.learning.retouching import retouched
from support_graph.learning.signals import take, take_all, take_silence
from support_graph.store.database import Scope, Transaction

_HANDED_OFF = 0
"""The weakest of outcomes: whatever the customer says later is truer."""


async def rate(
    desk: Desk,
    workspace_id: WorkspaceId,
    message_id: MessageId,
    rating: Rating,
    *,
    comment: str | None,
) -> TurnId:
    """A customer's thumb on a reply; the last one is kept. Raises NotFound or Invalid."""
    return await judge(desk, workspace_id, message_id, rating=rating, csat=None, comment=comment)


async def judge(
    desk: Desk,
    workspace_id: WorkspaceId,
    message_id: MessageId,
    *,
    rating: Rating | None,
    csat: int | None,
    comment: str | None,
) -> TurnId:
    """A customer's thumb on a reply, or satisfaction from 1 to 5. Raises NotFound or Invalid."""
    async with desk.stores.within(workspace_id).begin() as tx:
        message = await tx.messages.get(message_id)
        if message.turn_id is None or message.author is Author.CONTACT:
            raise Invalid(field="message", problem="Only a reply can be rated.")
        turn = await tx.turns.get(message.turn_id)
        said = {
            SignalKind.RATING: rating.value if rating else None,
            SignalKind.CSAT: str(csat) if csat else None,
        }
        given = [
            Signal(turn_id=turn.id, kind=kind, message_id=message_id, value=value, comment=comment)
            for kind, value in said.items()
            if value is not None
        ]
        if await take_heard(tx, given):
            await desk.queue.refit(tx)
    return turn.id


async def heard(desk: Desk, scope: Scope, turn: Turn, state: State) -> tuple[Signal, ...]:
    """What the turn's message says about the answers before it."""
    understood = state.get("understood")
    if understood is None:
        return ()
    async with scope.begin() as tx:
        found = await tx.turns.answered_before(turn, last=LOOKED_BACK)
    earlier = [Answered(turn=one, outcome=outcome) for one, outcome in found]
    said = Said(
        message_id=turn.message_id,
        kind=MessageKind(understood["kind"]),
        text=turn.question,
        question=standalone(state),
    )
    return await noticed(said, earlier, embedder=desk.embedder)


async def take_heard(tx: Transaction, signals: Sequence[Signal]) -> bool:
    """Whether any of these signals of a customer is new; the same again change nothing."""
    return await take_all(tx, [(await tx.turns.get(one.turn_id), one) for one in signals])


async def handed_off(tx: Transaction, turn: Turn, *, reason: str) -> None:
    await tx.outcomes.add(
        turn_id=turn.id,
        conversation_id=turn.conversation_id,
        kind=OutcomeKind.HANDED_OFF,
        why=reason,
        strength=_HANDED_OFF,
    )


async def edited(tx: Transaction, turn_id: TurnId, *, draft: str, reply: str) -> None:
    """Keeps what a teammate changed in a draft; its label is the decision's."""
    turn = await tx.turns.get(turn_id)
    assert turn.reply_id is not None
    change = retouched(draft, reply)
    delta = Signal(
        turn_id=turn_id,
        kind=SignalKind.EDIT,
        message_id=turn.reply_id,
        value=change.kind.value,
        score=round(change.similarity, 4),
        detail={"delta": [list(place) for place in change.delta]},
    )
    await take(tx, turn, delta)


async def settle(desk: Desk, workspace_id: WorkspaceId) -> int:
    """Answers that nobody complained about for long enough were right; how many there were.

    Each is settled by itself, so that a customer who complains meanwhile need not wait for all.
    """
    scope = desk.stores.within(workspace_id)
    async with scope.begin() as tx:
        hours = (await tx.workspace.read()).settings.silence_hours
        moment = desk.clock() - timedelta(hours=hours)
        silent = await tx.turns.silent_since(moment, limit=AT_ONCE)
        left = await tx.turns.left_since(moment, limit=AT_ONCE)
    for turn_id in silent:
        async with scope.begin() as tx:
            await take_silence(tx, await tx.turns.get(turn_id))
    for turn_id, message_id in left:
        async with scope.begin() as tx:
            gone = Signal(turn_id=turn_id, kind=SignalKind.ABANDONED, message_id=message_id)
            await take(tx, await tx.turns.get(turn_id), gone)
    async with scope.begin() as tx:
        await measure(tx)
        if silent:
            await desk.queue.refit(tx)
    return len(silent) + len(left)


async def settle_everywhere(desk: Desk) -> None:
    await everywhere(desk, settle)
