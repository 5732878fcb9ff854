"""One structure through many flights, as pure rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from layers.candidates.codes import STATES
from layers.candidates.follow import Detection, Flight, Glimpse, Known, State, assign, retell

MARCH, JUNE, SEPTEMBER = (Flight(date(2023, month, 12), number) for number, month in enumerate((3, 6, 9), 1))
SHED = box(0, 0, 10, 10)
GROUND = box(-100, -100, 200, 200)


def glimpse(flight, kind, found, height=None, baseline=None):
    return Glimpse(flight, baseline, kind, found, height)


def after(first, *, kind="extended", found=None, height=None, baseline=MARCH):
    [_, then] = retell([glimpse(MARCH, "new", first), glimpse(JUNE, kind, found, height, baseline)])
    return then


def test_the_states_are_those_of_the_code_list():
    assert [each.value for each in STATES] == list(State)


@pytest.mark.parametrize(
    ("kind", "found", "height", "state", "area"),
    [
        ("new", None, None, State.UNCHANGED, 100),
        ("new", box(0, 0, 10, 10.9), 3.0, State.UNCHANGED, 100),  # 9 %: within the accuracy of an outline
        ("new", box(0, 0, 10, 12), 3.0, State.GREW, 120),
        ("new", box(1, 1, 11, 11), 3.0, State.UNCHANGED, 100),  # the same roof a metre off
        ("new", box(0, 0, 10, 8), 3.0, State.UNCHANGED, 100),
        ("rebuilt", box(0, 0, 20, 10), 3.0, State.GREW, 200),
        ("extended", box(10, 0, 14, 10), 3.0, State.GREW, 140),  # the annex only
        ("extended", box(10, 0, 11, 8), 3.0, State.UNCHANGED, 100),
        ("extended", SHED, 3.1, State.GREW, 100),  # a storey on top
        ("extended", SHED, 0.8, State.UNCHANGED, 100),
        ("changed", box(0, 0, 30, 10), None, State.UNCHANGED, 100),  # colour alone does not say that it grew
        ("demolished", SHED, -3.0, State.GONE, 100),
        ("demolished", box(0, 0, 10, 6), -3.0, State.GONE, 100),
        ("demolished", box(0, 0, 10, 4), -3.0, State.UNCHANGED, 100),
    ],
)
def test_what_a_later_flight_makes_of_a_shed_of_100_m2(kind, found, height, state, area):
    then = after(SHED, kind=kind, found=found, height=height)
    assert then.state is state
    assert then.geom.area == pytest.approx(area)


def test_small_things_must_grow_by_more_than_five_square_metres():
    assert after(box(0, 0, 5, 4), found=box(0, 0, 5, 4.9), kind="new").state is State.UNCHANGED
    assert after(box(0, 0, 5, 4), found=box(0, 0, 5, 5.2), kind="new").state is State.GREW


def test_a_storey_that_an_earlier_flight_saw_is_no_news_to_one_compared_with_a_flight_before_it():
    january = Flight(date(2023, 1, 12), 9)
    assert after(SHED, found=SHED, height=3.1, baseline=january).state is State.UNCHANGED


def test_a_structure_appears_grows_goes_and_stays_gone():
    told = retell(
        [
            glimpse(MARCH, "new", SHED),
            glimpse(JUNE, "extended", box(10, 0, 15, 10), 3.0, MARCH),
            glimpse(SEPTEMBER, "demolished", box(0, 0, 15, 10), -3.0, JUNE),
            glimpse(Flight(date(2023, 12, 1), 4), "new", None, None, SEPTEMBER),
        ]
    )
    assert [each.state for each in told] == [State.APPEARED, State.GREW, State.GONE, State.GONE]
    assert [each.geom.area for each in told] == pytest.approx([100, 150, 150, 150])


def test_a_demolition_stays_what_it_is():
    told = retell([glimpse(MARCH, "demolished", SHED), glimpse(JUNE, "demolished", None)])
    assert {each.state for each in told} == {State.GONE}


def known(geom=SHED, **facts):
    return replace(Known(geom, seen_on=MARCH, changed_on=MARCH), **facts)


def on_june(detections, structures, compared=GROUND, baseline=MARCH):
    return assign(JUNE, baseline, compared, detections, structures)


def test_a_structure_that_nothing_touched_is_unchanged_where_the_flights_compared_it():
    assert on_june([], [known()]).silent == [0]
    assert on_june([], [known()], compared=box(0, 0, 8.9, 10)).silent == []
    assert on_june([], [known()], compared=box(0, 0, 9.1, 10)).silent == [0]


def test_silence_means_nothing_when_the_baseline_is_older_than_the_structure():
    january = Flight(date(2023, 1, 12), 9)
    assert on_june([], [known()], baseline=january).silent == []


def test_a_structure_found_again_has_no_second_row():
    outcome = on_june([Detection(box(0.5, 0, 10.5, 10), "new", 3.0)], [known()])
    assert (list(outcome.spoken), outcome.own, outcome.silent) == ([0], [], [])


def test_a_pending_structure_takes_its_growth_into_itself():
    outcome = on_june([Detection(box(10.5, 0, 16, 10), "extended", 3.0)], [known()])
    assert (list(outcome.spoken), outcome.own) == ([0], [])


def test_the_growth_of_a_judged_structure_is_judged_by_itself():
    outcome = on_june([Detection(box(10.5, 0, 16, 10), "extended", 3.0)], [known(judged=True)])
    assert (list(outcome.spoken), outcome.own, outcome.follows) == ([0], [0], {0: 0})


def test_a_growth_that_was_judged_with_the_structure_is_not_asked_for_again():
    grown = known(judged=True, changed_on=JUNE)
    assert on_june([Detection(box(10.5, 0, 16, 10), "extended", 3.0)], [grown]).own == []


def test_a_demolition_has_its_own_row_that_names_what_it_cleared():
    outcome = on_june([Detection(box(-1, -1, 11, 11), "demolished", -3.0)], [known()])
    assert (outcome.own, outcome.follows, outcome.spoken[0].kind) == ([0], {0: 0}, "demolished")


def test_one_demolition_may_clear_a_row_of_sheds():
    sheds = [known(box(x, 0, x + 8, 8)) for x in (0, 10, 20)]
    outcome = on_june([Detection(box(0, 0, 30, 8), "demolished", -3.0)], sheds)
    assert {each.kind for each in outcome.spoken.values()} == {"demolished"}
    assert sorted(outcome.spoken) == [0, 1, 2]


def test_what_is_built_where_something_went_is_a_new_suspicion():
    outcome = on_june([Detection(SHED, "new", 3.0)], [known(gone=True)])
    assert (outcome.own, outcome.follows, outcome.silent) == ([0], {0: 0}, [0])


def test_a_demolition_already_known_is_not_found_twice_by_a_flight_with_an_older_baseline():
    before = known(demolition=True, changed_on=JUNE, seen_on=JUNE)
    again = [Detection(SHED, "demolished", -3.0)]
    assert assign(SEPTEMBER, MARCH, GROUND, again, [before]).own == []
    assert assign(SEPTEMBER, JUNE, GROUND, again, [before]).own == [0]


def test_neighbours_are_two_structures():
    outcome = on_june([Detection(box(10, 0, 20, 10), "new", 3.0)], [known()])
    assert (outcome.own, outcome.silent, outcome.follows) == ([0], [0], {})


boxes = st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(2, 15), st.integers(2, 15)).map(
    lambda b: box(b[0], b[1], b[0] + b[2], b[1] + b[3])
)
detections = st.lists(
    st.builds(
        Detection,
        boxes,
        st.sampled_from(["new", "demolished", "extended", "rebuilt", "changed"]),
        st.sampled_from([None, 0.5, 3.0]),
    ),
    max_size=8,
)
structures = st.lists(
    st.builds(known, boxes, demolition=st.booleans(), gone=st.booleans(), judged=st.booleans()), max_size=8
)


@given(detections, structures)
def test_every_known_structure_on_compared_ground_is_told_of_exactly_once(found, before):
    outcome = on_june(found, before)
    assert sorted([*outcome.spoken, *outcome.silent]) == list(range(len(before)))


@given(detections, structures, st.randoms())
def test_the_order_of_detections_does_not_matter(found, before, random):
    mixed = list(found)
    random.shuffle(mixed)
    one, other = on_june(found, before), on_june(mixed, before)
    assert one.spoken == other.spoken and one.silent == other.silent

    def rows(outcome, given):
        return sorted((given[n].geom.wkt, given[n].kind, outcome.follows.get(n, -1)) for n in outcome.own)

    assert rows(one, found) == rows(other, mixed)


@given(detections, structures)
def test_nothing_found_is_lost(found, before):
    outcome = on_june(found, before)
    for number, each in enumerate(found):
        spoken = any(
            old.found is not None and old.found.intersects(each.geom.buffer(2))
            for old in outcome.spoken.values()
        )
        assert number in outcome.own or spoken


glimpses = st.lists(
    st.tuples(st.sampled_from(["new", "demolished", "extended", "rebuilt", "changed"]), st.none() | boxes),
    max_size=6,
).map(
    lambda rows: (
        [glimpse(MARCH, "new", SHED)]
        + [glimpse(Flight(date(2024, 1, 1 + n), n), kind, found) for n, (kind, found) in enumerate(rows)]
    )
)


@given(glimpses)
def test_a_later_flight_changes_nothing_that_was_told_of_earlier_ones(seen):
    told = retell(seen)
    assert len(told) == len(seen)
    assert all(retell(seen[:n]) == told[:n] for n in range(1, len(seen)))
