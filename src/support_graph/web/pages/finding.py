"""Ctrl+K: goes to a page, an escalation or a resolution by its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from support_graph.domain.ids import TurnId
from support_graph.store.finder import ESCALATION, RESOLUTION, Found
from support_graph.web.pages import navigation
from support_graph.web.pages.failures import PageRoute
from support_graph.web.pages.language import Words
from support_graph.web.pages.navigation import Place
from support_graph.web.pages.rendering import is_partial, language_of, page, part
from support_graph.web.pages.typed import plain
from support_graph.web.pages.visitors import AsMember, Member

router = APIRouter(prefix="/find", route_class=PageRoute, include_in_schema=False)

_EACH = 6
_SHORTEST = 2
"""One letter is in nearly everything."""
_PLACES = {ESCALATION: "inbox", RESOLUTION: "resolutions"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """Where one can go; `label` is the customer's or a teammate's words, or the place's name."""

    path: str
    icon: str
    label: str
    beside: str | None = None


@router.get("")
async def get_goals(
    request: Request, by: AsMember, q: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    q = plain(q)
    goals = [*_places(q, language_of(request)), *await _records(by, q)]
    if is_partial(request, "found"):
        return part(request, "finding/goals.html", goals=goals, q=q)
    return await page(request, by, "finding/page.html", place="", goals=goals, q=q)


@router.get("/turn/{turn_id}")
async def get_turn(by: AsMember, turn_id: TurnId) -> Response:
    """To the question in its conversation, for whoever has only its id."""
    async with by.scope.begin() as tx:
        conversation_id = await tx.turns.conversation_of(turn_id)
    path = f"/conversations/{conversation_id}?turn={turn_id}#turn-{turn_id}"
    return RedirectResponse(path, status_code=303)


def _places(q: str, t: Words) -> Sequence[Goal]:
    named = [(place, t(f"nav.{place.name}")) for place in navigation.PLACES]
    return [
        Goal(path=place.path, icon=place.icon, label=name)
        for place, name in named
        if q.casefold() in name.casefold()
    ]


async def _records(by: Member, q: str) -> Sequence[Goal]:
    if len(q) < _SHORTEST:
        return []
    async with by.scope.begin() as tx:
        found = await tx.found.by_words(q, each=_EACH)
    goals = []
    for one in found:
        place = next((p for p in navigation.PLACES if p.name == _PLACES[one.kind]), None)
        if place is not None:
            goals.append(_goal(place, one))
    return goals


def _goal(place: Place, found: Found) -> Goal:
    return Goal(
        path=f"{place.path}/{found.id}", icon=place.icon, label=found.words, beside=found.beside
    )
