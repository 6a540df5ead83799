"""BM25 that takes one more text, or one less, at any moment."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_graph.learning.lexicon import Lexicon

words = st.sampled_from(["refund", "key", "invoice", "reset", "order", "the", "my"])
texts = st.lists(words, min_size=1, max_size=6).map(" ".join)


def test_the_text_that_shares_the_rare_word_wins() -> None:
    lexicon = Lexicon()
    for owner, text in enumerate(["where is my order", "where is my invoice", "where is my key"]):
        lexicon.add(owner, text)

    assert lexicon.best("the invoice is where?", 3)[0][0] == 1


def test_no_shared_word_is_no_hit() -> None:
    lexicon = Lexicon()
    lexicon.add(0, "where is my order")

    assert lexicon.best("refund", 3) == []


def test_owners_can_be_left_out() -> None:
    lexicon = Lexicon()
    lexicon.add(0, "refund")
    lexicon.add(1, "refund")

    found = lexicon.best("refund", 3, allowed=np.array([False, True]))
    assert [owner for owner, _ in found] == [1]


@given(kept=st.lists(texts, max_size=8), gone=st.lists(texts, max_size=8), query=texts)
def test_removing_leaves_no_trace(kept: list[str], gone: list[str], query: str) -> None:
    plain, churned = Lexicon(), Lexicon()
    handles = [churned.add(100, text) for text in gone]
    for owner, text in enumerate(kept):
        plain.add(owner, text)
        churned.add(owner, text)
    for handle in handles:
        churned.remove(handle)
        churned.remove(handle)

    expected = dict(plain.best(query, 20))
    assert dict(churned.best(query, 20)) == pytest.approx(expected)
    assert len(churned) == len(plain)
