"""A backlog of messages is sorted into intents: by meaning, with telling names and examples."""

import pytest

from support_graph.learning import induction
from support_graph.learning.classify import free_name
from support_graph.learning.terms import class_terms
from support_graph.models.minilm import MiniLM
from tests.conftest import Rows

CARD = [
    f"My {kind} has not arrived yet" for kind in ("card", "new card", "bank card", "debit card")
]
REFUND = [f"Please refund {what}" for what in ("my order", "the order", "that order", "an order")]
LOGIN = [f"I can't log in with my {what}" for what in ("password", "pass word", "old password")]


async def test_messages_that_mean_the_same_are_put_together(minilm: MiniLM) -> None:
    texts = [*CARD, *REFUND, *LOGIN]
    found = induction.induce(texts, await minilm.embed(texts))

    assert [one.messages for one in found] == [4, 4, 3]
    for one in found:
        assert any(set(one.examples) <= set(group) for group in (CARD, REFUND, LOGIN))
    names = " ".join(one.name for one in found)
    assert "card" in names
    assert "refund" in names


async def test_a_few_messages_suggest_nothing(minilm: MiniLM) -> None:
    few = CARD[: induction.FEWEST - 1]
    assert induction.induce(few, await minilm.embed(few)) == []


async def test_messages_that_have_nothing_in_common_suggest_nothing(minilm: MiniLM) -> None:
    texts = (
        "The moon is made of rock",
        "A violin has four strings",
        "Bread needs yeast",
        "Trains leave at noon",
        "Cats sleep a lot",
        "Prime numbers are endless",
        "The sea is salty",
        "Paper burns quickly",
        "Goals win matches",
        "Snow melts in spring",
    )
    assert induction.induce(texts, await minilm.embed(texts)) == []


def test_courtesies_and_repetitions_are_left_out() -> None:
    said = ["Hello!", "Where is my card?", "where is  my card?", "thank you", "ok", "???"]
    assert induction.worth_reading(said) == ["Where is my card?"]


def test_the_words_of_a_class_are_those_that_others_lack() -> None:
    first, second = class_terms(
        [
            ["please refund the order", "order refunds", "a refund for an order"],
            ["please track the order", "order tracking", "tracking of my order"],
        ]
    )
    assert first[0] == "refund"
    assert second[0] == "tracking"


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert free_name("refund", taken=set()) == "refund"
    assert free_name("refund", taken={"refund", "refund_2"}) == "refund_3"
    assert free_name("refund_2", taken={"refund_2"}) == "refund_3"


@pytest.mark.data
async def test_the_intents_of_bank_customers_are_found_without_knowing_their_number(
    minilm: MiniLM, rows: Rows
) -> None:
    from sklearn.metrics import adjusted_rand_score  # noqa: PLC0415 - slow to import

    asked = [row for row in rows("intents_banking77") if row["split"] == "test"][::3]
    vectors = await minilm.embed([row["text"] for row in asked])
    labels = induction.cluster(vectors)
    assert adjusted_rand_score([row["intent"] for row in asked], labels) > 0.4
