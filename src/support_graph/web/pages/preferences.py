"""Theme, language and workspace: what a person sets for themselves, from any page."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from support_graph.desk import people
from support_graph.domain.ids import WorkspaceId
from support_graph.web.auth import AtDesk
from support_graph.web.pages.csrf import Protected
from support_graph.web.pages.failures import PageRoute
from support_graph.web.pages.language import LANGUAGES
from support_graph.web.pages.rendering import (
    LANGUAGE_COOKIE,
    THEME_COOKIE,
    THEMES,
    keep,
    local,
    redirect,
)
from support_graph.web.pages.visitors import AsWhoever
from support_graph.web.problems import Problem

router = APIRouter(route_class=PageRoute, include_in_schema=False, dependencies=[Protected])

_DAYS = 400
Choice = Annotated[str, Form(max_length=20)]
Back = Annotated[str, Form(max_length=600)]


@router.post("/preferences")
async def post_preferences(
    request: Request, theme: Choice = "", language: Choice = "", back: Back = "/"
) -> Response:
    response = redirect(request, local(back))
    for name, chosen, known in (
        (THEME_COOKIE, theme, THEMES),
        (LANGUAGE_COOKIE, language, LANGUAGES),
    ):
        if chosen and chosen not in known:
            raise Problem("invalid", f"There is no {chosen!r} to choose.")
        if chosen:
            keep(request, response, name, chosen, days=_DAYS)
    return response


@router.post("/workspace")
async def post_workspace(
    request: Request, desk: AtDesk, by: AsWhoever, workspace: Annotated[UUID, Form()]
) -> Response:
    await people.switch(desk, by.session, WorkspaceId(workspace))
    return redirect(request, "/")
