"""Signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from support_graph.desk import people
from support_graph.domain.errors import SignInRefused, TooManyAttempts
from support_graph.web.auth import AtDesk
from support_graph.web.pages.csrf import GUEST_COOKIE, SESSION_COOKIE, Protected
from support_graph.web.pages.failures import PageRoute
from support_graph.web.pages.rendering import guest_page, keep, local, redirect
from support_graph.web.problems import STATUSES

router = APIRouter(route_class=PageRoute, include_in_schema=False, dependencies=[Protected])

_DAYS = people.SESSION.days
Typed = Annotated[str, Form(max_length=300)]


@router.get("/")
async def get_root() -> Response:
    return RedirectResponse("/inbox", status_code=303)


@router.get("/sign-in")
async def get_sign_in(
    request: Request, desk: AtDesk, back: Annotated[str | None, Query(max_length=600)] = None
) -> Response:
    secret = request.cookies.get(SESSION_COOKIE)
    if secret and await people.visitor(desk, secret) is not None:
        return RedirectResponse(local(back), status_code=303)
    return guest_page(request, "sign_in/page.html", login="", back=local(back), problem=None)


@router.post("/sign-in")
async def post_sign_in(
    request: Request, desk: AtDesk, login: Typed, password: Typed, back: Typed = "/"
) -> Response:
    source = request.client.host if request.client else "unknown"
    try:
        secret = await people.sign_in(desk, login, password, source=source)
    except (SignInRefused, TooManyAttempts) as error:
        typed = {"login": login, "back": local(back), "problem": error.kind}
        status = STATUSES[error.kind][0]
        return guest_page(request, "sign_in/page.html", status=status, **typed)
    return begun(request, secret, local(back))


@router.post("/sign-out")
async def post_sign_out(request: Request, desk: AtDesk, everywhere: Typed = "") -> Response:
    secret = request.cookies.get(SESSION_COOKIE)
    if secret is not None:
        await people.sign_out(desk, secret, everywhere=bool(everywhere))
    response = redirect(request, "/sign-in")
    response.delete_cookie(SESSION_COOKIE)
    return response


def begun(request: Request, secret: str, path: str) -> Response:
    """The first page of a new session."""
    response = redirect(request, path)
    keep(request, response, SESSION_COOKIE, secret, days=_DAYS)
    response.delete_cookie(GUEST_COOKIE)
    return response
