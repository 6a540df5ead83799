"""Lists come in pages: newest first, with a cursor to the next one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Query

from support_graph.store.rooms import Page
from support_graph.web.fields import Cursor, Shown

T = TypeVar("T")
S = TypeVar("S")


class Listed(Shown, Generic[T]):
    """One page; `next_cursor` is null on the last."""

    items: list[T]
    next_cursor: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    cursor: UUID | None
    limit: int


def _window(
    cursor: Annotated[Cursor | None, Query(description="`next_cursor` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Window:
    return Window(cursor=cursor, limit=limit)


Paged = Annotated[Window, Depends(_window)]


def listed(page: Page[Any], show: Callable[[Any], S]) -> Listed[S]:
    return Listed[S](items=[show(item) for item in page.items], next_cursor=page.next_cursor)
