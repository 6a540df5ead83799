"""What the words of a question say about answers is a function of what was asked, in any order."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support_graph.domain.ids import TurnId, new_id
from support_graph.learning.wording import Wordings, terms

texts = st.lists(
    st.sampled_from(["key", "api", "reset", "refund", "my", "is"]), min_size=1, max_size=6
).map(" ".join)
messages = st.lists(st.tuples(st.none() | st.integers(0, 3), texts), min_size=1, max_size=10)


def _turn(number: int) -> TurnId:
    return TurnId(UUID(int=number))


def _of(filed: list[tuple[int | None, str]], *, used: range = range(4)) -> Wordings:
    known = Wordings()
    for row in used:
        known.use(row, [])
    for number, (answer, text) in enumerate(filed):
        known.file(_turn(number), answer, text)
    return known


def test_a_question_speaks_for_the_answer_that_is_asked_for_in_its_words() -> None:
    known = _of(
        [
            (0, "my card has not arrived yet"),
            (0, "when does the new card come"),
            (1, "my card does not work"),
            (1, "the card was declined in a shop"),
        ]
    )

    scores = known.scores("has my new card arrived", [0, 1])

    assert scores[0] > 0 > scores[1]


def test_words_that_nobody_has_used_speak_for_nobody() -> None:
    known = _of([(0, "reset my key")])

    assert known.scores("bonjour", [0, 1]) == {0: 0.0, 1: 0.0}


def test_pairs_of_words_count_besides_the_words() -> None:
    assert terms("Reset my key") == ["reset", "my", "key", "reset my", "my key"]


@given(filed=messages, question=texts)
def test_the_order_of_messages_does_not_matter(
    filed: list[tuple[int | None, str]], question: str
) -> None:
    backwards = Wordings()
    for number, (row, text) in reversed(list(enumerate(filed))):
        backwards.file(_turn(number), row, text)
    for row in range(4):
        backwards.use(row, [])

    found = backwards.scores(question, range(4))

    assert found == pytest.approx(_of(filed).scores(question, range(4)), abs=1e-4)


@given(filed=messages, question=texts, gone=st.integers(0, 3))
def test_a_dropped_answer_leaves_no_trace_and_comes_back_whole(
    filed: list[tuple[int | None, str]], question: str, gone: int
) -> None:
    known = _of(filed)
    before = known.scores(question, range(4))
    others = [row for row in range(4) if row != gone]

    known.drop(gone)

    without = _of([(row, text) for row, text in filed if row != gone])
    assert known.scores(question, others) == pytest.approx(
        without.scores(question, others), abs=1e-4
    )
    known.use(gone, [])
    assert known.scores(question, range(4)) == pytest.approx(before, abs=1e-4)


@given(filed=messages, question=texts)
def test_a_message_that_moves_counts_where_it_is_now(
    filed: list[tuple[int | None, str]], question: str
) -> None:
    known = _of(filed)

    known.file(_turn(0), 2, filed[0][1])

    moved = _of([(2, filed[0][1]), *filed[1:]])
    assert known.scores(question, range(4)) == pytest.approx(
        moved.scores(question, range(4)), abs=1e-4
    )


@given(filed=messages, question=texts)
def test_what_turned_out_wrong_is_as_if_it_had_never_been_answered(
    filed: list[tuple[int | None, str]], question: str
) -> None:
    known = _of(filed)
    before = known.scores(question, range(4))

    known.answer(_turn(99), 1, "reset my api key")
    known.answer(_turn(99), None, "reset my api key")

    assert known.scores(question, range(4)) == pytest.approx(before, abs=1e-4)


@given(filed=messages, phrasings=st.lists(texts, max_size=4), question=texts)
def test_a_phrasing_that_was_a_message_counts_once(
    filed: list[tuple[int | None, str]], phrasings: list[str], question: str
) -> None:
    """Whether the phrasing or the message was there first."""
    asked = [text for row, text in filed if row == 0]
    new = sorted(set(phrasings) - set(asked))
    known = _of(filed)
    known.use(0, [*phrasings, *asked])
    early = Wordings()
    for row in range(4):
        early.use(row, [*phrasings, *asked] if row == 0 else [])
    for number, (answer, text) in enumerate(filed):
        early.file(_turn(number), answer, text)

    expected = _of([*filed, *((0, text) for text in new)]).scores(question, range(4))

    assert known.scores(question, range(4)) == pytest.approx(expected, abs=1e-4)
    assert early.scores(question, range(4)) == pytest.approx(expected, abs=1e-4)


def test_the_oldest_answered_messages_make_room() -> None:
    known, expected = Wordings(answered_kept=2), Wordings()
    for wordings in (known, expected):
        wordings.use(0, [])
        wordings.use(1, ["refund"])
    for text in ("reset key", "reset my key", "api"):
        known.answer(TurnId(new_id()), 0, text)
    for text in ("reset my key", "api"):
        expected.answer(TurnId(new_id()), 0, text)

    assert known.scores("reset key", [0, 1]) == pytest.approx(
        expected.scores("reset key", [0, 1]), abs=1e-4
    )


@settings(deadline=None)
@given(filed=messages, question=texts, row=st.integers(0, 3), more=st.integers(1, 3))
def test_an_answer_that_is_given_again_scores_as_was_foretold(
    filed: list[tuple[int | None, str]], question: str, row: int, more: int
) -> None:
    known = _of(filed)
    foretold = known.supposed(question, [row], more=more)

    for number in range(more):
        known.file(_turn(100 + number), row, question)

    assert known.scores(question, [row])[row] == pytest.approx(foretold, abs=1e-3)


@given(filed=messages, question=texts)
def test_two_answers_that_become_one_score_as_was_foretold(
    filed: list[tuple[int | None, str]], question: str
) -> None:
    known = _of(filed)
    foretold = known.supposed(question, [0, 1], more=0)

    for number, (row, text) in enumerate(filed):
        if row == 1:
            known.file(_turn(number), 0, text)

    assert known.scores(question, [0])[0] == pytest.approx(foretold, abs=1e-3)
