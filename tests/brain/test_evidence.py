"""The Brain's confidence rises with its evidence and stays low where there is none."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_graph.brain.evidence import LIMIT, NAMES, PRIOR, features
from support_graph.brain.ranking import Matches, Ranked, indexed_text, rank
from support_graph.models.lexicon import Lexicon
from support_graph.models.minilm import MiniLM
from tests.conftest import Rows

PASSAGES = [
    ("Billing", "A refund is paid to your card within five working days after we approve it."),
    ("Billing", "Invoices are sent on the first day of each month to the billing contact."),
    ("Webhooks", "Webhooks deliver events to your server, signed with your secret."),
    ("Teams", "Invite a teammate by e-mail; they choose a password of their own."),
    ("Export", "Export all conversations as CSV from the settings of your workspace."),
]


async def confidence(minilm: MiniLM, question: str, passages: list[tuple[str, str]]) -> float:
    texts = [indexed_text(title=title, headings=(), text=text) for title, text in passages]
    ids = list(range(len(passages)))
    lexicon = Lexicon.build(ids, texts)
    asked, *vectors = await minilm.embed([question, *texts])
    cosines = np.stack(vectors) @ asked
    ranked = rank(
        plain=Matches(
            similarities=dict(zip(ids, cosines.tolist(), strict=True)),
            shares=dict(zip(ids, lexicon.scores(question, ids), strict=True)),
        )
    )
    title, text = passages[ranked[0].id]
    return PRIOR.confidence(
        features(
            question,
            ranked=ranked,
            place=title,
            text=text,
            rarity=lexicon.rarity,
            passages=len(passages),
        )
    )


async def test_a_tiny_brain_is_sure_of_what_it_holds_and_not_of_what_it_lacks(
    minilm: MiniLM,
) -> None:
    held = await confidence(minilm, "On which day are invoices sent each month?", PASSAGES)
    lacking = await confidence(minilm, "Do you offer discounts for students?", PASSAGES)
    stranger = await confidence(minilm, "what's the weather in Paris tomorrow", PASSAGES)

    assert held > 0.7
    assert lacking < 0.2
    assert stranger < 0.2


async def test_a_single_passage_that_has_nothing_to_do_with_it_is_not_trusted(
    minilm: MiniLM,
) -> None:
    assert await confidence(minilm, "How do I reset my password?", PASSAGES[2:3]) < 0.2


numbers = st.floats(-1, 1, allow_nan=False)
hits = st.lists(
    st.builds(
        Ranked[int],
        id=st.integers(),
        score=numbers,
        similarity=numbers,
        share=st.floats(0, 1),
        same_page=st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


@given(hits, st.text(max_size=80), st.text(max_size=80), st.integers(0, 10**6))
def test_features_are_finite_and_within_their_limits(
    ranked: list[Ranked[int]], question: str, text: str, passages: int
) -> None:
    x = features(
        question, ranked=ranked, place="", text=text, rarity=lambda _: 2.0, passages=passages
    )

    assert len(x) == len(NAMES) == len(PRIOR.beta)
    assert all(math.isfinite(value) and abs(value) <= LIMIT for value in x)
    assert 0 < PRIOR.confidence(x) < 1


def test_doubt_lowers_confidence() -> None:
    sure = replace(PRIOR, kappa=0.0)
    x = [1.0] * len(NAMES)

    assert PRIOR.confidence(x) < sure.confidence(x)


@pytest.mark.data
async def test_questions_of_strangers_are_left_to_a_human(minilm: MiniLM, rows: Rows) -> None:
    chosen = rows("docs_chatwoot_passages")[:120]
    passages = [(row["page_title"], row["text"]) for row in chosen]
    strangers = [row["text"] for row in rows("intents_banking77")[::200]]

    sure = [text for text in strangers if await confidence(minilm, text, passages) > 0.9]

    assert sure == []
