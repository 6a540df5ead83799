"""Where a resolution holds."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

PAGE = "page"
PAGE_URL = "page_url"


class Standing(StrEnum):
    """Whether a scope's conditions are met: some that are not known and none that fails is
    `unknown`."""

    HOLDS = "holds"
    UNKNOWN = "unknown"
    FAILS = "fails"


def standing(scope: Mapping[str, Any], facts: Mapping[str, Any]) -> Standing:
    """A condition is a value, or a list of values of which one must be the fact."""
    if not scope:
        return Standing.HOLDS
    if any(name in facts and not _meets(facts[name], wanted) for name, wanted in scope.items()):
        return Standing.FAILS
    return Standing.HOLDS if scope.keys() <= facts.keys() else Standing.UNKNOWN


def holds(scope: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Whether every condition of `scope` is known to be true; an unknown fact is a no."""
    return standing(scope, facts) is Standing.HOLDS


def missing(scope: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The facts that would have to be known to say whether `scope` holds."""
    return tuple(name for name in scope if name not in facts)


def facts_of(context: Mapping[str, Any]) -> dict[str, Any]:
    """What a message's context says, with the page: the path of its `page_url`.

    Query and fragment belong to the visit; but a fragment that is a path is the page of an
    application that has only one address.
    """
    facts = dict(context)
    url = context.get(PAGE_URL)
    if PAGE not in facts and isinstance(url, str) and (page := _page(url)) is not None:
        facts[PAGE] = page
    return facts


def widened(scope: Mapping[str, Any], facts: Mapping[str, Any], name: str) -> dict[str, Any]:
    """`scope`, holding for this fact `name` too; unchanged where it does, or nothing is known."""
    if name not in scope or name not in facts or _meets(facts[name], scope[name]):
        return dict(scope)
    return {**scope, name: [*values_of(scope[name]), facts[name]]}


def joined(into: Mapping[str, Any], scope: Mapping[str, Any]) -> dict[str, Any]:
    """`into`, holding where `scope` did as well: where they differ in one condition only.

    Scopes that differ in more are no single scope, so `into` stays as it is.
    """
    apart = [name for name in into.keys() | scope.keys() if into.get(name) != scope.get(name)]
    if len(apart) != 1 or apart[0] not in into or apart[0] not in scope:
        return dict(into)
    name = apart[0]
    more = [value for value in values_of(scope[name]) if not _meets(value, into[name])]
    return {**into, name: [*values_of(into[name]), *more]}


def told_apart(scopes: Sequence[Mapping[str, Any]]) -> bool:
    """Whether one fact says of all of these which one holds, and never of two."""
    shared = set.intersection(*(set(scope) for scope in scopes)) if scopes else set()
    for name in shared:
        values = [value for scope in scopes for value in values_of(scope[name])]
        if all(value not in values[:n] for n, value in enumerate(values)):
            return True
    return False


def values_of(wanted: Any) -> list[Any]:
    """The values that a condition allows."""
    return list(wanted) if isinstance(wanted, list) else [wanted]


def _meets(fact: Any, wanted: Any) -> bool:
    return fact in wanted if isinstance(wanted, list) else fact == wanted


def _page(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:  # such as a bracket that is never closed
        return None
    route = parts.fragment.removeprefix("!")
    inside = f"#{route.split('?')[0].rstrip('/')}" if route.startswith("/") else ""
    if not parts.path and not parts.netloc and not inside:
        return None
    return (parts.path.rstrip("/") or "/") + inside
