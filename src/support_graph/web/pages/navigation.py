"""The places of the dashboard, in the order of the side bar; a new page is one more line."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from support_graph.store.database import Transaction
from support_graph.store.inbox import Shelf
from support_graph.web.pages.visitors import Member

Count = Callable[[Transaction, Member], Awaitable[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`name` is also the key of its label, `nav.<name>`; `key` is typed after g.

    A `fleeting` one is shown only while there is something to count.
    """

    name: str
    path: str
    icon: str
    key: str
    count: Count | None = None
    fleeting: bool = False


async def _waiting(tx: Transaction, member: Member) -> int:
    counts = await tx.inbox.counts(member.id)
    return counts[Shelf.WAITING] + counts[Shelf.MINE]


async def _steps_left(tx: Transaction, member: Member) -> int:  # noqa: ARG001 - a Count
    return (await tx.first_steps.read()).left


async def _to_review(tx: Transaction, _: Member) -> int:
    return await tx.catalogue.to_review()


PLACES: Final = (
    Place(name="start", path="/start", icon="check", key="f", count=_steps_left, fleeting=True),
    Place(name="inbox", path="/inbox", icon="inbox", key="i", count=_waiting),
    Place(name="conversations", path="/conversations", icon="messages-square", key="c"),
    Place(name="resolutions", path="/resolutions", icon="lightbulb", key="r", count=_to_review),
    Place(name="brain", path="/brain", icon="book-open", key="b"),
    Place(name="try", path="/try", icon="flask-conical", key="t"),
    Place(name="learning", path="/learning", icon="chart-line", key="l"),
    Place(name="intents", path="/intents", icon="target", key="n"),
    Place(name="settings", path="/settings", icon="settings", key="s"),
)


def path_of(name: str) -> str | None:
    """Where a place is; None where this version has no such place."""
    return next((place.path for place in PLACES if place.name == name), None)


async def counted(member: Member) -> dict[str, int]:
    """By place, where there is something to count."""
    async with member.scope.begin() as tx:
        return {p.name: await p.count(tx, member) for p in PLACES if p.count is not None}
