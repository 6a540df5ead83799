"""Turns a template and what it shows into a response; every page goes through here."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from support_graph.domain.evidence import HandoffReason
from support_graph.domain.ids import new_id
from support_graph.web.pages import csrf, flashes, navigation
from support_graph.web.pages.assets import asset
from support_graph.web.pages.flashes import Said
from support_graph.web.pages.language import LANGUAGES, Words, preferred, words
from support_graph.web.pages.notes import noted
from support_graph.web.pages.visitors import Member

_TEMPLATES: Final = Path(__file__).parents[1] / "templates"
THEMES: Final = ("auto", "light", "dark")
LANGUAGE_COOKIE: Final = "sg_language"
THEME_COOKIE: Final = "sg_theme"
_VARY: Final = "HX-Request, HX-Target, Cookie, Accept-Language"
_LONGEST_FLASHED_PATH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """What is around every page."""

    place: str
    counts: dict[str, int]
    flash: Said | None


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(
        asset=asset,
        places=navigation.PLACES,
        languages=LANGUAGES,
        themes=THEMES,
        reasons=tuple(HandoffReason),
        query=query,
        new_id=new_id,
        noted=noted,
        path_of=navigation.path_of,
    )
    return made


def query(**values: Any) -> str:
    """A query string of what is set, with its question mark."""
    given = {name: str(value) for name, value in values.items() if value not in {None, ""}}
    return f"?{urlencode(given)}" if given else ""


def is_partial(request: Request, target: str) -> bool:
    """Whether htmx asks for the part with this id only, and not for the whole page."""
    return request.headers.get("hx-target", "").endswith(f"#{target}")


def by_htmx(request: Request) -> bool:
    return "hx-request" in request.headers


def language_of(request: Request) -> Words:
    accepted = request.headers.get("accept-language", "")
    return words(preferred(request.cookies.get(LANGUAGE_COOKIE), accepted))


def _theme(request: Request) -> str:
    chosen = request.cookies.get(THEME_COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"


def _context(request: Request, secret: str) -> dict[str, Any]:
    return {
        "t": language_of(request),
        "theme": _theme(request),
        "csrf": csrf.token(secret),
        "member": getattr(request.state, "member", None),
        "here": here(request),
    }


def here(request: Request) -> str:
    """The path and query of this page: where a switch leads back to."""
    question = f"?{request.url.query}" if request.url.query else ""
    return quote(request.url.path, safe="/-") + question


def piece(request: Request, template: str, **shown: Any) -> str:
    """A piece of a page, as a message of a stream."""
    secret = csrf.secret_of(request) or csrf.guest_secret(request)
    rendered = _environment().get_template(template)
    return rendered.render(_context(request, secret) | {"partial": True} | shown)


def part(request: Request, template: str, *, status: int = 200, **shown: Any) -> HTMLResponse:
    """A piece of a page, for htmx."""
    text = piece(request, template, **shown)
    return HTMLResponse(_encodable(text), status_code=status, headers={"Vary": _VARY})


async def page(
    request: Request, member: Member, template: str, *, place: str, status: int = 200, **shown: Any
) -> HTMLResponse:
    """A whole page within the shell."""
    flash = flashes.read(request)
    shell = Shell(place=place, counts=await navigation.counted(member), flash=flash)
    context = _context(request, member.session) | {"partial": False, "shell": shell}
    text = _environment().get_template(template).render(context | shown)
    response = HTMLResponse(_encodable(text), status_code=status, headers={"Vary": _VARY})
    if flash is not None:
        flashes.clear(response)
    return response


def guest_page(request: Request, template: str, *, status: int = 200, **shown: Any) -> HTMLResponse:
    """A page for somebody who is not signed in, or not yet."""
    secret = csrf.secret_of(request) or csrf.guest_secret(request)
    context = _context(request, secret) | {"partial": False, "shell": None}
    text = _environment().get_template(template).render(context | shown)
    response = HTMLResponse(_encodable(text), status_code=status, headers={"Vary": _VARY})
    if csrf.secret_of(request) is None:
        keep(request, response, csrf.GUEST_COOKIE, secret)
    return response


def _encodable(text: str) -> bytes:
    """A request's broken characters are shown, not choked on."""
    return text.encode("utf-8", "backslashreplace")


def redirect(request: Request, path: str, *, said: Said | None = None) -> Response:
    """To another page, with something to say there; htmx is told in a header."""
    response: Response
    if by_htmx(request):
        response = Response(headers={"HX-Redirect": path})
    else:
        response = RedirectResponse(path, status_code=303)
    if said is not None:
        flashes.keep(request, response, said)
    return response


def keep(request: Request, response: Response, name: str, value: str, *, days: int = 0) -> None:
    """Sets a cookie that no script reads and no other site sends."""
    response.set_cookie(
        name,
        value,
        max_age=days * 86_400 or None,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def local(path: str | None, otherwise: str = "/") -> str:
    """`path` if it is one of ours: nobody is sent away to another site."""
    fits = path is not None and len(path) <= _LONGEST_FLASHED_PATH
    if path is None or not fits or not path.startswith("/") or path.startswith(("//", "/\\")):
        return otherwise
    return path if path.isprintable() else otherwise
