"""Notes that the desk wrote into a log itself, told in the reader's language and without ids."""

import re
from dataclasses import dataclass
from typing import Final

_ID = r"(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_RESOLUTION = "/resolutions/{}?tab=history"
_KNOWN: Final = tuple(
    (re.compile(pattern), name, path)
    for pattern, name, path in (
        (f"answered turn {_ID}", "answered", "/find/turn/{}"),
        (f"merged into {_ID}", "merged_into", _RESOLUTION),
        (f"took in {_ID}", "took_in", _RESOLUTION),
        (f"undid the merge into {_ID}", "undid", _RESOLUTION),
        (f"gave {_ID} back", "gave_back", _RESOLUTION),
        (f"moved phrasings to {_ID}", "moved_to", _RESOLUTION),
        (f"took phrasings from {_ID}", "took_from", _RESOLUTION),
        (f"accepted proposal {_ID}", "proposal", "/resolutions/review?status=accepted"),
        ("undone", "undone", None),
        ("undone from the inbox", "undone_in_inbox", None),
        ("proposed from a backlog", "backlog", None),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """`name` stands in the catalogue under `noted`; `path` leads to what it is about."""

    name: str
    path: str | None


def noted(note: str) -> Noted | None:
    """None for what a person wrote."""
    for pattern, name, path in _KNOWN:
        if found := pattern.fullmatch(note):
            subject = found.groupdict().get("id")
            return Noted(name=name, path=path.format(subject) if path else None)
    return None
