"""The lexical index finds by words, at once after a change, and agrees with an index built anew."""

import threading
from uuid import UUID

import bm25s
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from support_graph.brain.ranking import indexed_text
from support_graph.domain.ids import PassageId
from support_graph.models.lexicon import Lexicon
from support_graph.models.words import stems

TEXTS = [
    "Refunds take five days",
    "Refunds of gift cards are not possible, gift cards are final",
    "Change the billing contact of your workspace",
    "Billing happens monthly",
    "Webhooks deliver events to your server",
]
QUERIES = ["how long does a refund take", "refund gift card", "billing contact", "webhook", "zebra"]


def ids(count: int, *, start: int = 0) -> list[PassageId]:
    return [PassageId(UUID(int=number)) for number in range(start, start + count)]


@pytest.fixture
def lexicon() -> Lexicon[PassageId]:
    return Lexicon.build(ids(len(TEXTS)), TEXTS)


def test_the_passage_that_shares_the_rarest_words_comes_first(
    lexicon: Lexicon[PassageId],
) -> None:
    [(best, score), (second, less)] = lexicon.search("refund for a gift card", 5)

    assert (best, second) == (ids(5)[1], ids(5)[0])
    assert score > less > 0


def test_inflections_are_one_word(lexicon: Lexicon[PassageId]) -> None:
    assert [found for found, _ in lexicon.search("delivering webhook event", 1)] == [ids(5)[4]]


@pytest.mark.parametrize("query", ["", "zebra", "the of and", "?!", "🦄"])
def test_no_shared_word_finds_nothing(lexicon: Lexicon[PassageId], query: str) -> None:
    assert lexicon.search(query, 5) == []


@pytest.mark.parametrize("query", QUERIES[:-1])
def test_shares_are_scores_of_bm25s_by_what_is_possible(
    lexicon: Lexicon[PassageId], query: str
) -> None:
    reference = bm25s.BM25(k1=1.5, b=0.75)
    reference.index([stems(text) for text in TEXTS], show_progress=False)

    known = [term for term in stems(query) if term in reference.vocab_dict]
    possible = sum(lexicon.rarity(term) for term in stems(query))
    np.testing.assert_allclose(
        np.array(lexicon.scores(query, ids(len(TEXTS)))) * possible,
        reference.get_scores(known),
        rtol=1e-5,
    )


def test_title_and_headings_are_searched_too() -> None:
    text = indexed_text(title="Invoices", headings=("Overdue",), text="Pay at once.")
    lexicon = Lexicon.build(ids(1), [text])

    assert lexicon.search("overdue invoice", 1)


def test_a_new_passage_is_found_at_once(lexicon: Lexicon[PassageId]) -> None:
    lexicon.add(ids(1, start=9), ["Zebra crossings"])

    assert lexicon.search("zebra", 5)[0][0] == ids(1, start=9)[0]


def test_a_changed_passage_is_found_by_its_new_words_only(
    lexicon: Lexicon[PassageId],
) -> None:
    lexicon.add(ids(1), ["Zebra crossings"])

    assert lexicon.search("zebra", 5)[0][0] == ids(1)[0]
    assert ids(1)[0] not in [found for found, _ in lexicon.search("refund", 5)]
    assert len(lexicon) == len(TEXTS)


def test_a_removed_passage_is_never_found(lexicon: Lexicon[PassageId]) -> None:
    lexicon.remove([ids(1)[0], *ids(1, start=99)])

    assert ids(1)[0] not in [found for found, _ in lexicon.search("refund", 5)]
    assert lexicon.scores("refund", ids(1)) == [0.0]


def test_rare_words_weigh_more(lexicon: Lexicon[PassageId]) -> None:
    assert lexicon.rarity("webhook") > lexicon.rarity("bill") > 0


class Changes(RuleBasedStateMachine):
    """Whatever is added and removed in whatever order, an index built anew finds the same."""

    def __init__(self) -> None:
        super().__init__()
        self.lexicon: Lexicon[PassageId] = Lexicon()
        self.texts: dict[PassageId, str] = {}

    @rule(number=st.integers(0, 12), text=st.sampled_from([*TEXTS, "", "zebra"]))
    def add(self, number: int, text: str) -> None:
        [passage_id] = ids(1, start=number)
        self.lexicon.add([passage_id], [text])
        self.texts.pop(passage_id, None)
        self.texts[passage_id] = text

    @rule(numbers=st.lists(st.integers(0, 12)))
    def remove(self, numbers: list[int]) -> None:
        removed = [ids(1, start=number)[0] for number in numbers]
        self.lexicon.remove(removed)
        for passage_id in removed:
            self.texts.pop(passage_id, None)

    @invariant()
    def finds_what_a_new_index_finds(self) -> None:
        anew = Lexicon.build(list(self.texts), list(self.texts.values()))
        assert len(self.lexicon) == len(anew)
        for query in QUERIES:
            found = {passage_id for passage_id, _ in self.lexicon.search(query, 50)}
            assert found == {passage_id for passage_id, _ in anew.search(query, 50)}


TestChanges = Changes.TestCase
TestChanges.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)


@given(st.text(max_size=50), st.text(max_size=50), st.integers(1, 10))
def test_any_text_can_be_indexed_and_asked(text: str, query: str, k: int) -> None:
    lexicon = Lexicon.build(ids(2), [text, "refund"])

    assert len(lexicon.search(query, k)) <= min(k, 2)


def test_searching_while_passages_are_added_finds_whole_passages() -> None:
    lexicon = Lexicon.build(ids(len(TEXTS)), TEXTS)
    adding = threading.Thread(
        target=lambda: lexicon.add(ids(2_000, start=100), ["refund card"] * 2_000)
    )
    adding.start()
    while adding.is_alive():
        assert lexicon.search("refund", 5)
    adding.join()

    assert len(lexicon.search("card", 3_000)) == 2_001
