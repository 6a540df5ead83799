"""One resolution as its page shows it: what stands, what is being typed, and what a tab tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from support_graph.domain.ids import ResolutionId
from support_graph.domain.precedents import Precedent
from support_graph.domain.resolutions import Resolution, Revision
from support_graph.learning.differing import Piece, differences
from support_graph.store.catalogue import Entry, Service
from support_graph.web.pages.histories import Chapter, history
from support_graph.web.pages.scopes import as_lines
from support_graph.web.pages.visitors import Member

SHOWN = 50
_BLANK_CONDITIONS = 2


class Tab(StrEnum):
    ANSWER = "answer"
    HISTORY = "history"
    USES = "uses"
    ORIGIN = "origin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What the form of a resolution brings; `revision` is the one that was read."""

    revision: int
    answer: str
    intent: str
    names: Sequence[str]
    lines: Sequence[str]

    @property
    def conditions(self) -> Sequence[tuple[str, str]]:
        """As the form shows them, with room for more."""
        filled = [(n, v) for n, v in zip(self.names, self.lines, strict=False) if n or v]
        return [*filled, *[("", "")] * _BLANK_CONDITIONS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Somebody else was quicker: who, and how what was typed differs from what stands now."""

    newest: Revision
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    head: Resolution
    entry: Entry
    tab: Tab
    typed: Typed
    intents: Sequence[str]
    chapters: Sequence[Chapter] = ()
    services: Sequence[Service] = ()
    precedents: Sequence[Precedent] = ()
    next: int | None = None
    problem: str | None = None
    lost: Lost | None = None


def _as_stored(head: Resolution) -> Typed:
    scope = head.content.scope
    return Typed(
        revision=head.revision,
        answer=head.content.answer,
        intent=head.intent or "",
        names=list(scope),
        lines=[as_lines(wanted) for wanted in scope.values()],
    )


async def detail(
    by: Member,
    resolution_id: ResolutionId,
    *,
    tab: Tab = Tab.ANSWER,
    after: int = 0,
    writing: Typed | None = None,
    problem: str | None = None,
    lost: bool = False,
) -> Detail:
    """Raises NotFound."""
    async with by.scope.begin() as tx:
        head = await tx.resolutions.get(resolution_id)
        entry = (await tx.catalogue.entries([resolution_id]))[resolution_id]
        intents = await tx.catalogue.intents()
        chapters: Sequence[Chapter] = ()
        services: Sequence[Service] = ()
        precedents: Sequence[Precedent] = ()
        more = False
        if tab is Tab.HISTORY:
            chapters = await history(tx, await tx.resolutions.revisions(resolution_id))
        elif tab is Tab.USES:
            services, more = await tx.catalogue.services(resolution_id, skip=after, limit=SHOWN)
        elif tab is Tab.ORIGIN:
            precedents = await tx.precedents.of([resolution_id], limit=SHOWN)
        newest = await tx.resolutions.revision(resolution_id, head.revision) if lost else None
    stored = head.content.answer
    return Detail(
        head=head,
        entry=entry,
        tab=tab,
        typed=writing or _as_stored(head),
        intents=intents,
        chapters=chapters,
        services=services,
        precedents=precedents,
        next=after + SHOWN if more else None,
        problem=problem,
        lost=Lost(newest=newest, pieces=differences(stored, writing.answer))
        if newest and writing
        else None,
    )
