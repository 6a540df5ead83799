"""What a one-time link opens: a place in a workspace, for somebody new or somebody known."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import Response

from support_graph.desk import people
from support_graph.desk.people import NewPerson
from support_graph.domain.errors import Invalid, NameTaken, SignInRefused
from support_graph.web.auth import AtDesk
from support_graph.web.pages.csrf import Protected
from support_graph.web.pages.failures import PageRoute
from support_graph.web.pages.rendering import guest_page
from support_graph.web.pages.sign_in import begun

router = APIRouter(
    prefix="/welcome", route_class=PageRoute, include_in_schema=False, dependencies=[Protected]
)

Secret = Annotated[str, Path(max_length=100)]
Typed = Annotated[str, Form(max_length=300)]


@router.get("/{secret}")
async def get_welcome(request: Request, desk: AtDesk, secret: Secret) -> Response:
    """Looking uses nothing up: mail programs and chats look at links before people do."""
    _, known = await people.look_at(desk, secret)
    return _form(request, known=known)


@router.post("/{secret}")
async def post_welcome(
    request: Request,
    desk: AtDesk,
    secret: Secret,
    name: Typed = "",
    login: Typed = "",
    password: Typed = "",
) -> Response:
    _, known = await people.look_at(desk, secret)
    if known:
        return begun(request, await people.follow(desk, secret), "/")
    new = NewPerson(name=name, login=login, password=password)
    try:
        session = await people.accept(desk, secret, new)
    except Invalid as error:
        return _form(request, name=name, login=login, problem=error.field, status=422)
    except NameTaken:
        return _form(request, name=name, login=login, problem="taken", status=409)
    except SignInRefused:
        return _form(request, name=name, login=login, problem="refused", status=401)
    return begun(request, session, "/")


def _form(
    request: Request,
    *,
    known: bool = False,
    name: str = "",
    login: str = "",
    problem: str | None = None,
    status: int = 200,
) -> Response:
    return guest_page(
        request,
        "sign_in/welcome.html",
        status=status,
        known=known,
        name=name,
        login=login,
        problem=problem,
    )
