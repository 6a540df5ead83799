"""The offline model quotes and names, and never says a word that isn't in front of it."""

import itertools
import re
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support_graph.domain.documents import Passage, Visibility
from support_graph.domain.ids import DocumentId, PassageId
from support_graph.domain.messages import ReplySource
from support_graph.models.extract import ANSWER_LENGTH, best_stretch, units
from support_graph.models.minilm import MiniLM
from support_graph.models.offline import OfflineLanguageModel

LONG = """Invoices are sent on the first day of each month to the billing contact. They list every \
seat that was active in the month before. Seats which were removed are credited on the next \
invoice.

To change the billing contact, do this:

1. Open **Settings** and choose Billing.
2. Press *Change contact*, e.g. when a colleague leaves.

   A confirmation is sent to both addresses.
3. Confirm with the code.

```python
contact = workspace.billing.contact

workspace.billing.change(contact)
```

Refunds take five working days. A refund is paid to the card that was charged. If that card has \
expired, write to us first. We answer within a day. Cash is not possible, nor are cheques, nor any \
other means which our bank does not offer to us at the time of writing.
"""


def passage(text: str, *, number: int = 1) -> Passage:
    return Passage(
        id=PassageId(UUID(int=number)),
        document_id=DocumentId(UUID(int=9)),
        position=0,
        headings=("Billing",),
        text=text,
        url="https://example.com/billing",
        title="Billing",
        visibility=Visibility.PUBLIC,
    )


@pytest.fixture(scope="module")
def model(minilm: MiniLM) -> OfflineLanguageModel:
    return OfflineLanguageModel(embedder=minilm)


async def test_a_short_passage_is_given_whole_with_its_source(model: OfflineLanguageModel) -> None:
    found = passage("Refunds take five days. They are paid to the card that was charged.")
    draft = await model.answer_from_passages("How long does a refund take?", passages=[found])

    assert draft.text == found.text
    assert draft.source is ReplySource.BRAIN
    [citation] = draft.citations
    assert (citation.kind, citation.id) == ("passage", str(found.id))
    assert (citation.title, citation.url) == ("Billing", "https://example.com/billing")
    assert citation.quote == draft.text


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How long does a refund take?", "Refunds take five working days."),
        ("How do I change the billing contact?", "2. Press *Change contact*"),
        ("When are invoices sent?", "Invoices are sent on the first day of each month"),
    ],
)
async def test_a_long_passage_is_cut_to_what_answers(
    model: OfflineLanguageModel, question: str, answer: str
) -> None:
    draft = await model.answer_from_passages(question, passages=[passage(LONG)])

    assert answer in draft.text
    assert draft.text in LONG
    assert len(draft.text) <= ANSWER_LENGTH


async def test_lists_and_code_are_quoted_whole_or_not_at_all(model: OfflineLanguageModel) -> None:
    quotes = [span.of(LONG) for span in units(LONG)]
    [steps] = [quote for quote in quotes if quote.startswith("1.")]
    [code] = [quote for quote in quotes if quote.startswith("```")]

    assert steps.endswith("3. Confirm with the code.")
    assert code.endswith("```")
    assert "Refunds take five working days." in quotes


def test_an_abbreviation_does_not_end_a_sentence() -> None:
    text = "Use a wallet, e.g. PayPal or Stripe. J. Smith wrote it at 3.5 times the speed. Done."

    assert [span.of(text) for span in units(text)] == [
        "Use a wallet, e.g. PayPal or Stripe.",
        "J. Smith wrote it at 3.5 times the speed.",
        "Done.",
    ]


@given(st.text(alphabet=st.sampled_from("ab .!?\n-`1|é。#>*\t"), max_size=400))
def test_units_cover_every_word_once_and_in_order(text: str) -> None:
    spans = units(text)

    assert all(first.end <= second.start for first, second in itertools.pairwise(spans))
    kept = "".join(span.of(text) for span in spans)
    assert re.sub(r"\s", "", kept) == re.sub(r"\s", "", text)


@given(st.text(min_size=1, max_size=2_000), st.data())
def test_the_best_unit_is_always_in_the_stretch(text: str, data: st.DataObject) -> None:
    spans = units(text)
    if not spans:
        return
    scores = [data.draw(st.floats(-1, 1)) for _ in spans]
    stretch = best_stretch(spans, scores)

    best = spans[scores.index(max(scores))]
    assert stretch.start <= best.start
    assert best.end <= stretch.end
    assert stretch.end - stretch.start <= max(ANSWER_LENGTH, best.end - best.start)


words = st.sampled_from(["refund", "card", "the", "monthly", "plan", "is", "not", "paid"])
sentence = st.lists(words, min_size=3)
prose = st.lists(sentence.map(lambda w: " ".join(w).capitalize() + "."), min_size=10, max_size=60)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sentences=prose, separator=st.sampled_from([" ", "\n", "\n\n", "\n- "]))
async def test_every_sentence_of_a_draft_stands_in_a_passage(
    model: OfflineLanguageModel, sentences: list[str], separator: str
) -> None:
    text = separator.join(sentences)
    draft = await model.answer_from_passages("is the plan paid?", passages=[passage(text)])

    assert draft.text
    assert draft.text in text
    assert [citation.quote for citation in draft.citations] == [draft.text]


async def test_answering_needs_a_passage(model: OfflineLanguageModel) -> None:
    with pytest.raises(ValueError, match="at least one passage"):
        await model.answer_from_passages("why?", passages=[])


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("How do I reset my password?", "reset_password"),
        ("Can I change my AWS Account ID?", "change_aws_account"),
        ("I need a refund?", "refund"),
        ("Remboursement de ma commande", "remboursement_commande"),
        ("как вернуть деньги", "как_вернуть_деньги"),
        ("", "general_question"),
        ("🎉🎉", "general_question"),
        ("Why?", "general_question"),
    ],
)
async def test_an_intent_is_named_by_the_words_that_matter(
    model: OfflineLanguageModel, question: str, name: str
) -> None:
    assert await model.name_intent(question) == name


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(question=st.text(max_size=200))
async def test_any_question_gets_a_short_snake_case_name(
    model: OfflineLanguageModel, question: str
) -> None:
    name = await model.name_intent(question)

    assert 0 < len(name) <= 48
    assert re.fullmatch(r"[^\W_]+(?:_[^\W_]+)*", name)
    assert name == name.lower()
