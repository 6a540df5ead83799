"""Conversations: a list of them, and any one with the reasons for what was said in it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from support_graph.desk.parts import Desk
from support_graph.domain.conversations import Conversation, ConversationStatus
from support_graph.domain.ids import ConversationId, ResolutionId, TurnId
from support_graph.domain.messages import Message
from support_graph.domain.turns import Turn, TurnStatus
from support_graph.store.database import Transaction
from support_graph.store.events import ANY_CONVERSATION
from support_graph.store.threads import Sought, Thread
from support_graph.web.auth import AtDesk
from support_graph.web.explained import explained
from support_graph.web.pages.failures import PageRoute
from support_graph.web.pages.news import News, Since, bars, moment, tick
from support_graph.web.pages.rendering import is_partial, page, part, query
from support_graph.web.pages.typed import plain
from support_graph.web.pages.visitors import AsMember, Member
from support_graph.web.pages.watching import LastSeen, Shown, still_here, whole
from support_graph.web.shapes.turns import Needed
from support_graph.web.shapes.turns import Turn as Explained

router = APIRouter(prefix="/conversations", route_class=PageRoute, include_in_schema=False)

_SHOWN = 50
_OTHERS = 20
_LOOK_ANYWAY_SECONDS = 10.0
LIST = "conversation-list"
THREAD = "thread"
WHY = "why"
NEEDED = "needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the address says is to be seen."""

    status: ConversationStatus | None = None
    channel: str | None = None
    q: str | None = None
    after: UUID | None = None

    @property
    def question(self) -> str:
        return query(status=self.status, channel=self.channel, q=self.q, after=self.after)

    def but(self, **changes: Any) -> "View":
        return replace(self, **{"after": None, **changes})

    @property
    def sought(self) -> Sought:
        return Sought(status=self.status, channel=self.channel, words=self.q)

    @property
    def narrowed(self) -> bool:
        return bool(self.status or self.channel or self.q)


def view(
    status: Annotated[str, Query(max_length=20)] = "",
    channel: Annotated[str, Query(max_length=50)] = "",
    q: Annotated[str, Query(max_length=500)] = "",
    after: Annotated[str, Query(max_length=40)] = "",
) -> View:
    """An empty field of a form is no filter; nor is one that nobody knows."""
    return View(
        status=ConversationStatus(status) if status in set(ConversationStatus) else None,
        channel=plain(channel) or None,
        q=plain(q) or None,
        after=_as_uuid(after),
    )


def _as_uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


