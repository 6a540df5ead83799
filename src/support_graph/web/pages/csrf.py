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
ABOUT_SESSION: Final = "HX-Session"
"""Tells our scripts which session stands in the way: one that `ended`, one of `another` member than
the page was made for, or a page that is `stale`, whose forms carry the token of an older one."""
_SAFE: Final = {"GET", "HEAD", "OPTIONS"}
_STALE: Final = (
    "The session in which this page was opened has ended. "
    "Copy what you typed, sign in, and load the page again."
)


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
    from_here(request)
    if not isinstance(given, str) or not given:
        raise _forged("it carries no token")
    if secret is None or not _fits(given, secret):
        raise Problem("forbidden", _STALE, headers={ABOUT_SESSION: "stale"})


def _fits(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), token(secret).encode())


def from_here(request: Request) -> None:
    """Raises Problem for what another site sends."""
    if not _same_origin(request):
        raise _forged("another site sent it")


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
