"""What is supposed of words and likelihoods is what comes of it when it is done."""

from uuid import uuid4

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support_graph.domain.explanations import weighed
from support_graph.domain.ids import TurnId
from support_graph.learning.familiarity import Familiarity
from support_graph.learning.votes import count
from support_graph.models.lexicon import Lexicon
from support_graph.models.words import words
from support_graph.store.embeddings import Vector

WIDE = 6
texts = st.lists(
    st.lists(
        st.sampled_from(["key", "api", "reset", "refund", "my", "is"]), min_size=1, max_size=6
    ).map(" ".join),
    min_size=1,
    max_size=6,
)


@given(texts)
def test_a_phrasing_of_the_same_words_scores_as_was_foretold(known: list[str]) -> None:
    question, *others = known
    lexicon: Lexicon[int] = Lexicon(terms=words)
    lexicon.add(range(len(others)), others)
    foretold = lexicon.own(question)

    lexicon.add([99], [question])

    (share,) = lexicon.scores(question, [99])
    assert share * lexicon.ceiling(question) == pytest.approx(foretold, rel=1e-4)


def _vector(rng: np.random.Generator) -> Vector:
    vector = rng.normal(size=WIDE)
    unit: Vector = (vector / np.linalg.norm(vector)).astype(np.float32)
    return unit


@settings(deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    filed=st.lists(st.integers(0, 2), min_size=1, max_size=12),
    more=st.integers(1, 3),
)
def test_an_answer_that_was_given_again_is_as_likely_as_was_foretold(
    seed: int, filed: list[int], more: int
) -> None:
    rng = np.random.default_rng(seed)
    familiarity = Familiarity(WIDE)
    for row in {*filed}:
        familiarity.use(row, _vector(rng)[None])
    for row in filed:
        familiarity.file(TurnId(uuid4()), row, _vector(rng))
    familiarity.settle()
    vector, row = _vector(rng), filed[0]
    foretold = familiarity.supposed(vector, [row], more=more)

    for _ in range(more):
        familiarity.file(TurnId(uuid4()), row, vector)
    familiarity.settle()

    assert familiarity.likelihoods(vector, [row])[0][row] == pytest.approx(foretold, abs=1e-3)


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 1)), min_size=1, max_size=12))
def test_what_a_share_is_made_of_adds_up_to_it(near: list[tuple[int, float]]) -> None:
    rows = {row for row, _ in near}
    for likelihoods in (None, {row: -float(row) for row in rows}):
        ballot = count(
            near=sorted(near, key=lambda pair: -pair[1]),
            word=[(row, 1.0) for row in sorted(rows)],
            centroids={row: 0.1 * row for row in rows},
            likelihoods=likelihoods,
        )
        assert ballot is not None
        for row in rows:
            assert sum(ballot.parts(row).values()) == pytest.approx(ballot.share[row])


def test_a_weight_is_said_in_words_the_heaviest_first() -> None:
    votes = {"near": 0.2, "words": 0.001, "centroid": 0.1, "likelihood": 0.32}

    assert weighed({"share": 0.621, "votes": votes}) == (
        "62% of the vote: 32% by how such questions were answered before, "
        "20% by its nearest phrasings, 10% by its phrasings on the whole"
    )
    assert weighed({"share": 0.6}) is None
