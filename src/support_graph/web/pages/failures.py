"""Errors as pages: what happened, what was kept, and what to do.

`PageRoute` is the route class of every page: it also sets the headers that keep a page to our own
scripts, styles and forms.
"""

import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from support_graph.domain.errors import DeskError
from support_graph.web.pages import rendering
from support_graph.web.pages.csrf import ABOUT_SESSION
from support_graph.web.pages.visitors import AnotherSignedIn, SignInNeeded
from support_graph.web.problems import STATUSES, Problem

log = logging.getLogger(__name__)

POLICY: Final = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
"""Images may be data, because Pico draws its arrows and checks so."""
_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
}
_TOAST: Final = {"HX-Retarget": "#toasts", "HX-Reswap": "beforeend"}
_KINDS: Final = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}
_API: Final = ("/v1/", "/langgraph/", "/static/")
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PageRoute(APIRoute):
    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                response = await handle(request)
            except SignInNeeded:
                response = _sign_in(request)
            except AnotherSignedIn:
                # Only our scripts say whom a page was made for, and they have words for it.
                response = Response(status_code=409, headers={ABOUT_SESSION: "another"})
            except (DeskError, Problem, RequestValidationError, HTTPException) as error:
                response = shown(request, *_told(error))
                response.headers.update(getattr(error, "headers", None) or {})
            except Exception:
                number = uuid4().hex
                log.exception("Incident %s: %s failed.", number, request.url.path)
                said = f"Give this number to whoever runs the desk: {number}."
                response = shown(request, "internal", said)
            for name, value in _HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return guarded


def _sign_in(request: Request) -> Response:
    """A page on which something is typed stays where it is (static/js/25-sending.js). Without
    scripts a form leads away, and the browser's way back to what was typed."""
    back = _page_of(request)
    path = "/sign-in" + rendering.query(back=None if back == "/" else back)
    if rendering.by_htmx(request):
        # A stream that was cut must not read the sign-in page for its next events.
        return Response(status_code=401, headers={"HX-Redirect": path, ABOUT_SESSION: "ended"})
    return RedirectResponse(path, status_code=303)


def _page_of(request: Request) -> str:
    """The page that the browser shows: a piece of it, or a stream, is nothing to come back to."""
    if rendering.by_htmx(request):
        at = urlsplit(request.headers.get("hx-current-url", "/"))
        return rendering.local(at.path + (f"?{at.query}" if at.query else ""))
    return rendering.here(request) if request.method == "GET" else "/"


def _told(error: Exception) -> tuple[str, str]:
    """The kind of the problem, and its sentence."""
    if isinstance(error, Problem):
        return error.kind, error.detail
    if isinstance(error, DeskError):
        if error.kind not in STATUSES:
            raise error
        return error.kind, str(error)
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]
        if first["loc"][0] == "path":
            return "not_found", "There is nothing at this address."
        return "invalid", f"{first['loc'][-1]}: {first['msg']}"
    assert isinstance(error, HTTPException)
    return _KINDS.get(error.status_code, "malformed"), str(error.detail)


def shown(request: Request, kind: str, detail: str) -> Response:
    """The error page; for htmx a toast, which leaves what is on the page as it is."""
    status = STATUSES[kind][0]
    told = {"kind": kind, "detail": detail, "typed": request.method != "GET"}
    if rendering.by_htmx(request):
        response = rendering.part(request, "errors/toast.html", status=status, **told)
        response.headers.update(_TOAST)
        return response
    return rendering.guest_page(request, "errors/page.html", status=status, **told)


def install(app: FastAPI) -> None:
    """People who go astray see a page, programs a problem."""
    as_problem = app.exception_handlers[HTTPException]

    async def handled(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        reads = "text/html" in request.headers.get("accept", "")
        if error.status_code == STATUSES["not_found"][0] and reads and not _is_api(request):
            response = shown(request, "not_found", "There is nothing at this address.")
            response.headers.update(_HEADERS)
            return response
        answered = as_problem(request, error)
        return await answered  # type: ignore[no-any-return, misc]

    app.add_exception_handler(HTTPException, handled)


def _is_api(request: Request) -> bool:
    return request.url.path.startswith(_API)
