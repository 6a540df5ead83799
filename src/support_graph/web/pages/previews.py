"""What the answer being typed would teach."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from support_graph.domain.ids import EscalationId
from support_graph.web.auth import AtDesk
from support_graph.web.pages.csrf import Protected
from support_graph.web.pages.details import foreseen
from support_graph.web.pages.escalations import Written
from support_graph.web.pages.failures import PageRoute
from support_graph.web.pages.rendering import part
from support_graph.web.pages.visitors import AsMember

router = APIRouter(route_class=PageRoute, include_in_schema=False, dependencies=[Protected])


@router.post("/inbox/{escalation_id}/preview")
async def post_preview(
    request: Request, desk: AtDesk, by: AsMember, escalation_id: EscalationId, typed: Written
) -> Response:
    """A POST because the text may be long; it changes nothing."""
    async with by.scope.begin() as tx:
        escalation = await tx.escalations.get(escalation_id)
    found = await foreseen(desk, by, escalation, typed)
    return part(request, "inbox/foreseen.html", foreseen=found, writing=typed)
