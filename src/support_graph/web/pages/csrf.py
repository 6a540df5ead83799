"""Unsafe requests come from our own pages: the browser says so, and a token proves it.

The token is derived from a secret cookie (the session's, or a guest's before there is one), so it
is bound to the session, needs no storage, and works in plain forms as well as with htmx.
"""

import hashlib
import hmac
import secrets
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request

from support_graph.web.problems import Problem

SESSION_COOKIE: Final = "sg_session"
GUEST_COOKIE: Final = "sg_guest"
FIELD: Final = "csrf"
_SAFE: Final = {"GET", "HEAD", "OPTIONS"}


def token(secret: str) -> str:
    return hmac.new(secret.encode("utf-8", "replace"), b"csrf", hashlib.sha256).hexdigest()


def guest_secret(request: Request) -> str:
    """The guest's cookie, or a new one, which the response has to set."""
    return request.cookies.get(GUEST_COOKIE) or secrets.token_urlsafe(16)


def secret_of(request: Request) -> str | None:
    return request.cookies.get(SESSION_COOKIE) or request.cookies.get(GUEST_COOKIE)


async def _from_our_page(request: Request) -> None:
    if request.method in _SAFE:
        return
    form = await request.form()
    given, secret = form.get(FIELD), secret_of(request)
    if not _same_origin(request):
        raise _forged("another site sent it")
    if not isinstance(given, str) or secret is None:
        raise _forged("it carries no token")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), token(secret).encode()):
        raise _forged("its token is another session's")


def _same_origin(request: Request) -> bool:
    """What the browser says of where the request was made; older ones say only the origin."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _forged(why: str) -> Problem:
    detail = f"This request was not made on one of our pages: {why}. Load the page again."
    return Problem("forbidden", detail)


Protected = Depends(_from_our_page)
FromOurPage = Annotated[None, Protected]