Seen = Annotated[View, Depends(view)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """`state` is the moment of the newest change that the list shows."""

    view: View
    state: str
    rows: Sequence[Thread]
    channels: Sequence[str]
    next: View | None

    @property
    def news(self) -> str:
        """The query string by which it hears of changes."""
        return f"{self.view.question or '?'}&since={self.state}".replace("?&", "?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One conversation; `chosen` is the turn whose explanation is beside it.

    `state` is what the page is a picture of. `needed` is worked out after the page is shown, or
    before where a link without scripts asks.
    """

    conversation: Conversation
    state: str
    messages: Sequence[Message]
    turns: Mapping[TurnId, Turn]
    learned: Mapping[TurnId, ResolutionId]
    others: Sequence[Thread]
    chosen: Explained | None
    needed: Needed | None
    handler: str | None

    @property
    def needs(self) -> bool:
        """Whether there is something that would have been needed."""
        turn = self.chosen
        return bool(turn and turn.status is TurnStatus.ESCALATED and turn.verdict)


@router.get("")
async def get_conversations(request: Request, by: AsMember, seen: Seen) -> Response:
    async with by.scope.begin() as tx:
        state = tick(await tx.threads.newest_change())  # first: what comes meanwhile is told
        rows, following = await tx.threads.list(seen.sought, after=seen.after, limit=_SHOWN)
        channels = await tx.threads.channels()
    listing = Listing(
        view=seen,
        state=state,
        rows=rows,
        channels=channels,
        next=replace(seen, after=following) if following else None,
    )
    if is_partial(request, LIST):
        return part(request, "conversations/list.html", listing=listing)
    return await page(
        request, by, "conversations/page.html", place="conversations", listing=listing
    )


@router.get("/news", response_class=EventSourceResponse)
async def stream_news(
    request: Request, desk: AtDesk, by: AsMember, seen: Seen, since: Since = ""
) -> AsyncIterator[ServerSentEvent]:
    async def count(tx: Transaction) -> int:
        return await tx.threads.changed(seen.sought, moment(since))

    path = f"/conversations{seen.question}"
    key, subject = "conversations.news", ANY_CONVERSATION
    news = News(subject=subject, count=count, key=key, path=path, target=LIST)
    async for bar in bars(request, desk, by, news):
        yield bar


@router.get("/{conversation_id}")
async def get_conversation(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    conversation_id: ConversationId,
    turn: Annotated[UUID | None, Query()] = None,
    *,
    needed: Annotated[bool, Query()] = False,
) -> Response:
    """`turn` is the one to explain, without it the last one; `needed` works out what it lacked."""
    wanted = TurnId(turn) if turn else None
    async with by.scope.begin() as tx:
        found = await _detail(desk, tx, conversation_id, wanted, suppose=needed)
    if is_partial(request, NEEDED):
        return part(request, "conversations/needed.html", detail=found)
    if is_partial(request, THREAD):
        return part(request, "conversations/thread.html", detail=found)
    if is_partial(request, WHY):
        return part(request, "conversations/why.html", detail=found)
    return await page(request, by, "conversations/one.html", place="conversations", detail=found)


async def _detail(
    desk: Desk,
    tx: Transaction,
    conversation_id: ConversationId,
    wanted: TurnId | None,
    *,
    suppose: bool,
) -> Detail:
    conversation = await tx.conversations.get(conversation_id)
    state = await tx.threads.fingerprint(conversation_id)  # first: what comes meanwhile is told
    handled = await tx.turns.of_conversation(conversation_id)
    turns = {turn.id: turn for turn in handled}
    chosen = turns.get(wanted) if wanted else (handled[-1] if handled else None)
    contact = Sought(contact_id=conversation.contact.id)
    others, _ = await tx.threads.list(contact, after=None, limit=_OTHERS + 1)
    shown = await explained(desk, tx, chosen, teammate=True, suppose=suppose) if chosen else None
    members = {one.id: one.name for one in await tx.members.all()}
    return Detail(
        conversation=conversation,
        state=state,
        messages=await tx.messages.of_conversation(conversation_id),
        turns=turns,
        learned=await tx.threads.learned(conversation_id),
        others=[other for other in others if other.id != conversation_id][:_OTHERS],
        chosen=shown,
        needed=shown.needed if shown else None,
        handler=members.get(conversation.assignee_id) if conversation.assignee_id else None,
    )


async def _known(conversation_id: ConversationId, by: AsMember) -> ConversationId:
    """Here and not in the stream, because a stream that has begun can't become a 404."""
    async with by.scope.begin() as tx:
        await tx.conversations.get(conversation_id)
    return conversation_id


@router.get("/{conversation_id}/events", response_class=EventSourceResponse)
async def stream_conversation(
    desk: AtDesk,
    by: AsMember,
    conversation_id: Annotated[ConversationId, Depends(_known)],
    seen: Shown = "",
    last_event_id: LastSeen = "",
) -> AsyncIterator[ServerSentEvent]:
    """`thread` whenever the page would show something else; the id says which state was told."""
    seen = last_event_id or seen
    with desk.listener.subscribed(f"conversation:{conversation_id}") as bell:
        while await still_here(desk, by):
            now = await whole(_state(by, conversation_id))
            if now != seen:
                yield ServerSentEvent(event="thread", id=now, data="changed")
                seen = now
            await bell.wait(_LOOK_ANYWAY_SECONDS)


async def _state(by: Member, conversation_id: ConversationId) -> str:
    async with by.scope.begin() as tx:
        return await tx.threads.fingerprint(conversation_id)
