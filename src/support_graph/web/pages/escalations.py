"""One escalation: read it, answer it, and everything short of that."""

from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import Response

from support_graph.desk import decisions, inbox, together, unlearning
from support_graph.desk.decisions import Resolve
from support_graph.desk.parts import Desk
from support_graph.desk.together import Together
from support_graph.domain.errors import AlreadyClaimed, AlreadyDecided, Invalid
from support_graph.domain.ids import EscalationId, MemberId, ResolutionId
from support_graph.domain.turns import Action, DecisionOutcome, Learned
from support_graph.learning.revise import Author
from support_graph.store.inbox import Filters
from support_graph.web.auth import AtDesk
from support_graph.web.fields import LONGEST_TEXT, storable
from support_graph.web.pages.csrf import Protected
from support_graph.web.pages.details import Writing, asked, detail
from support_graph.web.pages.failures import PageRoute
from support_graph.web.pages.flashes import Said
from support_graph.web.pages.inbox import Seen, View, listing
from support_graph.web.pages.once import Once, once_only
from support_graph.web.pages.rendering import by_htmx, is_partial, page, part, redirect
from support_graph.web.pages.visitors import AsMember, Member

router = APIRouter(
    prefix="/inbox/{escalation_id}",
    route_class=PageRoute,
    include_in_schema=False,
    dependencies=[Protected],
)

_WAIT_FOR_LEARNING_SECONDS = 0.4
DETAIL = "detail"
Typed = Annotated[str, Form(max_length=LONGEST_TEXT)]
Id = Annotated[UUID | None, Form()]


def writing(
    text: Typed = "",
    taken: Annotated[str, Form(max_length=40)] = "",
    learn: Annotated[bool, Form()] = False,
    outcome: Annotated[DecisionOutcome, Form()] = DecisionOutcome.RESOLVED,
    also: Annotated[list[UUID] | None, Form()] = None,
) -> Writing:
    """What the form of an answer brings."""
    return Writing(
        text=text.replace("\r\n", "\n"),
        taken=ResolutionId(UUID(taken)) if taken else None,
        learn=learn,
        outcome=outcome,
        also=tuple(also or ()),
    )


Written = Annotated[Writing, Depends(writing)]


@router.get("")
async def get_escalation(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    escalation_id: EscalationId,
    seen: Seen,
    use: Annotated[UUID | None, Query()] = None,
) -> Response:
    taken = ResolutionId(use) if use else None
    found = await detail(request, desk, by, escalation_id, seen, use=taken)
    if is_partial(request, DETAIL):
        return part(request, "inbox/detail.html", detail=found)
    shown: dict[str, Any] = {"listing": await listing(request, by, seen), "selected": escalation_id}
    return await page(request, by, "inbox/page.html", place="inbox", detail=found, **shown)


@router.post("/resolve")
async def post_resolve(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    escalation_id: EscalationId,
    seen: Seen,
    typed: Written,
) -> Response:
    """Sends the answer, to everybody who was ticked, and goes on to the next question."""
    _check(typed.text)
    also = [EscalationId(one) for one in typed.also]
    decision = await asked(by, escalation_id, typed)
    try:
        sent = await together.resolve_together(
            desk, by.workspace_id, escalation_id, also, decision, by.teammate
        )
    except AlreadyDecided as error:
        return await _too_late(request, desk, by, escalation_id, seen, typed, error)
    learned = await decisions.learned(
        desk, by.workspace_id, sent.turn_id, wait=_WAIT_FOR_LEARNING_SECONDS
    )
    said = _said(sent, learned, teaches=decision.learn)
    if decision.learn and (learned is None or learned.resolution_id):
        question = urlencode({"also": [one.hex for one in sent.also]}, doseq=True)
        said = replace(said, undo=f"/inbox/{escalation_id}/unlearn?{question}".rstrip("?"))
    return await _next(request, by, seen, said)


@router.post("/reply")
async def post_reply(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    escalation_id: EscalationId,
    seen: Seen,
    typed: Written,
    once: Once = "",
) -> Response:
    """Says something to the customer and keeps the escalation."""
    _check(typed.text)
    said, key = typed.text.strip(), once_only(once, typed.text)
    try:
        await inbox.reply(desk, by.workspace_id, escalation_id, said, by.teammate, key=key)
    except AlreadyDecided as error:
        return await _too_late(request, desk, by, escalation_id, seen, typed, error)
    return _back(request, escalation_id, seen, Said(key="inbox.said.replied"))


@router.post("/return")
async def post_return(
    request: Request, desk: AtDesk, by: AsMember, escalation_id: EscalationId, seen: Seen
) -> Response:
    await _close(desk, by, escalation_id, Action.RETURN)
    return await _next(request, by, seen, Said(key="inbox.said.returned"))


@router.post("/dismiss")
async def post_dismiss(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    escalation_id: EscalationId,
    seen: Seen,
    spam: Annotated[bool, Form()] = False,
) -> Response:
    outcome = DecisionOutcome.SPAM if spam else DecisionOutcome.UNRESOLVED
    await _close(desk, by, escalation_id, Action.DISMISS, outcome)
    return await _next(request, by, seen, Said(key="inbox.said.dismissed"))


