"""What is familiar is a function of the messages alone: one by one or all at once is the same."""

import numpy as np
import pytest

from support_graph.domain.ids import TurnId, new_id
from support_graph.learning.familiarity import Familiarity

DIMENSIONS = 16
MESSAGES = 140
MILESTONES = [20, 50, 100]


@pytest.mark.parametrize("together", [1, 2, 7])
def test_messages_that_come_few_by_few_leave_the_model_that_all_at_once_leave(
    together: int,
) -> None:
    """Past several milestones at which the model is solved again."""
    chance = np.random.default_rng(5)
    vectors = chance.normal(size=(MESSAGES, DIMENSIONS)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = [int(row) for row in chance.integers(0, 12, MESSAGES)]
    turns = [TurnId(new_id()) for _ in rows]

    grown, loaded = Familiarity(DIMENSIONS), Familiarity(DIMENSIONS)
    solved = 0
    for number, (turn, row, vector) in enumerate(zip(turns, rows, vectors, strict=True), start=1):
        grown.file(turn, row, vector)
        loaded.file(turn, row, vector)
        if number % together == 0 or number == MESSAGES:
            for used in rows[number - together : number]:
                grown.use(used, vector[None])
            solved += grown.solves
            grown.settle()
    assert solved == len(MILESTONES), "new answers that come together leave nothing to be rebuilt"
    for row in sorted(set(rows)):
        loaded.use(row, vectors[:1])
    loaded.settle()

    one, new = grown.likelihoods(vectors[0], set(rows))
    other, also_new = loaded.likelihoods(vectors[0], set(rows))
    assert one == pytest.approx(other, rel=1e-4)
    assert new == pytest.approx(also_new)
