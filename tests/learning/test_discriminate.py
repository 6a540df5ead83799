"""Context decides between answers only where it is seen to, and luck is told from knowledge."""

import random
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support_graph.domain.ids import ResolutionId
from support_graph.learning.discriminate import (
    Course,
    Observation,
    Separation,
    course,
    discriminate,
)

A, B, C = (ResolutionId(UUID(int=n)) for n in range(3))
few = settings(max_examples=40, deadline=None)
facts = st.dictionaries(
    st.sampled_from(["page", "plan", "locale", "version"]),
    st.one_of(st.sampled_from(["/a", "/b", "/c"]), st.booleans(), st.integers(0, 2)),
    max_size=4,
)
observed = st.lists(
    st.builds(Observation, answer=st.sampled_from([A, B, C]), facts=facts), max_size=24
)


def _found(observations: list[Observation]) -> Separation | None:
    return discriminate(observations, seed=0)


def _seen(times: int, **more: object) -> list[Observation]:
    """Answer A on one page, B on another, so many times each."""
    pages = ((A, "/a"), (B, "/b"))
    return [
        Observation(answer=answer, facts={"page": page, **more})
        for answer, page in pages
        for _ in range(times)
    ]


def test_the_page_that_decides_is_found() -> None:
    found = _found(_seen(6, plan="scale"))

    assert found is not None
    assert (found.attribute, found.support, found.tried) == ("page", 6, 1)
    assert found.values == {A: ("/a",), B: ("/b",)}
    assert course(found, enough=5) is Course.ACT
    assert course(found, enough=7) is Course.ASK
    assert course(found, enough=0) is Course.ASK


@pytest.mark.parametrize(
    ("times", "expected"),
    [(1, None), (2, Course.WAIT), (3, Course.ASK), (4, Course.ASK), (6, Course.ACT)],
)
def test_more_observations_make_it_surer(times: int, expected: Course | None) -> None:
    found = _found(_seen(times))
    assert (course(found, enough=2) if found else None) is expected


def test_a_fact_that_is_new_each_time_proves_nothing() -> None:
    visits = [
        Observation(answer=answer, facts={"visit": f"{answer} {n}"})
        for answer in (A, B)
        for n in range(50)
    ]
    assert _found(visits) is None


def test_one_answer_leaves_nothing_to_decide() -> None:
    assert _found([o for o in _seen(9) if o.answer == A]) is None


def test_a_fact_that_is_mostly_unknown_does_not_decide() -> None:
    silent = [Observation(answer=A, facts={}) for _ in range(20)]
    assert _found([*_seen(6), *silent]) is None


def test_of_two_facts_that_fit_alike_a_person_chooses() -> None:
    both = [
        Observation(answer=o.answer, facts={**o.facts, "product": o.facts["page"][1:]})
        for o in _seen(10)
    ]
    found = _found(both)

    assert found is not None
    assert len(found.others) == 1
    assert course(found, enough=2) is Course.ASK


def test_a_page_where_both_were_said_is_neither_ones() -> None:
    both = [Observation(answer=answer, facts={"page": "/c"}) for answer in (A, B)]
    found = _found([*_seen(20), *both])

    assert found is not None
    assert found.values == {A: ("/a",), B: ("/b",)}


def test_chance_alone_is_rarely_taken_for_knowledge() -> None:
    """Facts that have nothing to do with the answer, dealt at random: at most 2 % take effect."""
    chance = random.Random(1)
    acted = 0
    for _ in range(300):
        count = chance.randint(4, 16)
        rows = [
            Observation(
                answer=chance.choice([A, B]),
                facts={f"fact {n}": chance.choice(["x", "y"]) for n in range(6)},
            )
            for _ in range(count)
        ]
        found = _found(rows)
        acted += found is not None and course(found, enough=2) is Course.ACT
    assert acted <= 6


@few
@given(observed)
def test_no_value_is_given_to_two_answers(observations: list[Observation]) -> None:
    found = _found(observations)
    if found is None:
        return
    given_out = [(type(v), v) for values in found.values.values() for v in values]
    assert len(given_out) == len(set(given_out))
    assert all(found.values.values())
    assert set(found.values) == {o.answer for o in observations}
    assert 0 < found.chance <= 1


@few
@given(observed, st.randoms(use_true_random=False))
def test_the_order_of_observations_makes_no_difference(
    observations: list[Observation], chance: random.Random
) -> None:
    shuffled = chance.sample(observations, len(observations))
    assert _found(observations) == _found(shuffled)


@few
@given(observed)
def test_a_fact_that_never_varies_changes_nothing(observations: list[Observation]) -> None:
    constant = [
        Observation(answer=o.answer, facts={**o.facts, "constant": True}) for o in observations
    ]
    assert _found(observations) == _found(constant)


@few
@given(st.integers(2, 8), st.integers(1, 4))
def test_the_more_facts_are_tried_the_less_each_one_proves(times: int, noise: int) -> None:
    rows = _seen(times)
    noisy = [
        Observation(
            answer=o.answer, facts={**o.facts, **{f"fact {n}": i % 2 for n in range(noise)}}
        )
        for i, o in enumerate(rows)
    ]
    alone, among = _found(rows), _found(noisy)
    assert alone is not None
    assert among is None or among.chance >= alone.chance
