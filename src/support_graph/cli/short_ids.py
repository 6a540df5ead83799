"""Ids that a person can type: the last eight characters.

UUIDv7 ids made in the same hour begin alike, and end at random.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from support_graph.cli.failures import CommandFailed
from support_graph.domain.errors import NotFound

_SHOWN = 8
_PART = re.compile(r"[0-9a-f-]{4,36}")


def short(item_id: UUID | str) -> str:
    return str(item_id)[-_SHOWN:]


async def found(
    noun: str, typed: str, ids_like: Callable[[str], Awaitable[Sequence[UUID]]]
) -> UUID:
    """The one id that begins or ends with what was typed. Raises NotFound or CommandFailed."""
    part = typed.strip().lower()
    if not _PART.fullmatch(part):
        raise NotFound(noun=noun, id=typed)
    ids = await ids_like(part)
    if not ids:
        raise NotFound(noun=noun, id=typed)
    if len(ids) > 1:
        raise CommandFailed(f"Several ids begin or end with {typed!r}; type more of the {noun}'s.")
    return ids[0]
