"""Where a resolution holds."""

from collections.abc import Mapping
from typing import Any


def holds(scope: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Whether every condition of `scope` is known to be true; an unknown fact is a no.

    A condition is a value, or a list of values of which one must be the fact.
    """
    return all(
        _meets(facts[name], wanted) if name in facts else False for name, wanted in scope.items()
    )


def _meets(fact: Any, wanted: Any) -> bool:
    return fact in wanted if isinstance(wanted, list) else fact == wanted