@router.post("/claim")
async def post_claim(
    request: Request, desk: AtDesk, by: AsMember, escalation_id: EscalationId, seen: Seen
) -> Response:
    try:
        await inbox.claim(desk, by.workspace_id, escalation_id, by.teammate)
    except AlreadyClaimed as error:
        said = Said(key="inbox.said.claimed_by_other", values={"name": error.claimed_by})
        return await _handed(request, desk, by, escalation_id, seen, said)
    return await _handed(request, desk, by, escalation_id, seen, Said(key="inbox.said.claimed"))


@router.post("/release")
async def post_release(
    request: Request, desk: AtDesk, by: AsMember, escalation_id: EscalationId, seen: Seen
) -> Response:
    await inbox.release(desk, by.workspace_id, escalation_id)
    return await _handed(request, desk, by, escalation_id, seen, Said(key="inbox.said.released"))


@router.post("/assign")
async def post_assign(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    escalation_id: EscalationId,
    seen: Seen,
    teammate: Annotated[UUID, Form()],
) -> Response:
    given = await inbox.assign(desk, by.workspace_id, escalation_id, MemberId(teammate))
    said = Said(key="inbox.said.assigned", values={"name": given.claimed_by_name or ""})
    return await _handed(request, desk, by, escalation_id, seen, said)


@router.post("/unlearn")
async def post_unlearn(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    escalation_id: EscalationId,
    seen: Seen,
    also: Annotated[list[UUID] | None, Query(max_length=together.MOST)] = None,
) -> Response:
    """Takes back what the answer taught, and what it taught for those who got it as well; the
    customers keep the answer."""
    author = Author(name=by.name, note="undone from the inbox")
    answered = [escalation_id, *(EscalationId(one) for one in also or ())]
    undone = await unlearning.unlearn(desk, by.workspace_id, answered, author=author)
    said = Said(key="inbox.said.unlearned" if undone else "inbox.said.nothing_to_unlearn")
    return _back(request, escalation_id, seen, said)


def _check(text: str) -> None:
    if not text.strip():
        raise Invalid(field="text", problem="Write an answer first.")
    try:
        storable(text)
    except ValueError as error:
        raise Invalid(field="text", problem=str(error)) from error


async def _close(
    desk: Desk,
    by: Member,
    escalation_id: EscalationId,
    action: Action,
    outcome: DecisionOutcome | None = None,
) -> None:
    decision = Resolve(action=action, outcome=outcome)
    await decisions.resolve(desk, by.workspace_id, escalation_id, decision, by.teammate)


def _said(sent: Together, learned: Learned | None, *, teaches: bool) -> Said:
    told = {"n": sent.others + 1}
    if sent.missed:
        return Said(key="inbox.said.some_missed", values={**told, "missed": sent.missed})
    if sent.others:
        return Said(key="inbox.said.sent_together", values=told)
    if not teaches or (learned is not None and learned.resolution_id is None):
        return Said(key="inbox.said.sent")
    if learned is None:
        return Said(key="inbox.said.sent_learning")
    return Said(key="inbox.said.sent_merged" if learned.merged else "inbox.said.sent_learned")


async def _too_late(
    request: Request,
    desk: Desk,
    by: Member,
    escalation_id: EscalationId,
    seen: View,
    typed: Writing,
    error: AlreadyDecided,
) -> Response:
    """The loser of a race is told who won, and finds their text again."""
    found = await detail(request, desk, by, escalation_id, seen, typed=typed, lost=error)
    if by_htmx(request):
        response = part(request, "inbox/detail.html", status=409, detail=found)
        response.headers.update({"HX-Retarget": f"#{DETAIL}", "HX-Reswap": "innerHTML"})
        return response
    shown: dict[str, Any] = {"listing": await listing(request, by, seen), "selected": escalation_id}
    return await page(
        request, by, "inbox/page.html", place="inbox", status=409, detail=found, **shown
    )


async def _handed(
    request: Request, desk: Desk, by: Member, escalation_id: EscalationId, seen: View, said: Said
) -> Response:
    """Whose it is now; the rest of the page stays, with what is being typed."""
    if not by_htmx(request):
        return _back(request, escalation_id, seen, said)
    found = await detail(request, desk, by, escalation_id, seen)
    return part(request, "inbox/handed.html", detail=found, said=said)


def _back(request: Request, escalation_id: EscalationId, seen: View, said: Said) -> Response:
    return redirect(request, f"/inbox/{escalation_id}{seen.question}", said=said)


async def _next(request: Request, by: Member, seen: View, said: Said) -> Response:
    """On to what has waited longest on this shelf."""
    filters = Filters(
        shelf=seen.shelf, member_id=by.id, reason=seen.reason, intent=seen.intent, q=seen.q
    )
    async with by.scope.begin() as tx:
        rows, _ = await tx.inbox.list(filters, after=None, limit=1)
    path = f"/inbox/{rows[0].id}" if rows else "/inbox"
    return redirect(request, f"{path}{seen.but().question}", said=said)
