"""A page outlives the session it was opened in: its forms go on in the next one of its member."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header
from starlette.responses import JSONResponse, Response

from support_graph.web.pages import csrf
from support_graph.web.pages.failures import PageRoute
from support_graph.web.pages.visitors import PAGE_OF, AsMember

router = APIRouter(prefix="/session", route_class=PageRoute, include_in_schema=False)


async def _says_whose(_: Annotated[str, Header(alias=PAGE_OF, max_length=40)]) -> None:
    """Elsewhere a request may leave it out, as the forms of a browser without scripts do."""


@router.get("/token", dependencies=[Depends(csrf.from_here), Depends(_says_whose)])
async def get_token(by: AsMember) -> Response:
    """For the member the page was made for and for nobody else (`AsMember` compares them). No other
    site can send the header that says so, nor read the answer."""
    return JSONResponse({csrf.FIELD: csrf.token(by.session)})
