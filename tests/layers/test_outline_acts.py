"""Outlines drawn anew, merged, split and taken back: the structure stays the same one through later flights."""

from __future__ import annotations

import pytest
from shapely.geometry import LineString, box, mapping, shape
from sqlalchemy import text

from gis.crs import to_degrees, to_metres
from gis.outline_edits import OutlineRefused
from layers.candidates import actions, outline_acts, store
from layers.database import set_actor
from layers.errors import Conflict, Held, NotAllowed, Refused
from layers.people.rules import Role
from tests.layers import compared
from tests.layers.test_candidate_record import (
    ANNEX,
    SHED,
    E,
    N,
    accept,
    everything,
    flights,
    only,
    record,
    rows,
    story,
)

__all__ = ["flights"]  # a fixture

BARN = box(E + 10.5, N, E + 20.5, N + 10)  # half a metre beside the shed
ROOF = box(E, N, E + 12, N + 10)


@pytest.fixture
def anna(session):
    set_actor(session, "anna")
    return compared.person(session, "anna", Role.REVIEWER)


def drawn(geometry):
    return mapping(to_degrees(geometry))


def outline(row):
    return to_metres(shape(row["geometry"]))


def redraw(session, person, row, geometry):
    outline_acts.redraw(session, person, row["id"], drawn(geometry), version=row["version"])
    return store.get(session, row["id"])


def split(session, person, row, east):
    line = LineString([(E + east, N - 5), (E + east, N + 15)])
    ids = outline_acts.split(session, person, row["id"], line=drawn(line), parts=[], version=row["version"])
    return [store.get(session, each) for each in ids]


def merge(session, person, row, *others):
    wanted = {each["id"]: each["version"] for each in others}
    return store.get(session, outline_acts.merge(session, person, row["id"], wanted, version=row["version"]))


def undo(session, person, row):
    actions.undo(session, person, row["id"], version=store.get(session, row["id"])["version"])
    return store.get(session, row["id"])


def areas(session, **where):
    return sorted(round(row["area_m2"]) for row in rows(session, **where))


def test_a_drawn_outline_stays_when_its_flight_is_run_again_and_the_old_one_is_in_the_history(
    session, flights, anna
):
    record(session, flights, 1, (SHED, "new"))
    shed = redraw(session, anna, only(session), ROOF)
    assert (shed["area_m2"], shed["redrawn"]) == (pytest.approx(120, abs=0.1), True)
    assert outline(shed).symmetric_difference(ROOF).area < 0.01
    before = session.scalar(text("SELECT before -> 'area_m2' FROM history WHERE layer = 'candidates' "
                                 "AND feature_id = :id ORDER BY id DESC LIMIT 1"), {"id": shed["id"]})  # fmt: skip
    assert before == pytest.approx(100, abs=0.1)
    state = everything(session)
    assert record(session, flights, 1, (SHED, "new")).added == 0
    assert everything(session) == state


def test_a_later_flight_goes_on_from_the_drawn_outline(session, flights, anna):
    record(session, flights, 1, (SHED, "new"))
    redraw(session, anna, only(session), ROOF)
    record(session, flights, 2)
    record(session, flights, 3, (box(E + 12, N, E + 18, N + 10), "extended"))
    record(session, flights, 4, (box(E, N, E + 18, N + 10), "demolished", -3.0))
    assert story(only(session, kind="extended")) == [
        ("appeared", 120), ("unchanged", 120), ("grew", 180), ("gone", 180),
    ]  # fmt: skip


def test_a_redraw_is_taken_back_by_who_did_it_until_a_flight_has_gone_on_from_it(session, flights, anna):
    record(session, flights, 1, (SHED, "new"))
    first = only(session)
    redraw(session, anna, first, ROOF)
    redraw(session, anna, only(session), SHED.union(ANNEX))
    with pytest.raises(NotAllowed):
        undo(session, compared.person(session, "boris", Role.REVIEWER), first)
    assert undo(session, anna, first)["area_m2"] == pytest.approx(120, abs=0.1)
    again = undo(session, anna, first)
    assert (again["geometry"], again["redrawn"]) == (first["geometry"], False)
    redraw(session, anna, again, ROOF)
    record(session, flights, 2)
    with pytest.raises(Refused, match="A flight"):
        undo(session, anna, first)


@pytest.mark.parametrize(
    ("geometry", "error"),
    [
        (box(E + 245, N, E + 265, N + 10), Refused),  # 14 m beyond the footprint and its tolerance
        (LineString([(E, N), (E + 9, N)]), OutlineRefused),
        (box(E, N, E + 0.5, N + 1), OutlineRefused),
    ],
)
def test_an_outline_that_cannot_be_changes_nothing(session, flights, anna, geometry, error):
    record(session, flights, 1, (SHED, "new"))
    state = everything(session)
    with pytest.raises(error):
        redraw(session, anna, only(session), geometry)
    assert everything(session) == state


def test_a_verdict_must_be_taken_back_before_the_outline_is_changed_or_restored(session, flights, anna):
    record(session, flights, 1, (SHED, "new"))
    shed = redraw(session, anna, only(session), ROOF)
    accept(session, anna, shed)
    with pytest.raises(Refused):
        redraw(session, anna, only(session), SHED)
    assert undo(session, anna, shed)["status"] == "pending"
    assert undo(session, anna, shed)["area_m2"] == pytest.approx(100, abs=0.1)


