"""Precision, recall, their limits, and drawing: pure rules."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.candidates.codes import KINDS
from layers.errors import Refused
from layers.quality.codes import MISSED_KINDS
from layers.quality.draw import allotted, drawn
from layers.quality.figures import Looked, Reviewed, figures
from layers.quality.rules import (
    LEAST_JUDGED,
    Stratum,
    check_judges,
    check_verdict,
    estimated,
    precision,
    recall,
    wilson,
)

NOBODY_LOOKED: list[Stratum] = []


def test_whatever_a_candidate_can_be_can_be_missed() -> None:
    assert {each.value for each in KINDS} <= {each.value for each in MISSED_KINDS}


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [  # Wilson's interval as other programs print it (R: prop.test(correct = FALSE))
        (8, 10, 0.4902, 0.9433),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (50, 100, 0.4038, 0.5962),
        (1, 1, 0.2065, 1.0),
    ],
)
def test_the_interval_is_wilson_s(part: int, whole: int, low: float, high: float) -> None:
    assert wilson(part, whole) == pytest.approx((low, high), abs=1e-4)


def test_a_population_that_was_looked_at_whole_leaves_no_doubt() -> None:
    assert wilson(3, 12, population=12) == (0.25, 0.25)


def test_half_a_population_leaves_less_doubt_than_as_many_of_a_great_one() -> None:
    few, many = wilson(3, 12, population=24), wilson(3, 12, population=100_000)
    assert few[1] - few[0] < many[1] - many[0]
    assert many == pytest.approx(wilson(3, 12), abs=1e-3)


def test_precision_comes_with_both_terms() -> None:
    rate = precision(45, 15)
    assert (rate.numerator, rate.denominator, rate.value) == (45, 60, 0.75)
    assert rate.low == pytest.approx(0.6276, abs=1e-3)
    assert rate.note is None


def test_without_a_review_there_is_no_precision_but_a_sentence() -> None:
    rate = precision(0, 0)
    assert rate.value is None and rate.note is not None and rate.note.zh


def test_recall_counts_what_samples_say_was_missed() -> None:
    # 2 of 40 squares of 400 held something: 20 structures; 1 of 10 of 30 rejections was wrong: 3 structures
    rate = recall(77, [Stratum(400, 40, 2, 2)], [Stratum(30, 10, 1, 1)])
    assert rate.numerator == 77
    assert rate.denominator == pytest.approx(100)
    assert rate.value == pytest.approx(0.77)
    assert rate.low is not None and rate.high is not None and rate.low < 0.77 < rate.high


def test_two_structures_in_one_square_count_twice() -> None:
    rate = recall(80, [Stratum(400, 40, 1, 2)], [])
    assert rate.denominator == pytest.approx(100)


def test_that_nothing_was_missed_in_forty_squares_is_no_certainty() -> None:
    rate = recall(80, [Stratum(400, 40, 0, 0)], [])
    assert rate.value == rate.high == 1
    assert rate.low is not None and 0.5 < rate.low < 0.8  # up to a twelfth of 400 squares may hold something


def test_fewer_than_thirty_judged_samples_give_no_recall_but_a_sentence() -> None:
    rate = recall(80, [Stratum(400, LEAST_JUDGED - 1, 0, 0)], [])
    assert rate.value is None and rate.note is not None and "样本不足" in rate.note.zh
    assert rate.denominator == 80


def test_a_small_ground_judged_whole_is_enough() -> None:
    rate = recall(8, [Stratum(12, 12, 2, 2)], [])
    assert (rate.value, rate.low, rate.high) == (0.8, 0.8, 0.8)


def test_no_recall_before_somebody_looked_at_empty_places_or_at_rejections() -> None:
    assert recall(8, NOBODY_LOOKED, [Stratum(40, 40, 0, 0)]).note is not None
    assert recall(8, [Stratum(400, 60, 0, 0)], [Stratum(30, 0, 0, 0)]).value is None


def test_a_flight_that_nobody_sampled_borrows_the_share_of_the_others() -> None:
    rate = recall(90, [Stratum(400, 40, 1, 1)], [Stratum(20, 10, 0, 0), Stratum(10, 0, 0, 0)])
    assert rate.denominator == pytest.approx(100)


counted = st.integers(1, 60).flatmap(
    lambda judged: st.tuples(
        st.just(judged), st.integers(0, judged), st.integers(judged, 5000), st.integers(0, 3)
    )
)
strata = st.lists(
    counted.map(lambda each: Stratum(each[2], each[0], each[1], each[1] + each[3] * bool(each[1]))),
    min_size=1,
    max_size=5,
)


@given(st.integers(0, 500).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_the_interval_holds_the_share(terms: tuple[int, int]) -> None:
    accepted, judged = terms
    rate = precision(accepted, judged - accepted)
    if rate.value is not None:
        assert rate.low is not None and rate.high is not None
        assert 0 <= rate.low <= rate.value <= rate.high <= 1


@given(st.integers(0, 2000), strata, strata)
def test_recall_is_a_share_and_its_interval_holds_it(found: int, empty: list, rejected: list) -> None:
    rate = recall(found, empty, rejected)
    if rate.value is not None:
        assert rate.low is not None and rate.high is not None and rate.denominator is not None
        assert 0 <= rate.low <= rate.value <= rate.high <= 1
        assert rate.value == pytest.approx(rate.numerator / rate.denominator)


@given(strata)
def test_the_estimate_lies_within_its_limits(parts: list) -> None:
    total, low, high = estimated(parts)
    assert 0 <= low <= total <= high


# ---- drawing --------------------------------------------------------------------------------------------


names = st.dictionaries(
    st.tuples(st.integers(1, 4), st.integers(0, 9)), st.integers(0, 40), min_size=1, max_size=8
).map(lambda sizes: {key: [f"{key}-{n}" for n in range(size)] for key, size in sizes.items()})


@settings(deadline=None)  # a busy machine is no failure
@given(names, st.integers(0, 200), st.integers(0, 2**31))
def test_the_same_seed_draws_the_same_places_in_whatever_order_they_come(
    places: dict, number: int, seed: int
) -> None:
    shuffled = {key: list(reversed(places[key])) for key in reversed(list(places))}
    assert drawn(places, number, seed) == drawn(shuffled, number, seed)


@settings(deadline=None)  # a busy machine is no failure
@given(names, st.integers(0, 200), st.integers(0, 2**31))
def test_drawn_places_are_different_ones_of_their_stratum(places: dict, number: int, seed: int) -> None:
    chosen = drawn(places, number, seed)
    assert sum(map(len, chosen.values())) == min(number, sum(map(len, places.values())))
    for key, those in chosen.items():
        assert len(set(those)) == len(those) and set(those) <= set(places[key])


@settings(deadline=None)  # a busy machine is no failure
@given(st.dictionaries(st.integers(), st.integers(0, 500), min_size=1), st.integers(0, 300))
def test_every_stratum_gives_its_share_to_within_one(sizes: dict, number: int) -> None:
    shares, whole = allotted(sizes, number), sum(sizes.values())
    number = min(number, whole)
    for key, size in sizes.items():
        exact = number * size / whole if whole else 0
        assert exact - 1 < shares[key] < exact + 1 and shares[key] <= size


# ---- figures --------------------------------------------------------------------------------------------


def looked(verdict: str | None, samples: int, **other: object) -> Looked:
    usual = {
        "sort": "empty", "survey": 1, "division": 7, "model": "a", "kind": None, "verdict": verdict,
        "samples": samples, "structures": 0, "places": 300, "places_in_survey": 400, "newest": 1,
    }  # fmt: skip
    return Looked(**{**usual, **other})  # type: ignore[arg-type]


REVIEWED = [
    Reviewed(1, 7, "new", "a", accepted=50, rejected=10, pending=4),
    Reviewed(1, 8, "new", "a", accepted=20, rejected=0, pending=0),
    Reviewed(1, 7, "demolished", "a", accepted=10, rejected=0, pending=0),
    Reviewed(2, 7, "new", "a", accepted=99, rejected=1, pending=0),  # a flight that nobody sampled
]
LOOKED = [
    looked("nothing", 28),
    looked("missed", 2, kind="new", structures=2),
    looked("nothing", 10, division=8, places=100),
    looked("unclear", 5),
    looked(None, 5),
    looked("nothing", 9, sort="rejected", kind="new", places=0, places_in_survey=0),
    looked("missed", 1, sort="rejected", kind="new", structures=1, places=0, places_in_survey=0),
]


def test_the_total_speaks_of_the_sampled_flights_only() -> None:
    [total] = figures("all", REVIEWED, LOOKED)
    assert (total.accepted, total.rejected, total.pending) == (179, 11, 4)
    assert (total.precision.numerator, total.precision.denominator) == (179, 190)
    assert total.recall.numerator == 80
    assert total.recall.denominator == pytest.approx(80 + 400 * 2 / 40 + 10 * 1 / 10)
    assert (total.empty.population, total.empty.judged, total.empty.missed) == (400, 40, 2)
    assert (total.resampled.population, total.resampled.judged, total.resampled.missed) == (10, 10, 1)


def test_a_township_has_its_own_squares() -> None:
    rows = {each.key: each for each in figures("division", REVIEWED, LOOKED)}
    assert rows[7].empty.population == 300 and rows[8].empty.population == 100
    assert rows[7].recall.denominator == pytest.approx(60 + 300 * 2 / 30 + 1)
    assert rows[8].recall.value is None  # ten squares are too few


def test_a_square_without_a_miss_speaks_of_every_kind_and_one_with_a_miss_of_its_own() -> None:
    rows = {each.key: each for each in figures("kind", REVIEWED, LOOKED)}
    assert set(rows) == {"new", "demolished"}
    assert rows["new"].recall.denominator == pytest.approx(70 + 20 + 1)
    assert rows["demolished"].recall.value == 1
    assert rows["demolished"].empty.judged == 40


def test_a_flight_sampled_under_two_models_counts_by_the_newer_but_each_model_has_its_row() -> None:
    again = [*LOOKED, looked("nothing", 50, model="b", newest=9)]
    [total] = figures("all", REVIEWED, again)
    assert (total.empty.judged, total.empty.missed) == (50, 0)
    rows = {each.key: each for each in figures("model", REVIEWED, again)}
    assert rows["a"].empty.missed == 2 and rows["b"].empty.judged == 50


def test_a_house_without_flights_has_an_empty_total() -> None:
    [total] = figures("all", [], [])
    assert total.precision.value is None and total.recall.value is None


# ---- judging --------------------------------------------------------------------------------------------


def test_something_missed_in_a_square_is_counted_and_named() -> None:
    check_verdict("empty", "missed", 2, "new")
    check_verdict("rejected", "missed", None, None)
    check_verdict("empty", "nothing", None, None)
    for wrong in (
        ("empty", "missed", None, None),
        ("empty", "missed", 1, None),
        ("empty", "nothing", 1, "new"),
        ("rejected", "missed", 1, "new"),
    ):
        with pytest.raises(Refused):
            check_verdict(*wrong)


def test_who_rejected_a_candidate_does_not_judge_it_again_and_nobody_judges_for_another() -> None:
    check_judges(1, rejected_by=2, judged_by=None)
    check_judges(1, rejected_by=2, judged_by=1)
    with pytest.raises(Refused):
        check_judges(1, rejected_by=1, judged_by=None)
    with pytest.raises(Refused):
        check_judges(1, rejected_by=2, judged_by=3)
