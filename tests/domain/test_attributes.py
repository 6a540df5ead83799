"""Attributes of a contact: what was sent last is kept, and never more than fits."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from support_graph.domain.attributes import MOST, MOST_BYTES, Attributes, size

NAMES = st.sampled_from("abcdefghijkl")
SENT = st.dictionaries(NAMES, st.integers(0, 9) | st.text(max_size=20), max_size=6)
NARROW = {"most": 5, "most_bytes": 80}


def _after(messages: list[dict[str, Any]], **bounds: int) -> Attributes:
    known = Attributes()
    for new in messages:
        known = known.joined(new, **bounds)
    return known


@given(st.lists(SENT, max_size=12))
def test_they_never_outgrow_their_bounds(messages: list[dict[str, Any]]) -> None:
    kept = _after(messages, **NARROW)

    assert len(kept.values) <= NARROW["most"]
    assert size(kept.values) <= NARROW["most_bytes"]
    assert list(kept.values) == list(kept.sent)


@given(st.lists(SENT, max_size=12))
def test_what_was_sent_later_goes_later(messages: list[dict[str, Any]]) -> None:
    kept = _after(messages, **NARROW)

    latest: dict[str, tuple[int, Any]] = {}
    for number, new in enumerate(messages):
        latest.update({name: (number, value) for name, value in new.items()})
    assert {name: latest[name][1] for name in kept.values} == dict(kept.values)
    sent = [number for name, (number, _) in latest.items() if name in kept.values]
    gone = [number for name, (number, _) in latest.items() if name not in kept.values]
    assert not sent or not gone or max(gone) <= min(sent)


@given(st.lists(SENT, max_size=12))
def test_where_all_fits_all_is_kept(messages: list[dict[str, Any]]) -> None:
    merged: Mapping[str, Any] = {}
    for new in messages:
        merged = {**merged, **new}

    assert dict(_after(messages).values) == merged


@given(st.lists(SENT, max_size=8), SENT)
def test_the_same_message_again_changes_nothing(
    messages: list[dict[str, Any]], last: dict[str, Any]
) -> None:
    once = _after([*messages, last], **NARROW)

    assert once.joined(last, **NARROW) == once


def test_what_was_there_before_the_order_was_kept_gives_way_first() -> None:
    old = {f"old {n}": n for n in range(MOST)}

    kept = Attributes(values=old).joined({"plan": "scale", "locale": "en"})

    assert len(kept.values) == MOST
    assert list(kept.sent[-2:]) == ["plan", "locale"]
    assert "old 0" not in kept.values
    assert kept.values["old 49"] == 49


def test_a_message_that_may_be_sent_is_kept_whole() -> None:
    large = {"note": "x" * (MOST_BYTES - len('{"note": ""}'))}
    assert size(large) == MOST_BYTES

    assert dict(Attributes(values={"plan": "free"}).joined(large).values) == large
