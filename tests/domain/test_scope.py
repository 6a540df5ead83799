"""Where an answer holds: known, unknown, or not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_graph.domain.scope import (
    Standing,
    facts_of,
    holds,
    joined,
    missing,
    standing,
    told_apart,
    widened,
)

names = st.sampled_from(["page", "plan", "locale"])
values = st.one_of(st.sampled_from(["/a", "/b", "scale"]), st.booleans())
facts = st.dictionaries(names, values)
scopes = st.dictionaries(names, st.one_of(values, st.lists(values, min_size=1, max_size=3)))


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"page": "/a", "plan": "scale"}, Standing.HOLDS),
        ({"page": "/b"}, Standing.HOLDS),
        ({"page": "/c"}, Standing.FAILS),
        ({"plan": "scale"}, Standing.UNKNOWN),
        ({}, Standing.UNKNOWN),
    ],
)
def test_what_is_not_known_is_neither_yes_nor_no(known: dict[str, Any], expected: Standing) -> None:
    assert standing({"page": ["/a", "/b"]}, known) is expected


def test_one_condition_that_fails_settles_it() -> None:
    assert standing({"page": "/a", "plan": "scale"}, {"page": "/c"}) is Standing.FAILS
    assert missing({"page": "/a", "plan": "scale"}, {"page": "/a"}) == ("plan",)


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://app.example.com/settings/keys", "/settings/keys"),
        ("https://app.example.com/settings/keys/?tab=2#top", "/settings/keys"),
        ("https://app.example.com", "/"),
        ("https://app.example.com/#/orders/?x=1", "/#/orders"),
        ("https://app.example.com/#!/orders", "/#/orders"),
        ("/docs/limits/", "/docs/limits"),
        ("", None),
        ("https://[", None),
        (7, None),
    ],
)
def test_the_page_is_the_path_of_its_address(url: Any, page: str | None) -> None:
    assert facts_of({"page_url": url}).get("page") == page


def test_a_page_that_was_named_is_left_alone() -> None:
    named = {"page": "keys", "page_url": "https://app.example.com/settings"}
    assert facts_of(named) == named


@given(scopes, facts)
def test_knowing_more_never_turns_a_no_into_a_yes(
    scope: dict[str, Any], known: dict[str, Any]
) -> None:
    fewer = dict(list(known.items())[1:])
    if standing(scope, fewer) is Standing.FAILS:
        assert standing(scope, known) is Standing.FAILS
    if standing(scope, fewer) is Standing.HOLDS:
        assert standing(scope, known) is Standing.HOLDS
    assert holds(scope, known) == (standing(scope, known) is Standing.HOLDS)


@given(scopes, facts, names)
def test_a_widened_scope_holds_where_it_did_and_there(
    scope: dict[str, Any], known: dict[str, Any], name: str
) -> None:
    wider = widened(scope, known, name)
    if holds(scope, known):
        assert wider == scope
    if name in scope and name in known:
        assert standing({name: wider[name]}, known) is Standing.HOLDS


@given(scopes, scopes, facts)
def test_a_joined_scope_takes_no_place_away(
    into: dict[str, Any], other: dict[str, Any], known: dict[str, Any]
) -> None:
    both = joined(into, other)
    if holds(into, known):
        assert holds(both, known)
    if holds(both, known):
        assert holds(into, known) or holds(other, known)


def test_scopes_are_told_apart_by_one_fact_that_all_of_them_name() -> None:
    assert told_apart([{"page": "/a"}, {"page": ["/b", "/c"]}])
    assert not told_apart([{"page": "/a"}, {"page": ["/b", "/a"]}])
    assert not told_apart([{"page": "/a"}, {}])
    assert not told_apart([{"page": "/a"}, {"plan": "scale"}])
