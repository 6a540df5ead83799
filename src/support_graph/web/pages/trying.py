"""Try it: ask as a customer, and see what would come of it; nothing does.

Without htmx the answer is a page. With it, it is a stream of the same piece of that page, each time
with what the graph has done since.
"""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Form, Request
from fastapi.sse import EventSourceResponse, format_sse_event
from starlette.responses import Response

from support_graph.desk import trying
from support_graph.desk.parts import Desk
from support_graph.desk.trying import Stage, Step, Trial
from support_graph.domain.errors import Invalid
from support_graph.graph.flow import JUDGING
from support_graph.web.auth import AtDesk
from support_graph.web.fields import LONGEST_TEXT
from support_graph.web.pages.csrf import Protected
from support_graph.web.pages.failures import PageRoute
from support_graph.web.pages.rendering import by_htmx, page, part
from support_graph.web.pages.visitors import AsMember, Member
from support_graph.web.shapes.trying import NewTrial
from support_graph.web.shapes.trying import Trial as Shown
from support_graph.web.tried import as_trial
from support_graph.web.uploads import checked

log = logging.getLogger(__name__)

router = APIRouter(
    prefix="/try", route_class=PageRoute, include_in_schema=False, dependencies=[Protected]
)

Line = Annotated[str, Form(max_length=2_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The form as it was sent; `attributes` are lines such as `plan: scale`."""

    question: str = ""
    page_title: str = ""
    page_url: str = ""
    attributes: str = ""

    def trial(self) -> Trial:
        """Raises RequestValidationError, or Invalid for a line that names nothing."""
        context = dict(_attribute(line) for line in self.attributes.splitlines() if line.strip())
        page = {"page_title": self.page_title.strip(), "page_url": self.page_url.strip()}
        context |= {name: value for name, value in page.items() if value}
        asked = checked(NewTrial, {"text": self.question, "context": context})
        return Trial(question=asked.text, context=asked.context)


def _attribute(line: str) -> tuple[str, str]:
    name, separator, value = (part.strip() for part in line.partition(":"))
    if not (name and separator and value):
        raise Invalid(field="attributes", problem="write one on each line, as name: value")
    return name, value


def typed(
    question: Annotated[str, Form(max_length=LONGEST_TEXT)] = "",
    page_title: Line = "",
    page_url: Line = "",
    attributes: Annotated[str, Form(max_length=16_000)] = "",
) -> Typed:
    return Typed(
        question=question.replace("\r\n", "\n"),
        page_title=page_title,
        page_url=page_url,
        attributes=attributes.replace("\r\n", "\n"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How far the graph has come: the last step of each node, and at last what came of it."""

    steps: dict[str, Step] = field(default_factory=dict)
    came: Shown | None = None

    def state(self, node: str) -> str:
        """`waiting`, `running`, `failed`, `done`, or `skipped` when it was not needed."""
        step = self.steps.get(node)
        if step is None:
            return "skipped" if self.came else "waiting"
        if step.stage is Stage.BEGUN:
            return "running"
        return "failed" if step.failed else "done"


@router.get("")
async def get_try(request: Request, by: AsMember) -> Response:
    return await page(request, by, "try/page.html", place="try", typed=Typed(), run=None, nodes=())


@router.post("")
async def post_try(
    request: Request, desk: AtDesk, by: AsMember, asked: Annotated[Typed, Depends(typed)]
) -> Response:
    """A POST because the question may be long; it changes nothing."""
    trial = asked.trial()
    if by_htmx(request):
        return EventSourceResponse(_streamed(request, desk, by, trial))
    *_, last = [run async for run in _runs(desk, by, trial)]
    shown: dict[str, Any] = {"typed": asked, "run": last, "nodes": JUDGING}
    return await page(request, by, "try/page.html", place="try", **shown)


async def _streamed(request: Request, desk: Desk, by: Member, trial: Trial) -> AsyncIterator[bytes]:
    try:
        async for run in _runs(desk, by, trial):
            yield _event(part(request, "try/result.html", run=run, nodes=JUDGING))
    except Exception:
        # The stream has begun, so it can't become an error page.
        number = uuid4().hex
        log.exception("Incident %s: trying a question failed.", number)
        said = f"Give this number to whoever runs the desk: {number}."
        yield _event(part(request, "errors/toast.html", kind="internal", detail=said, typed=False))


def _event(rendered: Response) -> bytes:
    return format_sse_event(data_str=bytes(rendered.body).decode())


async def _runs(desk: Desk, by: Member, trial: Trial) -> AsyncIterator[Run]:
    run = Run()
    yield run
    async for seen in trying.follow(desk, by.workspace_id, trial):
        if isinstance(seen, Step):
            run = replace(run, steps={**run.steps, seen.node: seen})
        else:
            async with by.scope.begin() as tx:
                run = replace(run, came=await as_trial(tx, seen))
        yield run
