"""Meaning, words and the customer's page each move a passage up, and none of them down."""

from hypothesis import given
from hypothesis import strategies as st

from support_graph.brain.ranking import Matches, is_same_page, paged, rank

scores = st.floats(0, 1, allow_nan=False)
matches = st.builds(
    Matches[str],
    similarities=st.dictionaries(st.sampled_from("abcdef"), scores, min_size=1),
    shares=st.dictionaries(st.sampled_from("abcdef"), scores),
)


def order(plain: Matches[str], **more: object) -> list[str]:
    return [found.id for found in rank(plain=plain, **more)]  # type: ignore[arg-type]


def test_words_decide_between_passages_of_equal_meaning() -> None:
    assert order(Matches(similarities={"a": 0.5, "b": 0.5}, shares={"b": 0.4})) == ["b", "a"]


def test_meaning_decides_between_passages_of_equal_words() -> None:
    assert order(Matches(similarities={"a": 0.5, "b": 0.6}, shares={})) == ["b", "a"]


def test_a_passage_found_by_words_alone_is_ranked_too() -> None:
    plain = Matches(similarities={"a": 0.6, "b": 0.3}, shares={"c": 0.9})

    assert order(plain) == ["c", "a", "b"]


def test_the_page_of_the_customer_moves_its_passages_up() -> None:
    plain = Matches(similarities={"a": 0.6, "b": 0.5})

    assert order(plain, same_page={"b"}) == ["b", "a"]
    assert order(plain, with_page=Matches(similarities={"a": 0.3, "b": 0.7})) == ["b", "a"]


def test_a_much_better_answer_on_another_page_still_comes_first() -> None:
    plain = Matches(similarities={"a": 0.9, "b": 0.4}, shares={"a": 0.6})

    assert order(plain, same_page={"b"}) == ["a", "b"]


def test_what_is_reported_is_about_the_plain_question() -> None:
    [best, _] = rank(
        plain=Matches(similarities={"a": 0.6, "b": 0.2}, shares={"a": 0.3}),
        with_page=Matches(similarities={"a": 0.9}),
        same_page={"a"},
    )

    assert (best.id, best.similarity, best.share, best.same_page) == ("a", 0.6, 0.3, True)


def test_nothing_found_is_nothing_ranked() -> None:
    assert rank(plain=Matches[str](similarities={})) == []


@given(matches, st.one_of(st.none(), matches), st.sets(st.sampled_from("abcdef")))
def test_every_passage_found_is_ranked_once(
    plain: Matches[str], with_page: Matches[str] | None, same_page: set[str]
) -> None:
    found = order(plain, with_page=with_page, same_page=same_page)
    both = [plain, with_page] if with_page else [plain]

    assert len(found) == len(set(found))
    assert set(found) == {each for m in both for each in [*m.similarities, *m.shares]}


@given(matches, st.sampled_from("abcdef"), scores)
def test_more_similarity_never_moves_a_passage_down(
    plain: Matches[str], passage: str, more: float
) -> None:
    if passage not in plain.similarities:
        return
    better = {**plain.similarities, passage: max(plain.similarities[passage], more)}
    raised = Matches(similarities=better, shares=plain.shares)

    # Passages without a cosine of their own take the lowest known one, which may rise as well.
    known = {**raised.similarities}
    before = [each for each in order(plain) if each in known]
    after = [each for each in order(raised) if each in known]
    assert after.index(passage) <= before.index(passage)


def test_a_page_is_recognised_by_its_address_or_its_title() -> None:
    here = {"title": "Set up billing", "url": "https://www.example.com/docs/billing/"}
    at = "https://example.com/docs/billing?tab=2#refunds"

    assert is_same_page(page_title=None, page_url=at, **here)
    assert is_same_page(page_title=" set up  Billing", page_url=None, **here)
    assert not is_same_page(page_title="Billing", page_url="https://example.com/docs", **here)
    assert not is_same_page(page_title=None, page_url=None, **here)
    assert not is_same_page(page_title="", page_url="", title="", url=None)


def test_the_page_is_asked_about_together_with_the_question() -> None:
    assert paged("How much?", page_title="Billing") == "Billing\nHow much?"