def test_two_detections_of_one_roof_become_one_that_later_flights_follow(session, flights, anna):
    record(session, flights, 1, (SHED, "new"), (BARN, "new"))
    one, other = rows(session)
    whole = merge(session, anna, other, one)
    assert whole["area_m2"] == pytest.approx(200, abs=0.1)
    gone = store.get(session, ({one["id"], other["id"]} - {whole["id"]}).pop())
    assert (gone["status"], gone["replaced_by"]["code"]) == ("replaced", whole["code"])
    assert [row["id"] for row in rows(session)] == [whole["id"]]
    state = everything(session)
    again = record(session, flights, 1, (SHED, "new"), (BARN, "new"))
    assert (again.added, again.removed) == (0, 0)
    assert everything(session) == state
    record(session, flights, 2, (SHED.union(BARN), "demolished", -3.0))
    assert story(only(session, kind="new")) == [("appeared", 200), ("gone", 200)]
    assert only(session, kind="demolished")["follows"]["code"] == whole["code"]


def test_a_merge_is_taken_back_from_either_side_with_what_followed(session, flights, anna):
    record(session, flights, 1, (SHED, "new"), (BARN, "new"))
    record(session, flights, 2, (BARN, "demolished", -3.0))
    shed, barn = rows(session, kind="new")
    if outline(barn).centroid.x < E + 10:
        shed, barn = barn, shed
    merge(session, anna, shed, barn)
    assert only(session, kind="demolished")["follows"]["id"] == shed["id"]
    undo(session, anna, barn)
    assert areas(session, kind="new", status="pending") == [100, 100]
    assert only(session, kind="demolished")["follows"]["id"] == barn["id"]
    assert [story(store.get(session, each["id"])) for each in (shed, barn)] == [
        [("appeared", 100), ("unchanged", 100)], [("appeared", 100), ("gone", 100)],
    ]  # fmt: skip


def test_what_lies_apart_or_is_held_or_has_changed_is_not_merged(session, flights, anna):
    record(session, flights, 1, (SHED, "new"), (BARN, "new"), (box(E + 60, N, E + 70, N + 10), "new"))
    near = sorted(rows(session), key=lambda row: outline(row).centroid.x)
    with pytest.raises(OutlineRefused):
        merge(session, anna, near[0], near[2])
    with pytest.raises(Conflict):
        merge(session, anna, near[0], {**near[1], "version": 99})
    with pytest.raises(Refused):
        merge(session, anna, near[0], near[0])
    boris = compared.person(session, "boris", Role.REVIEWER)
    store.hold(session, near[1]["id"], boris.id)
    with pytest.raises(Held, match="boris"):
        merge(session, anna, near[0], near[1])


def test_the_parts_of_a_split_are_followed_each_by_itself(session, flights, anna):
    record(session, flights, 1, (SHED, "new"))
    left, right = sorted(split(session, anna, only(session), 6), key=lambda row: outline(row).centroid.x)
    assert [round(row["area_m2"]) for row in (left, right)] == [60, 40]
    assert left["code"] < right["code"]
    state = everything(session)
    again = record(session, flights, 1, (SHED, "new"))
    assert (again.added, again.removed) == (0, 0)
    assert everything(session) == state
    record(session, flights, 2, (box(E + 6, N, E + 10, N + 10), "demolished", -3.0))
    assert story(store.get(session, left["id"])) == [("appeared", 60), ("unchanged", 60)]
    assert story(store.get(session, right["id"])) == [("appeared", 40), ("gone", 40)]


def test_the_parts_of_what_grew_keep_what_earlier_and_later_flights_saw_of_each(session, flights, anna):
    record(session, flights, 1, (SHED, "new"))
    record(session, flights, 2, (ANNEX, "extended"))
    record(session, flights, 3, (SHED.union(ANNEX), "demolished", -3.0))
    shed = only(session, kind="extended")
    shed, annex = split(session, anna, shed, 8)
    assert story(shed) == [("appeared", 80), ("unchanged", 80), ("gone", 80)]
    assert story(annex) == [("appeared", 20), ("grew", 70), ("gone", 70)]
    record(session, flights, 2, (ANNEX, "extended"))
    assert story(store.get(session, shed["id"])) == story(shed)
    assert story(store.get(session, annex["id"])) == story(annex)
    back = undo(session, anna, annex)
    assert (back["status"], back["replaced_by"]["id"]) == ("replaced", shed["id"])
    assert story(store.get(session, shed["id"])) == [("appeared", 100), ("grew", 150), ("gone", 150)]


def test_a_split_is_not_taken_back_once_a_part_was_judged(session, flights, anna):
    record(session, flights, 1, (SHED, "new"))
    one, other = split(session, anna, only(session), 6)
    accept(session, anna, other)
    with pytest.raises(Refused, match="judged or changed"):
        undo(session, anna, one)
    undo(session, anna, other)
    undo(session, anna, one)
    assert areas(session, status="pending") == [100]
