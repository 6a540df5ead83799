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
    """`name` is also the key of its label, `nav.<name>`; `key` is typed after g."""

    name: str
    path: str
    icon: str
    key: str
    count: Count | None = None


async def _waiting(tx: Transaction, member: Member) -> int:
    counts = await tx.inbox.counts(member.id)
    return counts[Shelf.WAITING] + counts[Shelf.MINE]


PLACES: Final = (
    Place(name="inbox", path="/inbox", icon="inbox", key="i", count=_waiting),
    Place(name="learning", path="/learning", icon="chart-line", key="l"),
    Place(name="intents", path="/intents", icon="target", key="n"),
    Place(name="settings", path="/settings", icon="settings", key="s"),
)


async def counted(member: Member) -> dict[str, int]:
    """By place, where there is something to count."""
    async with member.scope.begin() as tx:
        return {p.name: await p.count(tx, member) for p in PLACES if p.count is not None}
