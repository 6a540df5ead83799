"""Kin: near is who is near where answers differ, however much else the wordings share."""

import numpy as np
import pytest
from numpy.typing import NDArray

from support_graph.learning.kinship import Kin, Kinship
from support_graph.learning.plda import Plda, Scatter

DIMENSIONS = 24
PER_ANSWER = 40
ANSWERS = 8


def _messages(seed: int) -> tuple[list[int], NDArray[np.float32]]:
    """Answers differ in four directions; in all the others their messages differ much more."""
    chance = np.random.default_rng(seed)
    points = np.zeros((ANSWERS, DIMENSIONS))
    points[:, :4] = chance.normal(size=(ANSWERS, 4))
    answers = list(chance.permutation(np.repeat(np.arange(ANSWERS), PER_ANSWER)).tolist())
    spread = np.r_[np.full(4, 0.3), np.full(DIMENSIONS - 4, 1.5)]
    vectors = points[answers] + spread * chance.normal(size=(len(answers), DIMENSIONS))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return answers, vectors.astype(np.float32)


def test_the_nearest_kin_have_the_right_answer_oftener_than_the_nearest_cosine() -> None:
    answers, vectors = _messages(3)
    known, asked = slice(0, 240), range(240, 320)
    kinship = Kinship(Plda.solve(Scatter.of(answers[known], vectors[known])))
    for answer, vector in zip(answers[known], vectors[known], strict=True):
        kinship.add(answer, vector)

    by_kin = [Kin.of(*kinship.of(vectors[i])).nearest[0][0] == answers[i] for i in asked]
    by_cosine = [answers[int((vectors[known] @ vectors[i]).argmax())] == answers[i] for i in asked]

    assert sum(by_kin) > sum(by_cosine) + 10


def test_a_question_asked_again_word_for_word_is_its_own_nearest_kin() -> None:
    answers, vectors = _messages(4)
    kinship = Kinship(Plda.solve(Scatter.of(answers, vectors)))
    for answer, vector in zip(answers, vectors, strict=True):
        kinship.add(answer, vector)

    kin = Kin.of(*kinship.of(vectors[7]))

    assert kin.nearest[0][0] == answers[7]
    assert kin.nearest[0][1] == pytest.approx(1.0, abs=1e-4)
    assert kin.best[answers[7]] == pytest.approx(1.0, abs=1e-4)
    rival = kin.rival(answers[7])
    assert rival is not None
    assert rival < 1.0


def test_another_model_moves_all_messages() -> None:
    """Past the room there is at first, and after that one by one."""
    answers, vectors = _messages(5)
    model = Plda.solve(Scatter.of(answers, vectors))
    before = Kinship(Plda.solve(Scatter(DIMENSIONS)))
    fresh = Kinship(model)
    for answer, vector in zip(answers[:300], vectors[:300], strict=True):
        before.add(answer, vector)
    moved = before.under(model)
    for answer, vector in zip(answers[300:], vectors[300:], strict=True):
        moved.add(answer, vector)
    for answer, vector in zip(answers, vectors, strict=True):
        fresh.add(answer, vector)

    assert moved.of(vectors[0])[1] == pytest.approx(fresh.of(vectors[0])[1], abs=1e-5)
    assert moved.of(vectors[0])[0].tolist() == answers


def test_nobody_has_kin_where_nothing_was_filed() -> None:
    kin = Kin.of(*Kinship(Plda.solve(Scatter(DIMENSIONS))).of(_messages(6)[1][0]))

    assert (list(kin.nearest), dict(kin.best), kin.rival(0)) == ([], {}, None)
