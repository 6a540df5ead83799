"""Passages fit the embedder and keep together what belongs together."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_graph.brain.parse import parse
from support_graph.brain.split import LONGEST_WHOLE, PASSAGE_LENGTH, split
from support_graph.domain.documents import ParsedDocument, Section
from support_graph.models import minilm_session
from tests.conftest import Rows

SENTENCE = "A refund is paid to the card that was charged for it. "


def document(text: str) -> ParsedDocument:
    section = Section(headings=("Billing", "Refunds"), text=text, anchor="refunds")
    return ParsedDocument(title="Help", sections=(section,))


def test_a_short_section_is_one_passage() -> None:
    whole = document("Five days.\n\nTo the card.")

    assert split(whole) == whole.sections


def test_a_long_section_is_cut_between_sentences_and_keeps_its_headings() -> None:
    passages = split(document(SENTENCE * 60))

    assert len(passages) > 1
    for passage in passages:
        assert len(passage.text) <= PASSAGE_LENGTH
        assert passage.text.endswith(".")
        assert (passage.headings, passage.anchor) == (("Billing", "Refunds"), "refunds")


def test_paragraphs_share_a_passage_while_they_fit() -> None:
    paragraph = SENTENCE * 6
    first, second = split(document(f"{paragraph}\n\n{paragraph}\n\n{paragraph}"))

    assert first.text.count("\n\n") == 1
    assert "\n\n" not in second.text


def test_a_code_block_is_not_cut() -> None:
    code = "```python\n" + "refund(card)\n\n" * 80 + "```"
    assert PASSAGE_LENGTH < len(code) < LONGEST_WHOLE

    before, block, after = split(document(f"{SENTENCE * 10}\n\n{code}\n\n{SENTENCE * 10}"))

    assert block.text == code
    assert "refund(" not in before.text + after.text


@given(st.lists(st.sampled_from([SENTENCE * 3, "- item\n", "```\ncode\n```\n", "\n\n", "x" * 950])))
def test_no_word_is_lost(parts: list[str]) -> None:
    text = "".join(parts)
    kept = "".join(passage.text for passage in split(document(text)))

    assert re.sub(r"\s", "", kept) == re.sub(r"\s", "", text)


@pytest.mark.data
def test_passages_of_real_documentation_fit_the_embedder(rows: Rows) -> None:
    texts = [row["text"] for row in rows("docs_segment_passages_a")]
    passages = [
        passage.text for text in texts for passage in split(parse(text.encode(), source="page.txt"))
    ]
    tokenizer = minilm_session.load()._tokenizer
    tokenizer.no_truncation()
    lengths = [len(encoding.ids) for encoding in tokenizer.encode_batch(passages)]

    too_long = sum(length > minilm_session.MAX_TOKENS for length in lengths) / len(lengths)
    assert too_long < 0.06
