"""What flights show of a building on record, as pure rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from layers.alarms import codes
from layers.alarms.rules import (
    Building,
    ClosedFor,
    Heard,
    Kind,
    Look,
    Status,
    Sureness,
    check_close,
    sureness,
    tell,
)
from layers.candidates.follow import Flight
from layers.errors import Refused

DAYS = [date(2023, month, 12) for month in range(1, 9)]
FLIGHTS = [Flight(day, number) for number, day in enumerate(DAYS, 1)]
SHED = box(0, 0, 10, 10)
ANNEX = box(10, 0, 15, 10)
ORDERED = Building(SHED, "ordered", FLIGHTS[0], perform_by=date(2023, 2, 20))


def heard(kind, outline=SHED, candidate=7, **facts):
    return Heard(candidate, kind, outline, **facts)


def look(number, *detections, **facts):
    return replace(Look(FLIGHTS[number], FLIGHTS[number - 1], heard=detections), **facts)


def told(building, *looks):
    return [(each.kind, each.status, each.closed_for) for each in tell(building, looks)]


def test_the_code_lists_are_those_of_the_rules():
    for rule, listed in (
        (Kind, codes.KINDS), (Status, codes.STATUSES), (Sureness, codes.SURENESS), (ClosedFor, codes.CLOSED_FOR),
    ):  # fmt: skip
        assert [each.value for each in listed] == list(rule)


def test_what_still_stands_after_its_time_limit_is_an_alarm_and_before_it_a_fact():
    assert told(ORDERED, look(1)) == [(Kind.STANDING, Status.NOTED, None)]
    assert told(ORDERED, look(1), look(2)) == [
        (Kind.STANDING, Status.NOTED, None), (Kind.STANDING, Status.OPEN, None),
    ]  # fmt: skip
    assert told(replace(ORDERED, status="filed"), look(2, baseline=FLIGHTS[0])) == [
        (Kind.STANDING, Status.NOTED, None)
    ]


def test_only_the_latest_flight_that_shows_it_standing_asks_for_somebody():
    later = [Status.CLOSED, Status.CLOSED, Status.OPEN]
    assert [each.status for each in tell(ORDERED, [look(1), look(2), look(3), look(4)])] == [
        Status.NOTED, *later,
    ]  # fmt: skip


def test_a_flight_that_shows_less_than_nine_tenths_of_it_or_skips_the_last_look_says_nothing():
    assert told(ORDERED, look(2, baseline=FLIGHTS[0], shown_share=0.89)) == []
    assert told(ORDERED, look(2), look(4, baseline=FLIGHTS[0])) == told(ORDERED, look(2))


def test_what_is_cleared_by_half_is_gone_and_says_how_much_is_left():
    [gone] = tell(ORDERED, [look(1, heard("demolished", box(0, 0, 10, 7), confidence=0.9))])
    assert (gone.kind, gone.status) == (Kind.GONE, Status.OPEN)
    assert (gone.cleared_share, gone.area_m2) == (pytest.approx(0.7), pytest.approx(30))
    assert gone.sureness is Sureness.MEDIUM
    assert told(ORDERED, look(1, heard("demolished", box(0, 0, 10, 4)))) == [
        (Kind.STANDING, Status.NOTED, None)
    ]


def test_a_demolition_that_was_recorded_before_is_confirmed_by_the_next_flight_and_asks_for_nobody():
    recorded = replace(ORDERED, status="demolished", demolished_on=date(2023, 2, 20))
    assert told(recorded, look(1), look(2, heard("demolished")), look(3)) == [
        (Kind.STANDING, Status.NOTED, None), (Kind.GONE, Status.NOTED, None), (Kind.GONE, Status.NOTED, None),
    ]  # fmt: skip


def test_a_demolition_on_record_that_the_next_flight_does_not_show_is_an_alarm():
    recorded = replace(ORDERED, status="demolished", demolished_on=date(2023, 2, 20))
    assert told(recorded, look(1), look(2)) == [
        (Kind.STANDING, Status.NOTED, None), (Kind.STANDING, Status.OPEN, None),
    ]  # fmt: skip
    assert told(recorded, look(4), look(5)) == []  # both flights after it: silence confirms nothing


@pytest.mark.parametrize("looks", [[look(1, heard("demolished")), look(2, heard("new", candidate=9))],
                                   [look(1, heard("demolished"), heard("new", candidate=9))]])  # fmt: skip
def test_what_stands_again_on_cleared_ground_is_an_alarm_that_names_its_candidate(looks):
    found = tell(ORDERED, looks)
    assert [each.kind for each in found] == [Kind.GONE, Kind.REBUILT]
    assert found[1].status is Status.OPEN
    assert found[1].heard is not None
    assert found[1].heard.candidate_id == 9


def test_what_was_demolished_by_the_record_only_is_built_again_too():
    recorded = replace(ORDERED, status="demolished", demolished_on=date(2023, 1, 20))
    assert told(recorded, look(4, heard("new", box(2, 2, 9, 9)))) == [(Kind.REBUILT, Status.OPEN, None)]
    beside = heard("new", box(12, 0, 20, 10))
    assert told(recorded, look(4, beside)) == []


def test_growth_is_told_against_what_is_on_record():
    found = tell(
        ORDERED,
        [
            look(1, heard("extended", ANNEX, height_change_m=3.2)),
            look(2, heard("extended", box(15, 0, 20, 10))),
        ],
    )
    assert [(each.kind, round(each.gained_m2 or 0), round(each.area_m2)) for each in found] == [
        (Kind.GREW, 50, 150), (Kind.GREW, 100, 200),
    ]  # fmt: skip
    assert [each.closed_for for each in found] == [ClosedFor.LATER_FLIGHT, None]
    assert (found[0].height_change_m, found[1].gained_share) == (3.2, pytest.approx(1.0))


def test_a_site_check_since_the_flight_and_a_verdict_on_the_growth_close_an_alarm():
    gone = look(2, heard("demolished"), baseline=FLIGHTS[0])
    assert told(replace(ORDERED, checks=(DAYS[1],)), gone)[0][1] is Status.OPEN
    assert told(replace(ORDERED, checks=(DAYS[2],)), gone)[0][2] is ClosedFor.SITE_CHECK
    assert told(ORDERED, look(1, heard("extended", ANNEX, judged=True)))[0][2] is ClosedFor.VERDICT


@pytest.mark.parametrize(
    ("aligned", "share", "confidence", "measured", "expected"),
    [
        (True, 0.9, 0.8, True, Sureness.HIGH),
        (True, 0.9, None, True, Sureness.HIGH),
        (None, 0.9, 0.8, True, Sureness.MEDIUM),
        (True, 0.6, 0.8, True, Sureness.MEDIUM),
        (True, 0.9, 0.8, False, Sureness.MEDIUM),
        (True, 0.9, 0.3, True, Sureness.LOW),
        (False, 1.0, 0.9, True, Sureness.LOW),
    ],
)
def test_the_weakest_ground_decides_how_sure_it_is(aligned, share, confidence, measured, expected):
    assert sureness(aligned, share, confidence, measured=measured) is expected


def test_an_alarm_is_closed_once_and_with_a_word():
    check_close(Status.OPEN, "已到现场")
    for status, word in ((Status.OPEN, "  "), (Status.CLOSED, "x"), (Status.NOTED, "x")):
        with pytest.raises(Refused):
            check_close(status, word)


KINDS = st.sampled_from(["new", "extended", "rebuilt", "changed", "demolished"])
OUTLINES = st.tuples(st.integers(-4, 14), st.integers(-4, 8), st.integers(2, 12), st.integers(2, 12)).map(
    lambda it: box(it[0], it[1], it[0] + it[2], it[1] + it[3])
)
SKIES = st.lists(st.lists(st.tuples(KINDS, OUTLINES), max_size=2), min_size=1, max_size=6)
BUILDINGS = st.builds(
    lambda status, gone: replace(
        ORDERED, status=status, demolished_on=gone if status == "demolished" else None
    ),
    st.sampled_from(["to_check", "filed", "ordered", "demolished"]),
    st.dates(DAYS[0], DAYS[7]),
)


@settings(max_examples=100)
@given(SKIES, BUILDINGS, st.randoms())
def test_the_story_depends_on_the_flights_alone_and_each_flight_on_earlier_ones(skies, building, chance):
    if building.status == "demolished" and building.demolished_on is None:
        building = replace(building, demolished_on=DAYS[2])
    looks = [
        look(n, *(heard(kind, outline, candidate=10 * n + k) for k, (kind, outline) in enumerate(sky)))
        for n, sky in enumerate(skies, 1)
    ]
    found = tell(building, looks)
    mixed = chance.sample(looks, len(looks))
    assert tell(building, mixed) == found
    assert len({(each.flight, each.kind) for each in found}) == len(found)
    for kind in Kind:
        assert sum(each.kind is kind and each.status is Status.OPEN for each in found) <= (
            1 if kind in {Kind.STANDING, Kind.GREW} else len(found)
        )
    facts = [(each.flight, each.kind, each.area_m2, each.cleared_share) for each in found]
    for number in range(len(looks)):
        shorter = tell(building, looks[:number])
        assert [(each.flight, each.kind, each.area_m2, each.cleared_share) for each in shorter] == [
            fact for fact in facts if fact[0] <= FLIGHTS[number]
        ]
    gone = [each for each in found if each.kind is Kind.GONE and each.news]
    assert all(each.cleared_share >= 0.5 for each in gone)
    rebuilt = [each for each in found if each.kind is Kind.REBUILT]
    assert not rebuilt or gone or building.demolished_on is not None
