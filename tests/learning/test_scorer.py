"""The scorer: votes add up, features say what they are named for, confidence follows."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_graph.domain.calibration import Calibration
from support_graph.learning import features, votes
from support_graph.learning.explain import VOCABULARY
from support_graph.learning.features import Contest, Standing
from support_graph.learning.memory import typicality

PRIOR = Calibration.prior(features.PRIOR, precision=features.PRIOR_PRECISION, kappa=features.KAPPA)

cosines = st.floats(-1, 1)
scored = st.lists(st.tuples(st.integers(0, 5), cosines), min_size=1, max_size=30)

CLEAR = Standing(
    share=0.98,
    similarity=0.93,
    rival_similarity=0.5,
    centroid=0.9,
    rival_centroid=0.45,
    typical_mean=0.7,
    typical_sd=0.1,
    word_share=0.95,
    phrasings=8,
    ok=3.0,
    bad=0.0,
    novelty=0.3,
)
MURKY = Standing(
    share=0.4,
    similarity=0.6,
    rival_similarity=0.59,
    centroid=0.55,
    rival_centroid=0.54,
    typical_mean=0.7,
    typical_sd=0.1,
    word_share=0.2,
    phrasings=2,
    ok=0.0,
    bad=1.0,
    novelty=0.7,
)

WON = Contest(
    likelihood=-150.0,
    rival_likelihood=-260.0,
    new_likelihood=-230.0,
    voters=4,
    entropy=0.1,
    pair_ok=2.0,
    pair_bad=0.0,
    unfiled=0.4,
    kin=0.9,
    rival_kin=0.3,
    kin_share=0.97,
    wording=40.0,
    rival_wording=-12.0,
)
LOST = Contest(
    likelihood=-230.0,
    rival_likelihood=-228.0,
    new_likelihood=-226.0,
    voters=1,
    entropy=2.2,
    pair_ok=0.0,
    pair_bad=1.0,
    unfiled=0.75,
    kin=0.5,
    rival_kin=0.6,
    kin_share=0.2,
    wording=-8.0,
    rival_wording=9.0,
)
EXTENDED_PRIORS = [
    Calibration.prior(beta, precision=features.EXTENDED_PRECISION, kappa=features.EXTENDED_KAPPA)
    for beta in (features.PRIOR_OF_BANK, features.PRIOR_OF_ASSISTANT)
]


def _confidence(standing: Standing) -> float:
    return PRIOR.confidence(features.of(standing))


def test_a_clear_case_is_trusted_and_a_murky_one_is_not() -> None:
    assert _confidence(CLEAR) > 0.97
    assert _confidence(MURKY) < 0.25


@given(near=scored, word=scored)
def test_shares_add_up(near: list[tuple[int, float]], word: list[tuple[int, float]]) -> None:
    near = sorted(near, key=lambda pair: -pair[1])
    word = sorted(word, key=lambda pair: -pair[1])
    centroids = {answer: 0.5 for answer, _ in [*near, *word]}

    ballot = votes.count(near=near, word=word, centroids=centroids)

    assert ballot is not None
    assert sum(ballot.share.values()) == pytest.approx(1.0)
    assert ballot.share[ballot.candidate] == max(ballot.share.values())


def test_without_a_shared_word_the_words_do_not_vote() -> None:
    ballot = votes.count(near=[(0, 0.9)], word=[], centroids={0: 0.9})

    assert ballot is not None
    assert ballot.share[0] == pytest.approx(0.8)


def test_an_empty_store_elects_nobody() -> None:
    assert votes.count(near=[], word=[], centroids={}) is None


def test_the_mixture_is_that_of_the_reference() -> None:
    """Two answers, by hand: V and C are softmaxes, and P = .4 V + .2 B + .4 C."""
    ballot = votes.count(
        near=[(0, 0.80), (1, 0.75)], word=[(1, 3.0), (0, 1.0)], centroids={0: 0.7, 1: 0.66}
    )

    v = 1 / (1 + math.exp(-1))
    b = 1 / (1 + math.exp(1))
    c = 1 / (1 + math.exp(-1))
    assert ballot is not None
    assert ballot.share[0] == pytest.approx(0.4 * v + 0.2 * b + 0.4 * c)


def test_likelihoods_have_half_of_the_votes() -> None:
    near, word = [(0, 0.80), (1, 0.75)], [(1, 3.0), (0, 1.0)]
    centroids = {0: 0.7, 1: 0.66}
    without = votes.count(near=near, word=word, centroids=centroids)

    ballot = votes.count(
        near=near, word=word, centroids=centroids, likelihoods={0: -200.0, 1: -193.0}
    )

    likely = 1 / (1 + math.exp(1))
    assert ballot is not None
    assert without is not None
    assert ballot.likely[0] == pytest.approx(likely)
    assert ballot.share[0] == pytest.approx(0.5 * without.share[0] + 0.5 * likely)
    assert sum(ballot.share.values()) == pytest.approx(1.0)


def test_kin_have_nearly_half_of_the_votes() -> None:
    near, word, centroids = [(0, 0.80), (1, 0.75)], [(1, 3.0), (0, 1.0)], {0: 0.7, 1: 0.66}
    without = votes.count(near=near, word=word, centroids=centroids)

    ballot = votes.count(near=near, word=word, centroids=centroids, kin=[(1, 0.7), (0, 0.63)])

    kin = 1 / (1 + math.exp(1))
    assert ballot is not None
    assert without is not None
    assert ballot.kin[0] == pytest.approx(kin)
    assert ballot.share[0] == pytest.approx(0.55 * without.share[0] + 0.45 * kin)
    assert ballot.candidate == 1


def test_a_ballot_tells_how_clear_it_was() -> None:
    clear = votes.count(
        near=[(0, 0.9), (1, 0.4)],
        word=[(0, 9.0)],
        centroids={0: 0.9, 1: 0.3, 2: 0.2},
        likelihoods={0: -100.0, 1: -200.0, 2: -300.0},
    )
    divided = votes.count(
        near=[(1, 0.9), (0, 0.9)],
        word=[(1, 3.0), (0, 3.0)],
        centroids={0: 0.5, 1: 0.5},
        likelihoods={0: -100.0, 1: -99.0},
    )

    assert clear is not None
    assert divided is not None
    assert (clear.candidate, clear.runner_up, clear.agreement) == (0, 1, 4)
    assert clear.entropy < 0.01
    # Equal votes are the older answer's, and only the likelihoods tell the two apart.
    assert (divided.candidate, divided.runner_up, divided.agreement) == (1, 0, 1)
    assert divided.entropy == pytest.approx(math.log(2), abs=0.01)


def test_an_answer_without_others_has_no_runner_up() -> None:
    ballot = votes.count(near=[(0, 0.9)], word=[], centroids={0: 0.9}, likelihoods={0: -100.0})

    assert ballot is not None
    assert ballot.runner_up is None
    assert ballot.agreement == 3


@pytest.mark.parametrize("prior", EXTENDED_PRIORS)
def test_both_priors_tell_a_clear_contest_from_a_lost_one(prior: Calibration) -> None:
    assert prior.confidence(features.extended(CLEAR, WON)) > 0.97
    assert prior.confidence(features.extended(MURKY, LOST)) < 0.25


def test_the_eleven_are_those_of_the_formula() -> None:
    values = dict(zip(features.EXTENDED_NAMES, features.extended(CLEAR, WON), strict=True))

    assert list(values.values())[:10] == features.of(CLEAR)
    assert values["likelihood_lead"] == 4.0  # 2 ln(1 + 110/12) = 4.6, clipped
    assert values["familiarity"] == pytest.approx(2 * math.log(1 + 80 / 15))
    assert values["agreement"] == pytest.approx(1.2)
    assert values["uncertainty"] == pytest.approx(-0.9)
    assert values["pair_record"] == pytest.approx(math.log(3.8 / 0.2 / 9))
    assert values["unanswerable"] == 0.0
    near = features.extended(CLEAR, replace(WON, unfiled=CLEAR.similarity))
    assert near[15] == pytest.approx(0.2 / 0.15)
    assert values["kin_lead"] == pytest.approx(0.6 / 0.15)
    assert values["kin_vote"] == pytest.approx(0.5 * math.log(0.98 / 0.04) - 1)
    assert values["kin"] == pytest.approx(1.5)
    assert values["wording_lead"] == 4.0  # 2 ln(1 + 52/6) = 4.5, clipped
    assert values["wording"] == pytest.approx(2 * math.log(5) - 2)


def test_an_answer_without_rivals_is_compared_with_a_new_one() -> None:
    values = features.extended(CLEAR, replace(LOST, rival_likelihood=None))

    assert values[10] == pytest.approx(-2 * math.log(1 + 4 / 12))


@given(
    likelihood=st.floats(-1e4, 1e4),
    rival=st.none() | st.floats(-1e4, 1e4),
    new=st.floats(-1e4, 1e4),
    voters=st.integers(0, 4),
    entropy=st.floats(0, 9),
    ok=st.floats(0, 100),
    bad=st.floats(0, 100),
    unfiled=cosines,
    kin=st.none() | cosines,
    rival_kin=st.none() | cosines,
    kin_share=st.floats(0, 1),
    wording=st.floats(-1e3, 1e3),
    rival_wording=st.floats(-1e3, 1e3),
)
def test_none_of_the_eleven_outvotes_the_rest(
    likelihood: float,
    rival: float | None,
    new: float,
    voters: int,
    entropy: float,
    ok: float,
    bad: float,
    unfiled: float,
    kin: float | None,
    rival_kin: float | None,
    kin_share: float,
    wording: float,
    rival_wording: float,
) -> None:
    contest = Contest(
        likelihood=likelihood,
        rival_likelihood=rival,
        new_likelihood=new,
        voters=voters,
        entropy=entropy,
        pair_ok=ok,
        pair_bad=bad,
        unfiled=unfiled,
        kin=kin,
        rival_kin=rival_kin,
        kin_share=kin_share,
        wording=wording,
        rival_wording=rival_wording,
    )

    values = features.extended(MURKY, contest)

    assert len(values) == len(features.EXTENDED_NAMES) == len(features.PRIOR_OF_BANK)
    assert all(-4.0 <= value <= 4.0 for value in values)


@given(outcomes=st.lists(st.booleans(), max_size=200))
def test_a_track_record_forgets_and_stays_bounded(outcomes: list[bool]) -> None:
    ok = bad = 0.0
    for right in outcomes:
        ok, bad = features.counted(ok, bad, right=right)

    assert 0 <= ok <= 10
    assert 0 <= bad <= 10
    assert (ok > 0) == any(outcomes)
    assert (bad > 0) == (not all(outcomes))


@given(
    st.builds(
        Standing,
        share=st.floats(0, 1),
        similarity=cosines,
        rival_similarity=cosines,
        centroid=cosines,
        rival_centroid=cosines,
        typical_mean=cosines,
        typical_sd=st.floats(0.01, 0.5),
        word_share=st.floats(0, 1),
        phrasings=st.integers(1, 200),
        ok=st.floats(0, 100),
        bad=st.floats(0, 100),
        novelty=st.floats(0.001, 0.999),
    )
)
def test_no_feature_outvotes_the_rest(standing: Standing) -> None:
    values = features.of(standing)

    assert len(values) == len(features.NAMES)
    assert all(-4.0 <= value <= 4.0 for value in values)
    assert 0.0 < PRIOR.confidence(values) < 1.0


@given(doubt=st.floats(0, 5), x=st.lists(st.floats(-4, 4), min_size=10, max_size=10))
def test_doubt_only_ever_lowers_confidence(doubt: float, x: list[float]) -> None:
    sure = Calibration.prior(features.PRIOR, precision=8.0, kappa=0.0)
    modest = Calibration.prior(features.PRIOR, precision=8.0, kappa=doubt)

    assert modest.confidence(x) <= sure.confidence(x) + 1e-12


@given(answers=st.integers(0, 200), share=st.floats(0, 1))
def test_novelty_stays_inside_its_bounds(answers: int, share: float) -> None:
    assert 0.0 < features.novelty(answers=answers, merged=int(share * answers)) < 1.0


def test_a_store_that_meets_nothing_new_is_less_novel() -> None:
    assert features.novelty(answers=50, merged=50) < features.novelty(answers=50, merged=0)


def test_typicality_is_the_pseudo_counts_until_there_is_a_second_phrasing() -> None:
    one = np.eye(4, dtype=np.float32)[:1]

    mean, sd = typicality(one)
    assert mean == pytest.approx(0.62)
    assert sd == pytest.approx(0.13)


def test_typicality_follows_what_is_seen() -> None:
    same = np.tile(np.eye(4, dtype=np.float32)[:1], (30, 1))

    mean, _ = typicality(same)
    assert mean > 0.9


def test_an_explanation_names_the_strongest_reasons() -> None:
    values = dict(zip(features.NAMES, features.of(MURKY), strict=True))
    words = VOCABULARY.in_words(values, dict(zip(features.NAMES, features.PRIOR, strict=True)))

    assert "it lacks the telling words" in words["against"]
    assert len(words["against"]) <= 4
