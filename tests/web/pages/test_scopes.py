"""A scope that is shown as text and read again is the same scope."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_graph.web.pages.scopes import as_lines, scope_of

_PLAIN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
_VALUES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _PLAIN | st.just("7")
_NAMES = _PLAIN.map(str.strip).filter(bool)
_SCOPES = st.dictionaries(_NAMES, _VALUES | st.lists(_VALUES, min_size=1, max_size=4), max_size=4)


@given(scope=_SCOPES)
def test_saving_what_was_shown_changes_nothing(scope: dict[str, Any]) -> None:
    shown = [as_lines(wanted) for wanted in scope.values()]

    assert scope_of(list(scope), shown, before=scope) == scope


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("scale", "scale"),
        (" scale \n\nfree ", ["scale", "free"]),
        ("7\ntrue\n1.5", [7, True, 1.5]),
        ('"7"', "7"),
        ('{"a": 1}', '{"a": 1}'),
        ("[1, 2]", "[1, 2]"),
    ],
)
def test_lines_are_read_as_people_mean_them(lines: str, expected: Any) -> None:
    assert scope_of(["plan"], [lines], before={}) == {"plan": expected}


def test_a_condition_without_a_name_or_a_value_is_none() -> None:
    assert scope_of(["", "plan", " "], ["x", " \n", "y"], before={"plan": "x"}) == {}
